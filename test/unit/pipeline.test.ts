/** The photos' way, with a catalog and a decoder that answer at once. */
import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import type { Catalog, Settlement } from '../../engine/catalog/catalog.ts';
import type { ClaimedFile } from '../../engine/catalog/files.ts';
import type { DecodePool } from '../../engine/decode/pool.ts';
import type { Outcome } from '../../engine/decode/worker.ts';
import { createMonitor } from '../../engine/monitor.ts';
import { engineOptions } from '../../engine/options.ts';
import type { ActivePack } from '../../engine/packs.ts';
import { openPipeline } from '../../engine/pipeline.ts';
import { planFor } from '../../engine/plan.ts';

/** `files`: how many wait; `settle`: hears of every transaction's size. */
function openTestPipeline(
  files: number,
  decode: DecodePool['decode'],
  settle: (size: number) => void = () => undefined,
  packs: readonly ActivePack[] = [],
) {
  const queue = Array.from({ length: files }, (_, id): ClaimedFile => ({
    id,
    folder: 1,
    path: Buffer.from(''),
  }));
  const catalog = {
    files: { claim: (count: number) => ({ alone: false, files: queue.splice(0, count) }) },
    settle: (settlements: Settlement[]) => {
      settle(settlements.length);
    },
  } as unknown as Catalog;
  return openPipeline({
    catalog,
    pool: { size: 2, decode, resize: () => undefined, close: () => Promise.resolve() },
    packs,
    plan: planFor(engineOptions(), {
      device: 'cpu',
      serverToken: null,
      decodeWorkers: null,
      maxBatch: 2,
    }),
    monitor: createMonitor(),
    isAway: () => Promise.resolve(false),
    onSaved: () => undefined,
    onHang: () => undefined,
  });
}

test('nothing is kept of transactions that are done', async (t) => {
  const transactions: number[] = [];
  const gone = () => Promise.resolve({ kind: 'gone' } as const);
  const pipeline = openTestPipeline(20, gone, (size) => transactions.push(size));
  pipeline.wake();
  await turn();
  assert.deepEqual(transactions, Array(10).fill(2));

  const cleared = t.mock.method(globalThis, 'clearTimeout');
  await pipeline.close();
  assert.equal(cleared.mock.callCount(), 0);
});

test('who waits for a thumbnail is told when the work ends', async () => {
  const pipeline = openTestPipeline(2, () => new Promise(() => undefined));
  pipeline.wake();
  const waiting = pipeline.makeThumbnail(Buffer.from('photo'));
  await pipeline.close();
  assert.equal(await waiting, 'gone');
});

test('what a full disk did not take is tried again, also where no device is left', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const decoded = { kind: 'decoded', facts: { stamp: { size: 1 } }, damaged: false } as const;
  const broken = { session: { run: () => Promise.reject(new Error('no device')) } };
  const saved: number[] = [];
  let isFull = true;
  const pipeline = openTestPipeline(
    2,
    () => Promise.resolve({ ...decoded, readMs: 1, decodeMs: 1 } as unknown as Outcome),
    (size) => {
      if (isFull) throw new Database.SqliteError('full', 'SQLITE_FULL');
      saved.push(size);
    },
    [broken as unknown as ActivePack],
  );
  t.after(() => pipeline.close());
  pipeline.wake();
  for (let turns = 0; turns < 10; turns += 1) await turn();
  assert.equal(pipeline.paused, 'model');
  isFull = false;
  t.mock.timers.tick(5_000);
  assert.deepEqual(saved, [2]);
  // It is not taken up again: nothing can be judged.
  assert.equal(pipeline.paused, 'model');
});
