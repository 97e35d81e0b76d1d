import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ceilingOf, costOf, median } from '../../engine/bench/ceiling.ts';

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

test('one disturbed round does not move the cost', () => {
  const calm = { photos: 100, seconds: 2, cpuSeconds: 4 };
  const disturbed = { photos: 100, seconds: 9, cpuSeconds: 7 };
  assert.deepEqual(costOf([calm, disturbed, calm]), { cpuMs: 40, photosPerSecond: 50 });
});

test('the median of an even number of values lies between the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
});
