/** The photos' way, with a catalog and a decoder that answer at once. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import type { Catalog, Settlement } from '../../engine/catalog/catalog.ts';
import type { ClaimedFile } from '../../engine/catalog/files.ts';
import { createMonitor } from '../../engine/monitor.ts';
import { engineOptions } from '../../engine/options.ts';
import { openPipeline } from '../../engine/pipeline.ts';
import { planFor } from '../../engine/plan.ts';

test('nothing is kept of transactions that are done', async (t) => {
  const queue = Array.from({ length: 20 }, (_, id): ClaimedFile => ({ id, path: Buffer.from('') }));
  const transactions: number[] = [];
  const catalog = {
    files: { claim: (count: number) => ({ alone: false, files: queue.splice(0, count) }) },
    settle: (settlements: Settlement[]) => transactions.push(settlements.length),
  } as unknown as Catalog;
  const pipeline = openPipeline({
    catalog,
    pool: {
      size: 2,
      decode: () => Promise.resolve({ kind: 'gone' }),
      resize: () => undefined,
      close: () => Promise.resolve(),
    },
    packs: [],
    plan: planFor(engineOptions(), {
      device: 'cpu',
      serverToken: null,
      decodeWorkers: null,
      maxBatch: 2,
    }),
    monitor: createMonitor(),
    onSaved: () => undefined,
    onHang: () => undefined,
  });
  pipeline.wake();
  await turn();
  assert.deepEqual(transactions, Array(10).fill(2));

  const cleared = t.mock.method(globalThis, 'clearTimeout');
  await pipeline.close();
  assert.equal(cleared.mock.callCount(), 0);
});
