/** The tuner on simulated machines, noise included: it finds the fastest setting and then leaves it alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GentleReason } from '../../common/contract.ts';
import type { Ranges, Setting } from '../../engine/plan.ts';
import { createTuner, type Sample } from '../../engine/tuning/tuner.ts';

type Machine = (setting: Setting, seconds: number) => number;

interface World {
  /** Photos a second. */
  machine: Machine;
  /** Relative spread of the rate of a quarter second. */
  noise?: number;
  photos?: number;
  ranges?: Partial<Ranges>;
  cores?: number;
  /** Photos that wait for the model. */
  waiting?: number;
  meanBatch?: number;
  inferMs?: number;
  gentle?: (seconds: number) => GentleReason | null;
  seed?: number;
}

const free: Ranges = {
  decodeWorkers: { least: 1, start: 4, most: 64 },
  maxBatch: { least: 1, start: 32, most: 64 },
  maxDelayMs: { least: 0, start: 100, most: 100 },
};
const fixed = (value: number) => ({ least: value, start: value, most: value });

/** Deterministic, 0..1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const tickMs = 250;

/** Lets a tuner work on a machine, and tells every setting that came into force and when. */
function run(world: World, seconds: number) {
  const { machine, noise = 0, photos = 1e9, cores = 2, waiting = 0, meanBatch = 4 } = world;
  const tuner = createTuner({ ...free, ...world.ranges }, cores);
  const chance = random(world.seed ?? 1);
  const changes: { seconds: number; setting: Setting; phase: string }[] = [];
  let setting: Setting = { decodeWorkers: -1, maxBatch: -1, maxDelayMs: -1 };
  let done = 0;
  const started = 1_000_000;
  for (let atMs = 0; atMs <= seconds * 1000; atMs += tickMs) {
    const sample: Sample = {
      atMs: started + atMs,
      decoded: { work: done, atMs: started + atMs },
      inferred: { work: done, atMs: started + atMs },
      photos: done,
      queued: photos - done,
      waiting,
      meanBatch,
      inferMs: world.inferMs ?? 10,
      paused: false,
      gentle: world.gentle?.(atMs / 1000) ?? null,
    };
    const next = tuner.feed(sample);
    if (JSON.stringify(next) !== JSON.stringify(setting))
      changes.push({ seconds: atMs / 1000, setting: next, phase: tuner.state.phase });
    setting = next;
    // The mean of twelve is nearly normal.
    const spread = Array.from({ length: 12 }, chance).reduce((sum, one) => sum + one, -6);
    const rate = machine(setting, atMs / 1000) * (1 + noise * spread);
    done = Math.min(photos, done + (rate * tickMs) / 1000);
  }
  return { tuner, setting, changes };
}

/** Fastest with `workers` threads, by `slope` slower for each that is missing or too much, relatively. */
const peakAt =
  (workers: number, rate = 40, slope = 0.6): Machine =>
  ({ decodeWorkers }) =>
    rate * (1 - slope * Math.abs(Math.log2(decodeWorkers / workers)) * 0.5);
/** As fast as its threads until it is full. */
const fullAt =
  (workers: number, each = 10): Machine =>
  ({ decodeWorkers }) =>
    each * Math.min(decodeWorkers, workers);
const flat: Machine = () => 40;

const seeds = Array.from({ length: 20 }, (_, at) => at + 1);
const searchSeconds = 20;

/** Rate of the setting in force, as a share of the best there is. */
function share(machine: Machine, setting: Setting): number {
  let most = 0;
  for (let decodeWorkers = 1; decodeWorkers <= 64; decodeWorkers += 1)
    for (const maxBatch of [1, 2, 4, 8, 16, 32, 64])
      most = Math.max(most, machine({ decodeWorkers, maxBatch, maxDelayMs: 100 }, 0));
  return machine(setting, 0) / most;
}

