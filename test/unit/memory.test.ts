/** Admission by bytes: what is taken, what a giant takes, and that waiting ends. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { acquire, createBudget, decodingBytes, release } from '../../engine/decode/memory.ts';

const MiB = 1024 * 1024;

describe('the budget', () => {
  test('gives back what it took, to the byte it counts in', () => {
    const budget = createBudget(10 * MiB);
    const held = [acquire(budget, 1), acquire(budget, 3 * MiB + 1)];
    for (const bytes of held) release(budget, bytes);
    assert.equal(budget[0], budget[1]);
  });
  test('lets a giant have all of it, never more', () => {
    const budget = createBudget(10 * MiB);
    assert.equal(acquire(budget, 500 * MiB), 10 * MiB);
    assert.equal(budget[0], 0);
  });
  test('makes a thread wait until there is room', async () => {
    const budget = createBudget(10 * MiB);
    const held = acquire(budget, 8 * MiB);
    const module = new URL('../../engine/decode/memory.ts', import.meta.url).href;
    const worker = new Worker(
      `import(${JSON.stringify(module)}).then(({ acquire }) => {
         const { parentPort, workerData } = require('node:worker_threads');
         parentPort.postMessage('asks');
         parentPort.postMessage(acquire(workerData, ${String(5 * MiB)}));
       });`,
      { eval: true, workerData: budget },
    );
    const heard: unknown[] = [];
    const answered = new Promise<void>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (message) => {
        heard.push(message);
        if (message === 'asks')
          setTimeout(() => {
            heard.push('released');
            release(budget, held);
          }, 50);
        else resolve();
      });
    });
    await answered;
    assert.deepEqual(heard, ['asks', 'released', 5 * MiB]);
    await worker.terminate();
  });
});

test('a format costs what it was measured to cost', () => {
  const size = { width: 1000, height: 1000 };
  const bytes = (format: string, progressive = false) =>
    decodingBytes(format, { ...size, progressive });
  assert.ok(bytes('jpeg') < bytes('jpeg', true));
  assert.ok(bytes('jpeg', true) < bytes('avif'));
  assert.equal(bytes('avif'), 17_000_000);
});
