/** Shrinking keeps the mean of what it puts together, and enough pixels for a good resize. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shrink } from '../../engine/decode/shrink.ts';

const row = (...greys: number[]) => [...greys.flatMap((grey) => [grey, grey, grey]), 9, 9];

test('squares become their mean; the padding of rows is passed over', () => {
  const rows = Uint8Array.from([...row(0, 10, 100, 100), ...row(20, 30, 100, 200)]);
  const small = shrink(rows, { width: 4, height: 2 }, 14, 0.5);
  assert.deepEqual(small, {
    width: 2,
    height: 1,
    pixels: Uint8Array.from([15, 15, 15, 125, 125, 125]),
  });
});
test('a picture below twice the wanted size stays as it is', () => {
  const rows = Uint8Array.from(row(1, 2, 3));
  assert.deepEqual(shrink(rows, { width: 3, height: 1 }, 11, 1).width, 3);
});
