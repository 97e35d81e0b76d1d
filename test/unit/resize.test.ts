/** Resizing beside sharp's, with the same filters; and the eight ways up. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { cutInput, type InputShape, type Size } from '../../engine/decode/model-input.ts';
import { cubic, lanczos, resize, wholeOf } from '../../engine/decode/resize/resize.ts';
import { turn, turnedSize } from '../../engine/decode/resize/turn.ts';
import { samples } from '../engine/harness.ts';

const picture = readFileSync(path.join(samples, 'kitten-yarn.jpg'));

async function pixelsOf({ width, height }: Size): Promise<Buffer> {
  return sharp(picture).resize(width, height, { fit: 'fill' }).raw().toBuffer();
}

/** Mean and largest difference of two pictures. */
function apart(one: Uint8Array, other: Uint8Array): { mean: number; most: number } {
  assert.equal(one.length, other.length);
  let [sum, most] = [0, 0];
  one.forEach((value, at) => {
    const off = Math.abs(value - (other[at] ?? NaN));
    sum += off;
    most = Math.max(most, off);
  });
  return { mean: sum / one.length, most };
}

describe('resize', () => {
  const filters = { cubic, lanczos3: lanczos };
  const sizes: [Size, Size][] = [
    [
      { width: 1008, height: 756 },
      { width: 597, height: 448 },
    ],
    [
      { width: 597, height: 448 },
      { width: 256, height: 192 },
    ],
    [
      { width: 403, height: 1001 },
      { width: 101, height: 333 },
    ],
    [
      { width: 300, height: 20 },
      { width: 150, height: 10 },
    ],
  ];
  for (const [kernel, filter] of Object.entries(filters))
    for (const [from, to] of sizes)
      test(`${kernel}: ${String(from.width)} x ${String(from.height)} to ${String(to.width)} as sharp`, async () => {
        const pixels = await pixelsOf(from);
        const made = resize(pixels, from, wholeOf(from), to, filter);
        const its = await sharp(pixels, { raw: { ...from, channels: 3 } })
          .resize(to.width, to.height, { fit: 'fill', kernel: kernel as 'cubic' | 'lanczos3' })
          .raw()
          .toBuffer();
        const { mean, most } = apart(made, its);
        assert.ok(mean < 0.3 && most <= 6, `${String(mean)} ${String(most)}`);
      });

  test('of the same size it changes nothing, of one colour it stays one', async () => {
    const from = { width: 67, height: 41 };
    const pixels = await pixelsOf(from);
    for (const filter of [cubic, lanczos])
      assert.deepEqual(resize(pixels, from, wholeOf(from), from, filter), pixels);
    const grey = Buffer.alloc(pixels.length, 201);
    for (const to of [
      { width: 5, height: 3 },
      { width: 200, height: 190 },
      { width: 1, height: 1 },
    ])
      assert.ok(resize(grey, from, wholeOf(from), to, lanczos).every((value) => value === 201));
  });

  test('pictures of a pixel or two, and a larger one after them', () => {
    const two = Buffer.from([0, 0, 0, 255, 255, 255]);
    const from = { width: 2, height: 1 };
    assert.deepEqual(
      [...resize(two, from, wholeOf(from), { width: 1, height: 1 }, lanczos)],
      [128, 128, 128],
    );
    const four = [...resize(two, from, wholeOf(from), { width: 4, height: 2 }, cubic)];
    assert.deepEqual(four.slice(0, 12), four.slice(12));
    assert.ok((four[3] ?? 255) < 128 && (four[6] ?? 0) > 127);
    const large = { width: 3000, height: 2000 };
    const made = resize(Buffer.alloc(18_000_000, 9), large, wholeOf(large), from, lanczos);
    assert.deepEqual([...made], [9, 9, 9, 9, 9, 9]);
  });

  test('a part is what sharp cuts out first', async () => {
    const from = { width: 597, height: 448 };
    const part = { left: 102, top: 28, width: 392, height: 392 };
    const to = { width: 260, height: 260 };
    const pixels = await pixelsOf(from);
    const its = await sharp(pixels, { raw: { ...from, channels: 3 } })
      .extract(part)
      .resize(260, 260, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer();
    const { mean, most } = apart(resize(pixels, from, part, to, cubic), its);
    assert.ok(mean < 0.3 && most <= 6, `${String(mean)} ${String(most)}`);
  });
});

test('a padded input lies where sharp puts it', async () => {
  const shape: InputShape = {
    size: { width: 256, height: 200 },
    resize: { rule: 'pad', colour: [10, 20, 30] },
    layout: 'NHWC',
    colour: 'RGB',
    type: 'uint8',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
  for (const from of [
    { width: 597, height: 448 },
    { width: 448, height: 601 },
    { width: 900, height: 300 },
  ]) {
    const pixels = await pixelsOf(from);
    const its = await sharp(pixels, { raw: { ...from, channels: 3 } })
      .resize(256, 200, { fit: 'contain', kernel: 'cubic', background: { r: 10, g: 20, b: 30 } })
      .raw()
      .toBuffer();
    // Its sides are whole pixels here; there they may be parts of one.
    const { mean } = apart(cutInput(pixels, from, shape), its);
    assert.ok(mean < 0.3, `${String(from.width)}: ${String(mean)}`);
  }
});

test('all eight ways up are as sharp turns them', async () => {
  const stored = { width: 31, height: 19 };
  const pixels = await pixelsOf(stored);
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const file = await sharp(pixels, { raw: { ...stored, channels: 3 } })
      .png()
      .withMetadata({ orientation })
      .toBuffer();
    const { data, info } = await sharp(file)
      .autoOrient()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    assert.deepEqual({ width, height }, turnedSize(stored, orientation));
    assert.deepEqual(turn(pixels, stored, orientation), data, String(orientation));
  }
});
