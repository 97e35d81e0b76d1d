/** Bitmaps of every depth become the same picture. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readBmpHeader, readBmpPixels } from '../../engine/decode/bmp.ts';

const red = [255, 0, 0];
const green = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];
/** As shown: red and green above, blue and white below. */
const shown = Buffer.from([red, green, blue, white].flat());

interface Parts {
  bits: number;
  compression?: number;
  height?: number;
  masks?: number[];
  palette?: number[][];
  /** From the bottom, each padded to four bytes. */
  rows: number[][];
}

function bmp({ bits, compression = 0, height = 2, masks = [], palette = [], rows }: Parts): Buffer {
  const table = Buffer.alloc(masks.length * 4 + palette.length * 4);
  masks.forEach((mask, at) => {
    table.writeUInt32LE(mask, at * 4);
  });
  palette.forEach(([r = 0, g = 0, b = 0], at) => {
    table.set([b, g, r], at * 4);
  });
  const head = Buffer.alloc(54);
  head.write('BM', 'latin1');
  head.writeUInt32LE(54 + table.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(2, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  head.writeUInt32LE(compression, 30);
  const padded = rows.map((row) => {
    const out = Buffer.alloc(Math.ceil(row.length / 4) * 4);
    out.set(row);
    return out;
  });
  return Buffer.concat([head, table, ...padded]);
}

function picture(file: Buffer): { rgb: Buffer; isWhole: boolean } {
  const header = readBmpHeader(file);
  assert.ok(header);
  assert.deepEqual([header.width, header.height], [2, 2]);
  return readBmpPixels(file, header);
}

const palette = [red, green, blue, white];
const bgr = (...colours: number[][]) => colours.flatMap(([r = 0, g = 0, b = 0]) => [b, g, r]);
const files: Record<string, Buffer> = {
  '4 bits': bmp({ bits: 4, palette, rows: [[0x23], [0x01]] }),
  '8 bits': bmp({
    bits: 8,
    palette,
    rows: [
      [2, 3],
      [0, 1],
    ],
  }),
  '16 bits': bmp({
    bits: 16,
    rows: [
      [0x1f, 0, 0xff, 0x7f],
      [0, 0x7c, 0xe0, 0x03],
    ],
  }),
  '16 bits, 5-6-5': bmp({
    bits: 16,
    compression: 3,
    masks: [0xf800, 0x07e0, 0x001f],
    rows: [
      [0x1f, 0, 0xff, 0xff],
      [0, 0xf8, 0xe0, 0x07],
    ],
  }),
  '24 bits': bmp({ bits: 24, rows: [bgr(blue, white), bgr(red, green)] }),
  '24 bits from the top': bmp({ bits: 24, height: -2, rows: [bgr(red, green), bgr(blue, white)] }),
  '32 bits': bmp({
    bits: 32,
    rows: [
      [...bgr(blue), 0, ...bgr(white), 0],
      [...bgr(red), 0, ...bgr(green), 0],
    ],
  }),
};
describe('depths', () => {
  for (const [name, file] of Object.entries(files))
    test(name, () => {
      assert.deepEqual(picture(file), { rgb: shown, isWhole: true });
    });
  test('1 bit', () => {
    const { rgb } = picture(bmp({ bits: 1, palette: [red, white], rows: [[0x40], [0x80]] }));
    assert.deepEqual([...rgb], [white, red, red, white].flat());
  });
});

describe('what it does not read', () => {
  test('run lengths', () => {
    assert.equal(readBmpHeader(bmp({ bits: 8, compression: 1, palette, rows: [] })), null);
  });
  test('a file that ends in its header', () => {
    const whole = bmp({ bits: 24, rows: [] });
    for (let size = 0; size < 54; size += 1)
      assert.equal(readBmpHeader(whole.subarray(0, size)), null);
  });
  test('a picture that ends early is shown as far as it goes', () => {
    const whole = bmp({ bits: 24, rows: [bgr(blue, white), bgr(red, green)] });
    const { rgb, isWhole } = picture(whole.subarray(0, whole.length - 3));
    assert.equal(isWhole, false);
    assert.deepEqual(rgb.subarray(6), shown.subarray(6));
  });
});
