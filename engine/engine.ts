/** Composes the engine from its rooms: one handler a method, everything opened has one close. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ContractError,
  type EngineOptions,
  type Events,
  type Handlers,
  type Params,
  type Status,
} from '../common/contract.ts';
import { openBench } from './bench/handlers.ts';
import { openChores } from './chores.ts';
import { coalesce } from './coalesce.ts';
import { openWholeCatalog, type Catalog } from './catalog/catalog.ts';
import { guardEach, lockLibrary, thumbnailFolder } from './catalog/database.ts';
import { keepSnapshots } from './catalog/snapshot-keeper.ts';
import { suspect } from './catalog/snapshots.ts';
import { openSearch } from './catalog/search/client.ts';
import { openFolderScanner } from './folders.ts';
import { changePriority, gentleReason, startPriority } from './gentle.ts';
import { openGpuWatch } from './gpu.ts';
import { gpuHandlers } from './gpu-runtime/handlers.ts';
import { readPack, wordsOf } from './infer/pack.ts';
import { readInfo } from './info.ts';
import { createMonitor } from './monitor.ts';
import { choosePacks, knowPacks } from './packs.ts';
import { planFor } from './plan.ts';
import { readSettings, withSettings, writeSettings } from './settings.ts';
import { packHandlers } from './shelf/handlers.ts';
import { readStatus } from './status.ts';
import { openThumbnails } from './thumbnails.ts';
import { withPacks } from './vocabulary/pack-tags.ts';
import { loadVocabulary } from './vocabulary/vocabulary.ts';
import { openWork } from './work.ts';

export interface Engine {
  handlers: Partial<Handlers>;
  /** Photos were in flight when the engine before it died. */
  blames: boolean;
  close(): Promise<void>;
}

export interface Outside {
  emit<E extends keyof Events>(event: E, data: Events[E]): void;
  /** The process must end at once and be started anew; the catalog knows what was in flight. */
  die(error: Error): void;
  /** Everything is to be closed and opened anew, as other packs are in use. */
  reopen(): void;
}

const emitMs = 250;
/** The window's first pictures come before the scan of what may have changed since the last time. */
const firstScreenMs = 2_000;
const restMs = 50;

