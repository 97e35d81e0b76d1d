/** Colours of a phone's profile against what sharp makes of the same pixels. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
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

function placeOfTag(profile: Buffer, name: string): number {
  const entries = Array.from({ length: profile.readUInt32BE(128) }, (_, at) => 132 + at * 12);
  const entry = entries.find((at) => profile.toString('latin1', at, at + 4) === name) ?? 0;
  return profile.readUInt32BE(entry + 4);
}

/** The same colours as numbers of another space, and its profile: a name that sharp knows, or a file. */
async function inSpace(space: string) {
  const png = await sharp(colours, { raw: { width: side, height: side, channels } })
    .withIccProfile(space)
    .png()
    .toBuffer();
  const { icc } = await sharp(png).metadata();
  assert.ok(icc);
  const pixels = await sharp(png).keepIccProfile().raw().toBuffer();
  const converted = await sharp(png).raw().toBuffer();
  return { pixels, icc, converted };
}

test('Display P3 becomes the sRGB that sharp makes of it', async () => {
  const { pixels, icc, converted } = await inSpace('p3');
  const far = () => Math.max(...pixels.map((value, at) => Math.abs(value - (converted[at] ?? 0))));
  assert.ok(far() > 20, 'the numbers of the two spaces differ');
  toSrgb(pixels, icc);
  assert.ok(far() <= 2, `off by ${String(far())}`);
});

test('the colours of sRGB with another gamma become sRGB too', async (t) => {
  const { icc } = await inSpace('srgb');
  for (const name of ['rTRC', 'gTRC', 'bTRC']) {
    const at = placeOfTag(icc, name);
    icc.write('curv', at, 'latin1');
    icc.writeUInt32BE(1, at + 8);
    icc.writeUInt16BE(1.8 * 256, at + 12);
  }
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'wanwu-icc-')), 'gamma.icc');
  t.after(() => {
    rmSync(path.dirname(file), { recursive: true });
  });
  writeFileSync(file, icc);
  const { pixels, converted } = await inSpace(file);
  const far = () => Math.max(...pixels.map((value, at) => Math.abs(value - (converted[at] ?? 0))));
  assert.ok(far() > 10, 'the numbers of the two spaces differ');
  toSrgb(pixels, icc);
  assert.ok(far() <= 2, `off by ${String(far())}`);
});

/** A profile whose curve says that it has more points than there are. */
function longCurve(profile: Uint8Array): Buffer {
  const bytes = Buffer.from(profile);
  const at = placeOfTag(bytes, 'rTRC');
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
  const { icc: p3 } = await inSpace('p3');
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
