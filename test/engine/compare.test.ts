/** Vectors of pictures compared with vectors of labels, against a sum made by hand. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { withComparison } from '../../engine/infer/compare.ts';
import { readPack } from '../../engine/infer/pack.ts';
import type { Session } from '../../engine/infer/session.ts';
import { colourModel, writePack } from '../fixtures/pack.ts';

const dimensions = 3;
const labels = 40;
const vectors = Float32Array.from({ length: labels * dimensions }, (_, at) => Math.sin(at) * 3);
const pictures = Float32Array.from([3, 4, 0, -1, 2, 5]);

function cosine(picture: number, label: number): number {
  const part = (all: Float32Array, at: number) =>
    all.subarray(at * dimensions, (at + 1) * dimensions);
  const [one, other] = [part(pictures, picture), part(vectors, label)];
  const dot = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}

const expected = {
  sigmoid: (picture: number, label: number) =>
    1 / (1 + Math.exp(-(10 * cosine(picture, label) - 5))),
  softmax: (picture: number, label: number) => {
    const powers = Array.from({ length: labels }, (_, one) => Math.exp(10 * cosine(picture, one)));
    return (powers[label] ?? 0) / powers.reduce((sum, one) => sum + one, 0);
  },
};

for (const activation of ['sigmoid', 'softmax'] as const)
  test(activation, async (t) => {
    const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-compare-'));
    t.after(() => {
      rmSync(root, { recursive: true });
    });
    const words = Array.from({ length: labels }, (_, at) => `词${String(at)}`);
    const folder = writePack(path.join(root, 'vectors'), {
      files: {
        'model.onnx': colourModel(16),
        'labels.txt': Buffer.from(words.join('\n')),
        'vectors.bin': Buffer.from(vectors.buffer),
      },
      input: {
        name: 'x',
        layout: 'NCHW',
        type: 'float32',
        colour: 'RGB',
        size: 16,
        resize: { rule: 'squash' },
      },
      output: {
        kind: 'embedding',
        name: 'y',
        dimensions,
        vectors: 'vectors.bin',
        activation,
        scale: 10,
        bias: activation === 'sigmoid' ? -5 : 0,
      },
      labels: 'labels.txt',
    });
    const files = readdirSync(folder);
    const model: Session = {
      state: { device: 'cpu', unused: [], mostAtOnce: null, servers: [], help: null },
      run: () => Promise.resolve({ outputs: [pictures], ms: 1 }),
      close: () => Promise.resolve(),
    };
    const options = { pack: readPack(folder), threads: 1, maxBatch: 4 };
    const session = await withComparison(model, options, (error) => {
      throw error;
    });
    // Two at once: neither may get the other's.
    const answers = await Promise.all([session.run([0, 1]), session.run([0, 1])]);
    await session.close();
    // A pack may lie where nothing can be written.
    assert.deepEqual(readdirSync(folder), files);
    for (const { outputs } of answers) {
      assert.equal(outputs[0]?.length, 2 * labels);
      outputs[0].forEach((value, at) => {
        const right = expected[activation](Math.floor(at / labels), at % labels);
        assert.ok(Math.abs(value - right) < 1e-5, `${String(at)}: ${String(value)}`);
      });
    }
  });
