/**
 * The photos' way through the engine: pending -> decode -> infer -> save. Joins catalog, decode and
 * infer, which do not know each other; bounds what is in flight; notices what hangs.
 */
import type { Status } from '../common/contract.ts';
import type { Catalog, Settlement } from './catalog/catalog.ts';
import type { ClaimedFile } from './catalog/files.ts';
import { isSqlite } from './catalog/database.ts';
import type { DecodePool } from './decode/pool.ts';
import type { Facts, Outcome } from './decode/worker.ts';
import { partOf } from './infer/answers.ts';
import { createBatcher } from './infer/batcher.ts';
import type { Session } from './infer/session.ts';
import { agreed } from './infer/people.ts';
import type { Answer, Reader } from './infer/tags.ts';
import type { Monitor } from './monitor.ts';
import { costOf, type Progress } from './tuning/meter.ts';
import { settingAt, type Plan, type Setting } from './plan.ts';

/** Who holds the work back. */
export type Hold = 'person' | 'bench';

export interface Pipeline {
  /** There may be new pending files. */
  wake(): void;
  /** Photos now: in all, and at each stage. */
  readonly load: Record<
    'held' | 'claimed' | 'decoding' | 'waiting' | 'inferring' | 'saving',
    number
  >;
  /** What went through so far; photos whose picture was known are not counted. */
  readonly flow: Omit<Progress, 'atMs'>;
  /**
   * Reads a file (absolute, bytes as they are) once more, before all others, only for its thumbnail. The
   * catalog learns nothing of it.
   */
  makeThumbnail(path: Buffer): Promise<Outcome['kind']>;
  /** A reason holds back every file that is not being read yet; null lets them go on. */
  pause(why: Hold | null): void;
  /** Works by this from now on; what is in flight goes on. */
  tune(setting: Setting): void;
  readonly paused: Status['paused'];
  close(): Promise<void>;
}

export interface PipelineOptions {
  catalog: Catalog;
  pool: DecodePool;
  /** The active packs, the main one first: every photo goes through all of them. */
  packs: readonly { session: Session; read: Reader }[];
  plan: Plan;
  monitor: Monitor;
  /** Looks whether a root is away; what lies in it is claimed no more then. */
  isAway(folder: number): Promise<boolean>;
  onSaved: () => void;
  /** A file hangs in native code: the process must be replaced, its state is in the catalog. */
  onHang: () => void;
}

interface Decoded {
  file: number;
  facts: Facts;
  damaged: boolean;
  place: number;
}

/** A copy being written is asked for again after this long. */
const changedMs = 1_000;
const retryFullMs = 5_000;
const hangMs = 15_000;
const tickMs = 1_000;
const longestTickMs = 5_000;
const gatherMs = 40;

/** Inputs that may be held at once: those decoding, and the batches on their way. */
export function placesFor({ decodeWorkers, maxBatch }: Setting, batchesInFlight: number): number {
  return decodeWorkers + maxBatch * batchesInFlight;
}

