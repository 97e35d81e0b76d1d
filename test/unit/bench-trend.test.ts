import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grows, trendOf } from '../bench/trend.ts';

const noise = [3, -2, 4, -5, 1, -1, 2, -3, 0, 1];
const series = (slope: number, amount: number) =>
  noise.map((value, at) => ({ hours: at / 20, value: 500 + (slope * at) / 20 + amount * value }));

test('the slope of a line is found', () => {
  const { slope, error } = trendOf(series(80, 0));
  assert.ok(Math.abs(slope - 80) < 1e-6 && error < 1e-6);
});

test('a steady leak grows, noise does not', () => {
  assert.ok(grows(trendOf(series(80, 1)), 20));
  assert.ok(!grows(trendOf(series(0, 1)), 20));
  assert.ok(!grows(trendOf(series(0, 20)), 20));
});
