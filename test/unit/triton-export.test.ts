/** A pack as a Triton model repository. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readPack } from '../../engine/infer/pack.ts';
import { exportTriton, tritonConfig } from '../../engine/shelf/triton-export.ts';
import { writeColourPack } from '../fixtures/pack.ts';

test('holds the model and a configuration with the story batching', (t) => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-triton-'));
  t.after(() => {
    rmSync(root, { recursive: true });
  });
  const pack = readPack(writeColourPack(path.join(root, 'colours'), ['蓝', '绿', '红']));
  const folder = exportTriton(pack, path.join(root, 'repository'));
  assert.ok(existsSync(path.join(folder, '1/model.onnx')));
  const config = readFileSync(path.join(folder, 'config.pbtxt'), 'utf8');
  for (const line of [
    'max_batch_size: 32',
    'preferred_batch_size: [ 4, 8, 16 ]',
    'max_queue_delay_microseconds: 100000',
    '{ name: "x" data_type: TYPE_FP32 dims: [ 3, 16, 16 ] }',
    '{ name: "y" data_type: TYPE_FP32 dims: [ 3 ] }',
    'instance_group',
  ])
    assert.ok(config.includes(line), config);
  assert.throws(() => exportTriton(pack, path.join(root, 'repository')), /name-taken/);
  const isFile = path.join(root, 'colours/labels.txt');
  assert.throws(() => exportTriton(pack, isFile), /cannot-write/);
  const fixed = tritonConfig(pack, [{ name: 'y', type: 'float32', dims: [1, 3] }], 0);
  const halves = { ...pack, manifest: { ...pack.manifest } };
  halves.manifest.input = { ...pack.manifest.input, type: 'float16' };
  const small = tritonConfig(halves, [{ name: 'y', type: 'float16', dims: [] }], 32);
  assert.ok(small.includes('{ name: "x" data_type: TYPE_FP16 dims: [ 3, 16, 16 ] }'), small);
  assert.ok(small.includes('{ name: "y" data_type: TYPE_FP16 dims: [ -1 ] }'), small);
  assert.ok(fixed.includes('max_batch_size: 0') && fixed.includes('dims: [ 1, 3, 16, 16 ]'), fixed);
});

test('a pack with a Chinese name is a model whose name an address can hold', (t) => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-triton-'));
  t.after(() => {
    rmSync(root, { recursive: true });
  });
  const pack = readPack(writeColourPack(path.join(root, '万物-2'), ['蓝', '绿', '红']));
  const folder = exportTriton(pack, path.join(root, 'repository'));
  assert.equal(path.basename(folder), '_E4_B8_87_E7_89_A9-2');
  const config = readFileSync(path.join(folder, 'config.pbtxt'), 'utf8');
  assert.ok(config.startsWith('name: "_E4_B8_87_E7_89_A9-2"'), config);
});
