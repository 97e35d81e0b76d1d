/** Composes the engine from its rooms: one handler a method, everything opened has one close. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  ContractError,
  type EngineOptions,
  type Events,
  type Handlers,
  type Info,
  type Status,
} from '../common/contract.ts';
import { openWholeCatalog, type Catalog } from './catalog/catalog.ts';
import { hasCatalog, lockLibrary, openCatalogReader, thumbnailFolder } from './catalog/database.ts';
import { openSearch } from './catalog/search/client.ts';
import type { Queries } from './catalog/search/queries.ts';
import { createBudget } from './decode/memory.ts';
import { openDecodePool } from './decode/pool.ts';
import { openFolderScanner } from './folders.ts';
import { readInfo } from './info.ts';
import { createMonitor } from './monitor.ts';
import { openPacks } from './packs.ts';
import { openPipeline } from './pipeline.ts';
import { readStatus } from './status.ts';
import { loadVocabulary } from './vocabulary/vocabulary.ts';

export interface Engine {
  handlers: Partial<Handlers>;
  close(): Promise<void>;
}

export interface Outside {
  emit<E extends keyof Events>(event: E, data: Events[E]): void;
  /** The process must end at once and be started anew; the catalog knows what was in flight. */
  die(error: Error): void;
}

const fileBudgetBytes = 320 * 1024 * 1024;
const decodeBudgetBytes = 384 * 1024 * 1024;
const emitMs = 250;

/** Reads beside another engine; every method that would change something answers `read-only`. */
export function openReader(options: EngineOptions): Engine {
  const { library } = options;
  if (!hasCatalog(library))
    return {
      handlers: { ...absentQueries(library), 'engine.info': () => readInfo(options, null) },
      close: () => Promise.resolve(),
    };
  const db = openCatalogReader(library);
  const search = openSearch(library);
  return {
    handlers: { ...search.queries, 'engine.info': () => readInfo(options, db) },
    close: async () => {
      await search.close();
      db.close();
    },
  };
}

function absentQueries(library: string): Queries {
  const refuse = () => {
    throw new ContractError('library-missing', library);
  };
  return {
    'photos.search': refuse,
    'photos.show': refuse,
    'tags.list': refuse,
    'files.failed': refuse,
    'folders.summary': refuse,
  };
}

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
    const vocabulary = loadVocabulary();
    const packs = opened(await openPacks(options, vocabulary, outside.die), async (all) => {
      for (const { session } of all) await session.close();
    });
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
    const search = opened(openSearch(library), (one) => one.close());
    const monitor = createMonitor();
    const thumbnails = thumbnailFolder(library);
    const pool = openDecodePool(
      options.decodeWorkers,
      {
        inputs: packs.map(({ shape, places }) => ({ shape, places })),
        fileBudget: createBudget(fileBudgetBytes),
        decodeBudget: createBudget(decodeBudgetBytes),
        thumbnails,
      },
      (picture) => catalog.isScored(picture) && existsSync(thumbnailPath(thumbnails, picture)),
      outside.die,
    );
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
    const pipeline = opened(
      openPipeline({
        catalog,
        pool,
        packs,
        batch: options.batch,
        monitor,
        onSaved: () => {
          events.due('status');
          events.due('photos');
        },
        onHang: () => {
          outside.die(new Error('a file hangs'));
        },
      }),
      (one) => one.close(),
    );
    const scanner = opened(
      openFolderScanner({
        catalog,
        library,
        watch: options.watch,
        onChange: () => {
          pipeline.wake();
          events.due('status');
        },
      }),
      (one) => one.close(),
    );
    const status = (): Status =>
      readStatus({ catalog, pipeline, scanner, session: packs[0].session, monitor });
    pipeline.wake();
    if (options.watch) scanner.start();
    return {
      handlers: {
        ...search.queries,
        'engine.info': () => infoBeside(options),
        'status.get': status,
        'folders.add': async ({ paths }) => ({ folders: await scanner.add(paths) }),
        'folders.list': () => ({ folders: scanner.list() }),
        'photos.decide': ({ photo, tag, verdict }) => decide(catalog, photo, tag, verdict),
      },
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

async function infoBeside(options: EngineOptions): Promise<Info> {
  const db = openCatalogReader(options.library);
  try {
    return await readInfo(options, db);
  } finally {
    db.close();
  }
}

function thumbnailPath(folder: string, picture: string): string {
  return path.join(folder, picture.slice(0, 2), `${picture}.jpg`);
}

/** Lets each kind of event through at most once in `ms`, and always the last one. */
function coalesce<K extends string>(ms: number, emit: Record<K, () => void>) {
  const timers = new Map<K, NodeJS.Timeout>();
  return {
    due: (kind: K) => {
      if (timers.has(kind)) return;
      timers.set(
        kind,
        setTimeout(() => {
          timers.delete(kind);
          emit[kind]();
        }, ms),
      );
    },
    close: () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