export function openPipeline(options: PipelineOptions): Pipeline {
  const { catalog, pool, packs, monitor, plan } = options;
  const { preferredBatches: preferred, batchesInFlight: inFlight } = plan;
  const places = placesFor(settingAt(plan, 'most'), inFlight);
  const free = Array.from({ length: places }, (_, place) => place);
  /** Files that are `reading`, from their claim until what became of them is in the catalog. */
  const held = new Set<number>();
  const claimed: ClaimedFile[] = [];
  const decoding = new Map<number, number>();
  const unsaved: Settlement[] = [];
  /** When each file in flight was begun. */
  const begun = new Map<number, number>();
  const urgent: { path: Buffer; done: (kind: Outcome['kind']) => void }[] = [];
  let making = 0;
  const timers = new Set<NodeJS.Timeout>();
  const flow = { decoded: { work: 0, atMs: 0 }, inferred: { work: 0, atMs: 0 }, photos: 0 };
  let setting = settingAt(plan, 'start');
  let inferring = 0;
  let alone = false;
  /** Tried again after a while. */
  let isDiskFull = false;
  /** No device is left that can run the model. */
  let isModelBroken = false;
  let hold: Hold | null = null;
  let saving: NodeJS.Timeout | null = null;
  let closed = false;
  /** The watchdog's clock: what it is while the process runs. */
  let awakeMs = 0;
  let lastTick = performance.now();

  const rules = () => ({
    preferred,
    inFlight,
    max: setting.maxBatch,
    maxDelayMs: setting.maxDelayMs,
  });
  const batcher = createBatcher<Decoded>(rules(), infer);

  function later(ms: number, then: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      timers.delete(timer);
      then();
    }, ms);
    timers.add(timer);
    return timer;
  }

  function fill(): void {
    if (closed) return;
    if (held.size === 0) alone = false;
    // Next to a file that must be read alone nothing else may be.
    while (!alone && hasRoom()) {
      const next = urgent.shift();
      if (!next) break;
      void make(next);
    }
    if (isDiskFull || isModelBroken || hold) return;
    if (claimed.length === 0 && !alone) {
      const claim = catalog.files.claim(pool.size * 2, held.size + making);
      alone = claim.alone && claim.files.length > 0;
      for (const { id } of claim.files) held.add(id);
      claimed.push(...claim.files);
    }
    while (hasRoom()) {
      const file = claimed.shift();
      if (!file) break;
      void decode(file);
    }
    // The last photos of the queue need not wait for company.
    if (decoding.size === 0 && claimed.length === 0) batcher.flush();
  }

  function hasRoom(): boolean {
    const used = places - free.length;
    return decoding.size + making < pool.size && used < placesFor(setting, inFlight);
  }

  async function make({ path, done }: (typeof urgent)[number]): Promise<void> {
    const place = takePlace();
    making += 1;
    const { kind } = await pool.decode(path, place);
    making -= 1;
    free.push(place);
    done(kind);
    fill();
  }

  function takePlace(): number {
    const place = free.pop();
    if (place === undefined) throw new Error('no place for a decoded photo');
    return place;
  }

  async function decode({ id, folder, path }: ClaimedFile): Promise<void> {
    const place = takePlace();
    decoding.set(id, awakeMs);
    begun.set(id, performance.now());
    const outcome = await pool.decode(path, place);
    decoding.delete(id);
    const isAway = isLost(outcome) && (await options.isAway(folder));
    if (closed) return;
    if (outcome.kind === 'decoded') {
      monitor.record('read', 1, outcome.readMs);
      monitor.record('decode', 1, outcome.decodeMs);
      passed('decoded', [outcome]);
      batcher.add({ file: id, facts: outcome.facts, damaged: outcome.damaged, place });
    } else {
      free.push(place);
      handle(id, isAway ? { kind: 'away' } : outcome);
    }
    fill();
  }

  function passed(stage: 'decoded' | 'inferred', photos: readonly { facts: Facts }[]): void {
    const work = photos.reduce((sum, { facts }) => sum + costOf(facts.stamp.size), 0);
    flow[stage] = { work: flow[stage].work + work, atMs: performance.now() };
  }

  function handle(
    file: number,
    outcome: Exclude<Outcome, { kind: 'decoded' }> | { kind: 'away' },
  ): void {
    switch (outcome.kind) {
      case 'known':
        save(toPhoto(file, outcome.facts, false, null));
        break;
      case 'refused': {
        const { state, reason, stamp } = outcome;
        save({ file, kind: 'refused', state, reason, stamp });
        break;
      }
      case 'gone':
        save({ file, kind: 'missing' });
        break;
      case 'away':
        save({ file, kind: 'again' });
        break;
      case 'timed-out':
        save({ file, kind: 'timed-out' });
        break;
      case 'changed':
        later(changedMs, () => {
          save({ file, kind: 'again' });
        });
        break;
      case 'disk-full':
        save({ file, kind: 'again' });
        pauseForDisk();
        break;
    }
  }

  async function infer(batch: Decoded[]): Promise<void> {
    inferring += batch.length;
    let settled: Settlement[];
    try {
      const inputs = batch.map(({ place }) => place);
      const inferred = await Promise.all(packs.map(({ session }) => session.run(inputs)));
      monitor.record('infer', batch.length, Math.max(...inferred.map(({ ms }) => ms)));
      passed('inferred', batch);
      flow.photos += batch.length;
      settled = batch.map(({ file, facts, damaged }, at) => {
        const answers = packs.map(({ read }, pack) =>
          read(partOf(inferred[pack]?.outputs ?? [], at, batch.length), facts.width / facts.height),
        );
        return toPhoto(file, facts, damaged, agreed(answers));
      });
    } catch {
      // No device is left: the photos stay pending, the person is told through the status.
      isModelBroken = true;
      settled = batch.map(({ file }) => ({ file, kind: 'again' }));
    }
    inferring -= batch.length;
    free.push(...batch.map(({ place }) => place));
    settled.forEach(save);
    fill();
  }

  function save(settlement: Settlement): void {
    unsaved.push(settlement);
    if (unsaved.length >= setting.maxBatch || alone) flush();
    else saving ??= setTimeout(flush, gatherMs);
  }

  /** Everything that is ready in one transaction. */
  function flush(): void {
    if (saving) clearTimeout(saving);
    saving = null;
    if (unsaved.length === 0 || closed) return;
    const started = performance.now();
    try {
      catalog.settle(unsaved);
    } catch (error) {
      if (!isSqlite(error, 'SQLITE_FULL')) throw error;
      pauseForDisk();
      return;
    }
    monitor.record(
      'save',
      unsaved.filter(({ kind }) => kind === 'photo').length,
      performance.now() - started,
    );
    const now = performance.now();
    for (const { file, kind } of unsaved) {
      if (kind === 'photo') monitor.arrived(now - (begun.get(file) ?? now));
      begun.delete(file);
      held.delete(file);
    }
    unsaved.length = 0;
    options.onSaved();
    fill();
  }

  function pauseForDisk(): void {
    if (isDiskFull) return;
    isDiskFull = true;
    later(retryFullMs, () => {
      isDiskFull = false;
      flush();
      fill();
    });
  }

  const watchdog = setInterval(() => {
    const now = performance.now();
    // While the machine sleeps or the process is stopped no file hangs.
    awakeMs += Math.min(now - lastTick, longestTickMs);
    lastTick = now;
    const hanging = [...decoding]
      .filter(([, since]) => awakeMs - since > hangMs)
      .map(([file]) => file);
    if (hanging.length === 0) return;
    catalog.settle(hanging.map((file) => ({ file, kind: 'timed-out' })));
    options.onHang();
  }, tickMs);

  return {
    flow,
    wake: fill,
    makeThumbnail: (path) =>
      new Promise((done) => {
        urgent.push({ path, done });
        fill();
      }),
    get load() {
      return {
        claimed: claimed.length,
        decoding: decoding.size,
        waiting: batcher.waiting,
        inferring,
        saving: unsaved.length,
        held: held.size,
      };
    },
    pause: (why) => {
      hold = why;
      fill();
    },
    tune: (next) => {
      setting = next;
      pool.resize(setting.decodeWorkers);
      batcher.change(rules());
      fill();
    },
    get paused() {
      if (isModelBroken) return 'model';
      return isDiskFull ? 'disk-full' : hold;
    },
    close: async () => {
      flush();
      closed = true;
      clearInterval(watchdog);
      for (const timer of timers) clearTimeout(timer);
      batcher.close();
      for (const { done } of urgent.splice(0)) done('gone');
      // What was in flight was given up on purpose: it owes nothing, even if closing is cut short.
      catalog.settle([...held].map((file) => ({ file, kind: 'again' })));
      await pool.close();
    },
  };
}

/** As all the files of a disk are that was pulled out. */
function isLost(outcome: Outcome): boolean {
  if (outcome.kind === 'refused') return outcome.reason.code === 'read-error';
  return outcome.kind === 'gone';
}

function toPhoto(
  file: number,
  facts: Facts,
  damaged: boolean,
  answers: Answer[] | null,
): Settlement {
  const { stamp, ...rest } = facts;
  return { file, kind: 'photo', facts: { ...rest, damaged }, stamp, answers };
}
