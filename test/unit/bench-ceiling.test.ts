import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BenchResult } from '../../common/contract.ts';
import { ceilingOf, costOf, median } from '../../engine/bench/ceiling.ts';
import { benchTable } from '../../engine/cli/bench-table.ts';
import { cliTexts } from '../../engine/cli/texts.ts';

const costs = {
  read: { cpuMs: 3, photosPerSecond: 600 },
  decode: { cpuMs: 29, photosPerSecond: 60 },
  infer: { cpuMs: 8, photosPerSecond: 50 },
};

test('on the CPU all stages share the cores', () => {
  assert.equal(ceilingOf(2, 'cpu', costs), 50);
});

test('another device is a ceiling of its own', () => {
  assert.equal(ceilingOf(8, 'cpu', costs), 200);
  assert.equal(ceilingOf(8, 'cuda', costs), 50);
});

test('a device that could not be measured alone is no ceiling, and that is said', () => {
  assert.equal(ceilingOf(8, 'cuda', { ...costs, infer: null }), 250);
  const cost = { cpuMs: 1, photosPerSecond: 100 };
  const result: BenchResult = {
    ...{ at: '', machine: { cpu: 'x', cores: 8, memoryBytes: 2 ** 30, platform: 'linux-x64' } },
    ...{ photos: { count: 1, bytes: 1e6, made: true }, packs: ['a'], read: cost, decode: cost },
    ...{ device: 'cuda', inference: [{ device: 'cpu', batches: [{ batch: 1, ...cost }] }] },
    unused: [{ device: 'cuda', code: 'failed', reason: 'SIGSEGV' }],
    ...{ ceilingPerSecond: 250, engine: { ...cost, peakMemoryBytes: 1e8 }, efficiency: 0.4 },
  };
  const table = (device: 'cpu' | 'cuda') =>
    benchTable({ result: { ...result, device }, earlier: null }, 'zh', cliTexts.zh);
  assert.match(table('cuda'), /NVIDIA GPU \(CUDA\) 没能单独测速，上限里没有算推理\n/);
  assert.doesNotMatch(table('cpu'), /没能单独测速/);
});

test('one disturbed round does not move the cost', () => {
  const calm = { photos: 100, seconds: 2, cpuSeconds: 4 };
  const disturbed = { photos: 100, seconds: 9, cpuSeconds: 7 };
  assert.deepEqual(costOf([calm, disturbed, calm]), { cpuMs: 40, photosPerSecond: 50 });
});

test('the median of an even number of values lies between the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
});
