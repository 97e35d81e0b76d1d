/**
 * Fills a card's memory until little is left, and holds it until its input ends: what another program does to
 * ours. Says `full` when it is done. Started with the engine's environment.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Onnxruntime from 'onnxruntime-node';
import { runtimeVariable } from '../../engine/gpu-runtime/place.ts';
import { onnxModel } from '../fixtures/onnx-model.ts';

const gigabyte = 2 ** 30;
const [bytes = '0', device = 'cuda'] = process.argv.slice(2);
const runtime = process.env[runtimeVariable];
const require = createRequire(runtime === undefined ? import.meta.url : path.join(runtime, 'x.js'));
const ort = require('onnxruntime-node') as typeof Onnxruntime;

/** As many zeros as it is asked for, on the device; only their maximum comes back. */
const model = onnxModel({
  inputs: [{ name: 'count', type: 'int64', dims: [1] }],
  outputs: [{ name: 'most', type: 'float32', dims: [] }],
  nodes: [
    { op: 'ConstantOfShape', inputs: ['count'], outputs: ['zeros'] },
    { op: 'ReduceMax', inputs: ['zeros'], outputs: ['most'], attributes: { keepdims: 0 } },
  ],
});

const held: Onnxruntime.InferenceSession[] = [];
// An arena grows to powers of two and keeps what it has: one of them for each.
for (let power = 2 ** 7; power >= 1; power /= 2) {
  if (Math.floor(Number(bytes) / gigabyte) % (2 * power) < power) continue;
  const session = await ort.InferenceSession.create(model, {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    logSeverityLevel: 4,
  });
  const count = new ort.Tensor('int64', BigInt64Array.of(BigInt((power * gigabyte) / 4)), [1]);
  await session.run({ count });
  held.push(session);
}
console.log('full');
process.stdin.resume().on('end', () => process.exit(0));