export async function openEngine(options: EngineOptions, outside: Outside): Promise<Engine> {
  const { library } = options;
  const closers: (() => void | Promise<void>)[] = [];
  const opened = <T>(thing: T, close: (thing: T) => void | Promise<void>): T => {
    closers.unshift(() => close(thing));
    return thing;
  };
  const close = async () => {
    for (const one of closers.splice(0)) await one();
  };
  try {
    opened(lockLibrary(library), (lock) => {
      lock.release();
    });
    const chosen = choosePacks(options, readPack);
    const words = chosen.packs.map(wordsOf);
    const vocabulary = withPacks(loadVocabulary(), words);
    const packs = knowPacks(chosen.packs, vocabulary);
    const catalog = opened(
      openWholeCatalog({
        library,
        vocabulary,
        packs: packs.map(({ pack: { manifest } }) => ({
          name: manifest.name,
          version: manifest.version,
          threshold: manifest.thresholds.default,
        })),
      }),
      (one) => {
        one.close();
      },
    );
    let settings = readSettings(catalog.memory);
    startPriority(gentleReason(options, settings, null));
    catalog.photos.setThreshold(settings.threshold);
    // The engine that is started anew finds the catalog suspected, and brings a whole one back.
    const onDamage = () => {
      suspect(library);
      outside.die(new ContractError('library-damaged', library));
    };
    const search = opened(openSearch(library, words, outside.die), (one) => one.close());
    const monitor = createMonitor();
    const events = coalesce(emitMs, {
      status: () => {
        outside.emit('status.changed', status());
      },
      photos: () => {
        outside.emit('photos.changed', {});
      },
    });
    opened(events, (one) => {
      one.close();
    });
    const onPhotos = () => {
      events.due('status');
      events.due('photos');
    };
    const thumbnails = opened(openThumbnails(thumbnailFolder(library)), (one) => one.close());
    thumbnails.limit(settings.thumbnailCapBytes);
    const gpu = opened(openGpuWatch(), (one) => {
      one.close();
    });
    const support = opened(gpuHandlers(), (one) => one.close());
    opened(
      keepSnapshots(library, () => catalog.files.counts().indexed > 0, onDamage),
      (one) => one.close(),
    );
    const work = opened(
      await openWork(planFor(options, settings), {
        catalog,
        packs,
        monitor,
        thumbnails,
        isAway: (folder) => scanner.isAway(folder),
        onSaved: onPhotos,
        onChange: () => {
          events.due('status');
        },
        die: outside.die,
      }),
      (one) => one.close(),
    );
    let isMeasuring = false;
    const hold = () => {
      const byPerson = catalog.memory.get('paused') !== null;
      work.pause(isMeasuring ? 'bench' : byPerson ? 'person' : null);
    };
    hold();
    let told: Params<'work.gentle'>['reason'] = null;
    const beGentle = () => {
      const reason = gentleReason(options, settings, told);
      work.yieldTo(reason);
      changePriority(reason);
    };
    beGentle();
    const scanner = opened(
      openFolderScanner({
        catalog,
        library,
        watch: options.watch,
        onChange: () => {
          work.wake();
          events.due('status');
        },
        onPhotos,
        onAway: () => void retag(),
      }),
      (one) => one.close(),
    );
    const status = (): Status =>
      readStatus({ catalog, work, scanner, monitor, gpu, damagedPacks: chosen.damaged });
    const chores = opened(openChores(), (one) => {
      one.close();
    });
    const retagSome = () => {
      const more = catalog.retagSome();
      work.wake();
      return more;
    };
    // Every photo keeps its tags until it is read: the window has nothing to ask anew.
    const retag = () =>
      chores.run('retag', retagSome, () => {
        events.due('status');
      });
    const derive = () => chores.run('derive', catalog.photos.deriveSome, onPhotos);
    const forget = (folder: number) =>
      chores.run(`forget ${String(folder)}`, () => catalog.forgetSome(folder), onPhotos);
    const pause = (byPerson: boolean) => {
      if (byPerson) catalog.memory.set('paused', 'person');
      else catalog.memory.delete('paused');
      hold();
      return {};
    };
    const bench = opened(
      openBench(
        library,
        () => withSettings(options, settings),
        (progress) => {
          outside.emit('bench.progress', progress);
        },
        async (measure, signal) => {
          isMeasuring = true;
          hold();
          try {
            while (work.isBusy) await sleep(restMs, undefined, { signal });
            return await measure();
          } finally {
            isMeasuring = false;
            hold();
          }
        },
      ),
      (one) => one.close(),
    );
    void derive();
    void retag();
    for (const folder of catalog.folders.removals()) void forget(folder);
    work.wake();
    if (options.watch) scanner.start(firstScreenMs);
    const handlers: Engine['handlers'] = {
      ...search.queries,
      ...packHandlers(options, chosen.damaged, outside.reopen),
      ...bench.handlers,
      ...support.handlers,
      'engine.info': () => readInfo(options),
      'status.get': status,
      'folders.add': async ({ paths }) => ({ folders: await scanner.add(paths) }),
      'folders.list': () => ({ folders: scanner.list() }),
      'folders.remove': async ({ folder }) => {
        scanner.remove(folder);
        await forget(folder);
        return {};
      },
      'work.pause': () => pause(true),
      'work.resume': () => pause(false),
      'work.gentle': ({ reason }) => {
        told = reason;
        beGentle();
        return {};
      },
      'settings.get': () => settings,
      'settings.set': (wanted) => {
        writeSettings(catalog.memory, wanted);
        settings = wanted;
        catalog.photos.setThreshold(settings.threshold);
        void derive();
        thumbnails.limit(settings.thumbnailCapBytes);
        work.change(planFor(options, settings));
        beGentle();
        return settings;
      },
      'thumbnails.make': async ({ picture }) => {
        if (thumbnails.has(picture)) return {};
        const photo = catalog.photos.idOf(picture);
        if (photo === null) throw new ContractError('not-found', picture);
        const { path } = await search.queries['photos.original']({ photo });
        const isMade = await work.makeThumbnail(path);
        if (!isMade) throw new ContractError('not-found', path);
        return {};
      },
      'files.retry': ({ files }) => {
        const queued = catalog.files.retry(files);
        work.wake();
        events.due('status');
        return { queued };
      },
      'photos.decide': ({ photo, tag, verdict }) => decide(catalog, photo, tag, verdict),
    };
    return {
      handlers: guardEach(library, handlers, onDamage),
      blames: catalog.recovered > 0,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function decide(
  catalog: Catalog,
  ...[photo, tag, verdict]: Parameters<Catalog['decide']>
): { tags: NonNullable<ReturnType<Catalog['decide']>> } {
  const tags = catalog.decide(photo, tag, verdict);
  if (!tags) throw new ContractError('not-found', String(photo));
  return { tags };
}
