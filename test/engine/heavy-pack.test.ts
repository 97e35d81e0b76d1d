/** The made heavy model: it is one that runs, in both precisions, and they agree. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { inputBytes } from '../../engine/decode/model-input.ts';
import { inputShape, readPack } from '../../engine/infer/pack.ts';
import { openSession } from '../../engine/infer/session.ts';
import { toHalf, writeHeavyPack, type Precision } from '../gpu/heavy-pack.ts';
import { freshPlace } from './harness.ts';

const photos = 3;

async function answersOf(folder: string, precision: Precision): Promise<Float32Array> {
  const pack = readPack(writeHeavyPack(folder, 'tiny', precision));
  const places = new SharedArrayBuffer(photos * inputBytes(inputShape(pack.manifest)));
  new Uint8Array(places).forEach((_, at, all) => (all[at] = (at * 31) & 0xff));
  const options = { pack, device: 'cpu' as const, places, threads: 1, maxBatch: photos };
  const session = await openSession(options, (error) => {
    throw error;
  });
  try {
    const { outputs } = await session.run([0, 1, 2]);
    return outputs[0] ?? new Float32Array();
  } finally {
    await session.close();
  }
}

test('fp16 and fp32 answer alike, with probabilities', async (t) => {
  const { photos: folder } = freshPlace(t);
  const full = await answersOf(path.join(folder, 'full'), 'fp32');
  const half = await answersOf(path.join(folder, 'half'), 'fp16');
  assert.equal(full.length, photos * 1000);
  for (const values of [full, half])
    for (let photo = 0; photo < photos; photo += 1) {
      const row = values.subarray(photo * 1000, (photo + 1) * 1000);
      assert.ok(Math.abs(row.reduce((sum, value) => sum + value, 0) - 1) < 1e-3);
    }
  const difference = Math.max(...full.map((value, at) => Math.abs(value - (half[at] ?? NaN))));
  assert.ok(difference > 0 && difference < 5e-5, String(difference));
});

test('float16 bits', () => {
  assert.deepEqual([1, -2, 0.5, 0].map(toHalf), [0x3c00, 0xc000, 0x3800, 0]);
});
