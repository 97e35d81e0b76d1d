/** From a graph's raw outputs to label probabilities. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finisher } from '../../engine/infer/answers.ts';

function close(found: Float32Array | undefined, expected: number[]): void {
  assert.equal(found?.length, expected.length);
  expected.forEach((value, at) => {
    assert.ok(
      Math.abs((found[at] ?? NaN) - value) < 1e-6,
      `${String(found[at])} for ${String(value)}`,
    );
  });
}
const raw = (values: number[], ...dims: number[]) => [{ values: Float32Array.from(values), dims }];

test('probabilities stay as they are', () => {
  const finish = finisher({ kind: 'softmax', name: 'y', values: 'probabilities' }, 2);
  close(finish(raw([0.25, 0.75], 1, 2), 1)[0], [0.25, 0.75]);
});
test('logits become probabilities, a photo at a time', () => {
  const softmax = finisher({ kind: 'softmax', name: 'y', values: 'logits' }, 2);
  close(softmax(raw([0, Math.log(3), 1000, 0], 2, 2), 2)[0], [0.25, 0.75, 1, 0]);
  const sigmoid = finisher({ kind: 'sigmoid', name: 'y', values: 'logits' }, 2);
  close(sigmoid(raw([0, Math.log(3)], 1, 2), 1)[0], [0.5, 0.75]);
});
test('a wrong shape and values that are no numbers are refused in words', () => {
  const finish = finisher({ kind: 'softmax', name: 'y', values: 'probabilities' }, 3);
  assert.throws(() => finish(raw([1, 0], 1, 2), 1), /shape 1 × 2, not 1 × 3/);
  assert.throws(() => finish(raw([1, NaN, 0], 1, 3), 1), /no numbers/);
});
test('with no other device to ask, a photo without numbers has zeros and the others their own', () => {
  const softmax = finisher({ kind: 'softmax', name: 'y', values: 'logits' }, 2);
  const values = [0, Math.log(3), Infinity, 0, NaN, 0];
  close(softmax(raw(values, 3, 2), 3, true)[0], [0.25, 0.75, 0, 0, 0, 0]);
});
