/** Every layout, colour order and type of a model input, and what a picture must be decoded to for it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  inputBytes,
  inputWriter,
  neededScale,
  type InputShape,
} from '../../engine/decode/model-input.ts';

const shape: InputShape = {
  size: { width: 2, height: 1 },
  resize: { rule: 'squash' },
  layout: 'NHWC',
  colour: 'RGB',
  type: 'uint8',
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const pixels = Uint8Array.from([1, 2, 3, 4, 5, 6]);

function written(as: Partial<InputShape>, place = 1): number[] {
  const wanted = { ...shape, ...as };
  const bytes = inputBytes(wanted);
  const places = new SharedArrayBuffer(bytes * 2);
  inputWriter(places, wanted)(pixels, place);
  return [
    ...(wanted.type === 'uint8'
      ? new Uint8Array(places, place * bytes, bytes)
      : new Float32Array(places, place * bytes, bytes / 4)),
  ];
}

describe('inputWriter', () => {
  test('keeps bytes as they are for NHWC, RGB, uint8', () => {
    assert.deepEqual(written({}), [1, 2, 3, 4, 5, 6]);
  });
  test('turns the channels for BGR', () => {
    assert.deepEqual(written({ colour: 'BGR' }), [3, 2, 1, 6, 5, 4]);
  });
  test('parts the channels for NCHW', () => {
    assert.deepEqual(written({ layout: 'NCHW' }), [1, 4, 2, 5, 3, 6]);
    assert.deepEqual(written({ layout: 'NCHW', colour: 'BGR' }), [3, 6, 2, 5, 1, 4]);
  });
  test("normalises floats in the model's own order of channels", () => {
    const mean = [0, 0.1, 0.2] as const;
    const std = [1, 0.5, 0.25] as const;
    const found = written({ type: 'float32', layout: 'NCHW', colour: 'BGR', mean, std });
    const expected = [3, 6, 2, 5, 1, 4].map((byte, at) => {
      const channel = Math.floor(at / 2);
      return (byte / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
    });
    found.forEach((value, at) => {
      assert.ok(Math.abs(value - (expected[at] ?? NaN)) < 1e-6);
    });
  });
});

test('neededScale follows the resize rule', () => {
  const picture = { width: 1000, height: 500 };
  const size = { width: 100, height: 100 };
  const scale = (resize: InputShape['resize']) => neededScale({ ...shape, size, resize }, picture);
  assert.equal(scale({ rule: 'shortest-side', to: 125 }), 0.25);
  assert.equal(scale({ rule: 'squash' }), 0.2);
  assert.equal(scale({ rule: 'pad', colour: [0, 0, 0] }), 0.1);
});