describe('a deep queue', () => {
  const machines: Record<string, Machine> = {
    'fastest with one thread': peakAt(1),
    'fastest with three': peakAt(3),
    'fastest as it begins': peakAt(4),
    'fastest with six': peakAt(6),
    'full with ten, as with a slow disk': fullAt(10),
    'full with three': fullAt(3),
    'the same with any': flat,
  };
  for (const [name, machine] of Object.entries(machines))
    test(`${name}: within 5 % of the best in 20 s, noise or not`, () => {
      assert.ok(share(machine, run({ machine }, searchSeconds).setting) > 0.95);
      const shares = seeds.map((seed) =>
        share(machine, run({ machine, seed, noise: 0.06 }, searchSeconds).setting),
      );
      const median = shares.sort((a, b) => a - b)[seeds.length / 2] ?? 0;
      assert.ok(median > 0.95, String(shares));
    });

  test('the search ends within 20 s, also on a slow machine', () => {
    for (const rate of [2, 10, 40, 400]) {
      const { changes, tuner } = run({ machine: peakAt(4, rate), noise: 0.05 }, 75);
      const late = changes.filter(({ seconds }) => seconds > searchSeconds);
      assert.ok(late.length <= 1, JSON.stringify(late));
      assert.ok(tuner.state.decodeWorkers > 0);
    }
  });

  test('then there is at most one change a minute, for two hours', () => {
    for (const seed of seeds) {
      const { changes } = run({ machine: flat, noise: 0.2, seed }, 7_200);
      const late = changes.filter(({ seconds }) => seconds > searchSeconds);
      late.forEach(({ seconds }, at) => {
        const before = late[at - 1]?.seconds ?? -Infinity;
        assert.ok(seconds - before >= 60, `${String(before)} ${String(seconds)}`);
      });
      // Trying becomes rare when nothing is gained.
      assert.ok(late.length <= 30, String(late.length));
    }
  });

  test('what noise made it choose is put right later', () => {
    const machine = peakAt(4, 40, 0.25);
    const shares = seeds.map((seed) =>
      share(machine, run({ machine, seed, noise: 0.4 }, 3_600).setting),
    );
    const wrong = shares.filter((one) => one < 0.9);
    assert.ok(wrong.length <= 1, String(shares));
  });

  test('a machine that becomes another one is searched anew', () => {
    const slowDisk = fullAt(12, 3);
    const machine: Machine = (setting, seconds) =>
      seconds < 120 ? peakAt(3)(setting, 0) : slowDisk(setting, 0);
    const { changes, setting } = run({ machine, noise: 0.03 }, 1_600);
    const before = changes.findLast(({ seconds }) => seconds < 120);
    assert.equal(before?.setting.decodeWorkers, 3);
    assert.ok(share(slowDisk, setting) > 0.9, JSON.stringify(changes));
  });

  test('the batch cap is tried only where batches reach it', () => {
    const byBatch: Machine = ({ maxBatch }) => 100 * Math.log2(1 + maxBatch);
    const full = run({ machine: byBatch, meanBatch: 32, waiting: 40 }, searchSeconds);
    assert.equal(full.setting.maxBatch, 64);
    const small = run({ machine: byBatch, meanBatch: 4 }, searchSeconds);
    assert.equal(small.setting.maxBatch, 32);
  });

  test('a queue between the stages that fills up is no gain', () => {
    const tuner = createTuner(free, 2);
    let [decoded, inferred] = [0, 0];
    let tried = 0;
    for (let atMs = 0; atMs <= 20_000; atMs += tickMs) {
      const base = { atMs, waiting: 0, meanBatch: 4, inferMs: 10, paused: false, gentle: null };
      const { decodeWorkers } = tuner.feed({
        ...base,
        decoded: { work: decoded, atMs },
        inferred: { work: inferred, atMs },
        photos: inferred,
        queued: 1e6,
      });
      if (decodeWorkers > 4) tried += 1;
      // More threads decode more, but the model does no more.
      decoded += decodeWorkers * 2.5;
      inferred += 10;
    }
    assert.ok(tried > 0);
    assert.equal(tuner.state.decodeWorkers, 4);
  });
});

describe('what is never tried', () => {
  test('anything, with little work left', () => {
    const { changes } = run({ machine: peakAt(2), photos: 300 }, 30);
    for (const { setting } of changes) assert.equal(setting.decodeWorkers, 4);
  });
  test('what a person fixed', () => {
    const ranges = { decodeWorkers: fixed(7), maxBatch: fixed(16), maxDelayMs: fixed(20) };
    const { changes, tuner } = run({ machine: peakAt(2), ranges, meanBatch: 16 }, 300);
    assert.deepEqual(
      changes.map(({ setting }) => setting),
      [{ decodeWorkers: 7, maxBatch: 16, maxDelayMs: 20 }],
    );
    assert.equal(tuner.state.phase, 'fixed');
  });
  test('a knob beside a fixed one is tried, the fixed one is not', () => {
    const { changes } = run(
      { machine: peakAt(2), ranges: { decodeWorkers: fixed(7) }, meanBatch: 32 },
      300,
    );
    assert.ok(changes.length > 1);
    for (const { setting } of changes) assert.equal(setting.decodeWorkers, 7);
  });
});

describe('few photos', () => {
  test('do not wait for company, and keep the threads', () => {
    const { setting, tuner } = run({ machine: flat, photos: 20 }, 5);
    assert.deepEqual(setting, { decodeWorkers: 4, maxBatch: 32, maxDelayMs: 0 });
    assert.equal(tuner.state.reason, 'few-photos');
  });
  test('go through a slow model in batches that take half a second', () => {
    assert.equal(run({ machine: flat, photos: 20, inferMs: 100 }, 5).setting.maxBatch, 4);
    assert.equal(run({ machine: flat, photos: 20, inferMs: 2_000 }, 5).setting.maxBatch, 1);
  });
  test('wait as long as a person said', () => {
    const ranges = { maxDelayMs: fixed(50), maxBatch: fixed(8) };
    const { setting } = run({ machine: flat, photos: 20, inferMs: 2_000, ranges }, 5);
    assert.deepEqual(setting, { decodeWorkers: 4, maxBatch: 8, maxDelayMs: 50 });
  });
  test('at the end of many find what the many found', () => {
    const { setting } = run({ machine: peakAt(2), photos: 1_500 }, 60);
    assert.deepEqual(setting, { decodeWorkers: 2, maxBatch: 32, maxDelayMs: 0 });
  });
});

describe('a person who uses the machine', () => {
  const gentle = (seconds: number) => (seconds >= 30 && seconds < 90 ? 'using' : null);
  test('has half of the cores, at once, and the work has them back afterwards', () => {
    const { changes, setting } = run({ machine: flat, cores: 4, gentle }, 95);
    const during = changes.filter(({ seconds }) => seconds >= 30);
    assert.deepEqual(
      during.map((one) => [one.seconds, one.setting.decodeWorkers, one.phase]),
      [
        [30, 2, 'gentle'],
        [90, 4, 'steady'],
      ],
    );
    assert.equal(setting.decodeWorkers, 4);
  });
  test('changes nothing where they fixed the threads themselves', () => {
    const { changes } = run({ machine: flat, gentle, ranges: { decodeWorkers: fixed(6) } }, 95);
    for (const { setting } of changes) assert.equal(setting.decodeWorkers, 6);
  });
});
