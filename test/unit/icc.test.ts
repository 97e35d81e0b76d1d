/** Colours of a phone's profile against what sharp makes of the same pixels. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { toSrgb } from '../../engine/decode/icc.ts';

const side = 16;
const channels = 3;
/** Every mixture of four steps of red, green and blue, and greys. */
const colours = Uint8Array.from({ length: side * side * channels }, (_, at) => {
  const pixel = Math.floor(at / channels);
  const step = Math.floor(pixel / 4 ** (at % channels)) % 4;
  return pixel < 64 ? step * 85 : pixel - 64;
});

/** The same colours as numbers of Display P3, and its profile. */
async function inP3() {
  const png = await sharp(colours, { raw: { width: side, height: side, channels } })
    .withIccProfile('p3')
    .png()
    .toBuffer();
  const { icc } = await sharp(png).metadata();
  assert.ok(icc);
  const pixels = await sharp(png).keepIccProfile().raw().toBuffer();
  const converted = await sharp(png).raw().toBuffer();
  return { pixels, icc, converted };
}

test('Display P3 becomes the sRGB that sharp makes of it', async () => {
  const { pixels, icc, converted } = await inP3();
  const far = () => Math.max(...pixels.map((value, at) => Math.abs(value - (converted[at] ?? 0))));
  assert.ok(far() > 20, 'the numbers of the two spaces differ');
  toSrgb(pixels, icc);
  assert.ok(far() <= 2, `off by ${String(far())}`);
});

/** A profile whose curve says that it has more points than there are. */
function longCurve(profile: Uint8Array): Buffer {
  const bytes = Buffer.from(profile);
  const entry =
    132 +
    12 *
      Array.from({ length: bytes.readUInt32BE(128) }).findIndex(
        (_, at) => bytes.toString('latin1', 132 + at * 12, 136 + at * 12) === 'rTRC',
      );
  const at = bytes.readUInt32BE(entry + 4);
  bytes.write('curv', at, 'latin1');
  bytes.writeUInt32BE(60_000, at + 8);
  return bytes;
}

test('sRGB and what is no profile change nothing', async () => {
  const png = await sharp(colours, { raw: { width: side, height: side, channels } })
    .withIccProfile('srgb')
    .png()
    .toBuffer();
  const { icc = Buffer.alloc(0) } = await sharp(png).metadata();
  const { icc: p3 } = await inP3();
  assert.ok(icc.length > 0);
  for (const profile of [
    icc,
    Buffer.alloc(0),
    Buffer.alloc(500, 0x41),
    p3.subarray(0, 200),
    longCurve(p3),
  ]) {
    const pixels = colours.slice();
    toSrgb(pixels, profile);
    assert.deepEqual(pixels, colours);
  }
});
