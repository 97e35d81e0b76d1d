/** The batcher against a clock of its own: sizes, ages, flushes, and how many batches are in flight. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createBatcher, type BatchRules, type Clock } from '../../engine/infer/batcher.ts';

/** A clock that stands still until it is moved. */
function handClock() {
  let now = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  const clock: Clock = {
    now: () => now,
    after: (ms, callback) => {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const advance = (ms: number) => {
    now += ms;
    for (const timer of [...timers]) if (timer.at <= now && timers.delete(timer)) timer.callback();
  };
  return { clock, advance, timers };
}

function open(rules: Partial<BatchRules> = {}) {
  const { clock, advance, timers } = handClock();
  const batches: number[][] = [];
  const running: (() => void)[] = [];
  const batcher = createBatcher<number>(
    { max: 8, preferred: [4, 2], maxDelayMs: 100, inFlight: 1, ...rules },
    (items) => {
      batches.push(items);
      return new Promise((resolve) => running.push(resolve));
    },
    clock,
  );
  /** Ends the oldest batch that runs. */
  const finish = async () => {
    running.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const add = (...items: number[]) => {
    for (const item of items) batcher.add(item);
  };
  return { batcher, batches, add, finish, advance, timers };
}

describe('a batch closes', () => {
  test('on a preferred size, at once, in order', () => {
    const { batches, add } = open();
    add(1);
    assert.deepEqual(batches, []);
    add(2);
    assert.deepEqual(batches, [[1, 2]]);
  });
  test('on age, with what is there', () => {
    const { batches, add, advance } = open();
    add(1);
    advance(99);
    assert.deepEqual(batches, []);
    advance(1);
    assert.deepEqual(batches, [[1]]);
  });
  test('on a flush, and the next one waits again', async () => {
    const { batcher, batches, add, finish } = open();
    add(1);
    batcher.flush();
    await finish();
    add(2);
    assert.deepEqual(batches, [[1]]);
  });
  test('never larger than the maximum, and with the largest preferred size that fits', async () => {
    const { batches, add, finish } = open();
    add(...Array.from({ length: 17 }, (_, at) => at));
    await finish();
    await finish();
    await finish();
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [2, 8, 4, 2],
    );
  });
  test('with sizes above the maximum left out', () => {
    const { batches, add } = open({ max: 2, preferred: [16, 8] });
    add(1, 2);
    assert.deepEqual(batches, [[1, 2]]);
  });
});

describe('in flight', () => {
  test('no more batches than allowed, and the rest when one ends', async () => {
    const { batcher, batches, add, finish, advance } = open({ inFlight: 2 });
    add(1, 2, 3, 4, 5, 6);
    advance(1_000);
    assert.equal(batches.length, 2);
    assert.equal(batcher.waiting, 2);
    await finish();
    assert.deepEqual(batches, [
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });
  test('nothing is lost and nothing doubled', async () => {
    const { batches, add, finish, batcher } = open();
    const items = Array.from({ length: 100 }, (_, at) => at);
    add(...items);
    batcher.flush();
    for (let at = 0; at < 100; at += 1) await finish();
    assert.deepEqual(batches.flat(), items);
  });
  test('closing drops what waits and leaves no timer', () => {
    const { batcher, batches, add, advance, timers } = open();
    add(1);
    batcher.close();
    advance(1_000);
    assert.deepEqual(batches, []);
    assert.equal(timers.size, 0);
  });
});

describe('other rules', () => {
  test('hold at once for what waits already', () => {
    const { batcher, batches, add } = open({ max: 32, preferred: [16], inFlight: 2 });
    add(1, 2, 3);
    assert.deepEqual(batches, []);
    batcher.change({ max: 2, preferred: [16], maxDelayMs: 100, inFlight: 2 });
    assert.deepEqual(batches, [[1, 2]]);
    batcher.change({ max: 2, preferred: [], maxDelayMs: 0, inFlight: 2 });
    assert.deepEqual(batches, [[1, 2], [3]]);
  });
  test('bring in sizes that were too large before', async () => {
    const { batcher, batches, add, finish } = open({ max: 2, preferred: [8] });
    add(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    batcher.change({ max: 16, preferred: [8], maxDelayMs: 100, inFlight: 1 });
    await finish();
    assert.deepEqual(batches, [
      [1, 2],
      [3, 4, 5, 6, 7, 8, 9, 10],
    ]);
  });
});
