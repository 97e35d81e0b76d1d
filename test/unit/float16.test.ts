/** Sixteen-bit floats, by the numbers that IEEE 754 gives them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHalves, toHalves } from '../../engine/infer/float16.ts';

const known: [number, number][] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [0.333251953125, 0x3555],
  [65504, 0x7bff],
  [Infinity, 0x7c00],
  [-Infinity, 0xfc00],
  [NaN, 0x7e00],
  // The smallest normal one, the largest and the smallest below it.
  [2 ** -14, 0x0400],
  [1023 * 2 ** -24, 0x03ff],
  [2 ** -24, 0x0001],
];

test('numbers that have a half of their own go there and back', () => {
  const numbers = Float32Array.from(known, ([number]) => number);
  const halves = Uint16Array.from(known, ([, half]) => half);
  assert.deepEqual(toHalves(numbers), halves);
  assert.deepEqual(fromHalves(halves), numbers);
});

test('every half survives', () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, half) => half);
  const back = toHalves(fromHalves(all));
  const isNaNHalf = (half: number) => (half & 0x7fff) > 0x7c00;
  assert.ok(all.every((half, at) => isNaNHalf(half) || back[at] === half));
});

test('others are rounded to the nearest, a tie to the even one', () => {
  const step = 2 ** -10;
  const rounded = (value: number) => toHalves(Float32Array.of(value))[0];
  assert.equal(rounded(1 + step / 2), 0x3c00);
  assert.equal(rounded(1 + 1.5 * step), 0x3c02);
  assert.equal(rounded(1 + 0.51 * step), 0x3c01);
  assert.equal(rounded(2 - step / 4), 0x4000);
  assert.equal(rounded(65_520), 0x7c00);
  assert.equal(rounded(1.5 * 2 ** -24), 0x0002);
  assert.equal(rounded(2 ** -26), 0x0000);
});
