/** The preview that a camera put into a JPEG is used where it is as good as the picture, and only there. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { findPreview } from '../../engine/decode/mpf.ts';
import { readHeader, render } from '../../engine/decode/picture.ts';
import { joinPreview } from '../fixtures/preview-file.ts';

const red = '#ff0000';
const blue = '#0000ff';
let picture: Buffer;
let preview: Buffer;

before(async () => {
  picture = await plain(red, 1600, 1200);
  preview = await plain(blue, 800, 600);
});

function plain(background: string, width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

/** What the thumbnail is made from, told by its colour. */
async function shown(file: Buffer): Promise<string> {
  const header = await readHeader(file, 'jpeg');
  assert.ok('draw' in header);
  const rendered = await render(header, []);
  assert.ok('thumbnail' in rendered);
  assert.equal(rendered.damaged, false);
  const { dominant } = await sharp(rendered.thumbnail).stats();
  return dominant.r > dominant.b ? 'picture' : 'preview';
}

test('a preview that is large enough is decoded in place of the picture', async () => {
  assert.equal(await shown(joinPreview(picture, preview)), 'preview');
});

test('a preview that is too small is not used', async () => {
  assert.equal(await shown(joinPreview(picture, await plain(blue, 560, 420))), 'picture');
});

test('a preview with other proportions, in black bars perhaps, is not used', async () => {
  assert.equal(await shown(joinPreview(picture, await plain(blue, 960, 540))), 'picture');
});

test('a preview larger than the picture, for which no memory was admitted, is not used', async () => {
  const larger = await plain(blue, 2400, 1800);
  assert.equal(await shown(joinPreview(picture, larger)), 'picture');
});

test('a progressive preview, for which no memory was admitted either, is not used', async () => {
  const progressive = await sharp(preview).jpeg({ progressive: true }).toBuffer();
  assert.equal(await shown(joinPreview(picture, progressive)), 'picture');
});

test('a preview of a single byte at the very end is none', async () => {
  const file = joinPreview(picture, preview);
  const index = file.indexOf('MPF\0') + 4;
  const entry = file.indexOf(Buffer.from([0, 1, 0, 2]), index);
  file.writeUInt32BE(1, entry + 4);
  file.writeUInt32BE(file.length - 1 - index, entry + 8);
  assert.equal(await shown(file), 'picture');
});

test('a preview that cannot be read gives way to the picture', async () => {
  const broken = Buffer.from(preview);
  broken.fill(0xff, 200, broken.length - 2);
  assert.equal(await shown(joinPreview(picture, broken)), 'picture');
});

test('a picture changed behind its preview is shown as it is now', async () => {
  const file = joinPreview(picture, preview);
  const changed = await plain('#ff2020', 1600, 1199);
  const block = file.subarray(2, 2 + 90);
  const kept = Buffer.concat([changed.subarray(0, 2), block, changed.subarray(2), preview]);
  assert.equal(findPreview(kept, { width: 1600, height: 1199 }, 448), null);
});

test('the preview is turned the way the picture is', async () => {
  const upright = await sharp(picture).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const header = await readHeader(joinPreview(upright, preview), 'jpeg');
  assert.ok('draw' in header);
  const rendered = await render(header, []);
  assert.ok('thumbnail' in rendered);
  const { width, height } = await sharp(rendered.thumbnail).metadata();
  assert.deepEqual([width, height], [448, 597]);
});
