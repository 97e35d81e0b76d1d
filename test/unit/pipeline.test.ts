/** The photos' way, with a catalog and a decoder that answer at once. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import type { Catalog, Settlement } from '../../engine/catalog/catalog.ts';
import type { ClaimedFile } from '../../engine/catalog/files.ts';
import type { DecodePool } from '../../engine/decode/pool.ts';
import { createMonitor } from '../../engine/monitor.ts';
import { engineOptions } from '../../engine/options.ts';
import { openPipeline } from '../../engine/pipeline.ts';
import { planFor } from '../../engine/plan.ts';

/** `files`: how many wait; `settle`: hears of every transaction's size. */
function openTestPipeline(
  files: number,
  decode: DecodePool['decode'],
  settle: (size: number) => void = () => undefined,
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
    packs: [],
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
