/** What is known of a picture before it is decoded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { readHeader } from '../../engine/decode/picture.ts';
import { sniff } from '../../engine/decode/sniff.ts';
import { rawFile } from '../fixtures/raw-files.ts';
import { tiffFile } from '../fixtures/tiff-file.ts';

test('a TIFF tells its camera and its time in its own directories', async () => {
  const [width, height] = [3, 2];
  const picture = tiffFile([
    {
      0x0100: { shorts: [width] },
      0x0101: { shorts: [height] },
      0x0102: { shorts: [8] },
      0x0103: { shorts: [1] },
      0x0106: { shorts: [1] },
      0x010f: { text: 'EPSON' },
      0x0110: { text: 'GT-X980' },
      0x0111: { blob: Buffer.alloc(width * height, 0x80) },
      0x0115: { shorts: [1] },
      0x0116: { shorts: [height] },
      0x0117: { longs: [width * height] },
      0x8769: { directories: [{ 0x9003: { text: '1998:05:01 18:30:00' } }] },
    },
  ]);
  assert.deepEqual(sniff(picture), { kind: 'readable', format: 'tiff' });
  const header = await readHeader(picture, 'tiff');
  assert.partialDeepStrictEqual(header, {
    width,
    height,
    exif: { camera: 'EPSON GT-X980', time: { date: new Date(Date.UTC(1998, 4, 1, 18, 30)) } },
  });
});

test('more pixels than are allowed are told as they are, also beyond the limit of the library', async () => {
  const plain = { width: 8, height: 8, channels: 3 as const, background: 'grey' };
  const jpeg = await sharp({ create: plain }).jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(20_000, frame + 5);
  for (const width of [20_001, 40_000]) {
    jpeg.writeUInt16BE(width, frame + 7);
    assert.deepEqual(await readHeader(jpeg, 'jpeg'), {
      code: 'picture-too-large',
      detail: `${String(width)} × 20000`,
    });
  }
});

test('a phone may write 108 and 200 megapixels, in one scan', async () => {
  const plain = { width: 8, height: 8, channels: 3 as const, background: 'grey' };
  for (const [width, height] of [
    [12_000, 9_000],
    [16_320, 12_240],
  ] as const)
    for (const progressive of [false, true]) {
      const jpeg = await sharp({ create: plain }).jpeg({ progressive }).toBuffer();
      const frame = jpeg.indexOf(Buffer.from([0xff, progressive ? 0xc2 : 0xc0]));
      jpeg.writeUInt16BE(height, frame + 5);
      jpeg.writeUInt16BE(width, frame + 7);
      assert.equal('code' in (await readHeader(jpeg, 'jpeg')), progressive);
    }
});

test('half as many pixels are allowed where a PNG is interlaced: all of them stay in memory', async () => {
  const plain = { width: 8, height: 8, channels: 4 as const, background: 'grey' };
  for (const progressive of [false, true]) {
    const png = await sharp({ create: plain }).png({ progressive }).toBuffer();
    const frame = png.subarray(12, 12 + 4 + 13);
    frame.writeUInt32BE(6_000, 4);
    frame.writeUInt32BE(10_000, 8);
    png.writeUInt32BE(crc32(frame), 12 + frame.length);
    assert.equal('code' in (await readHeader(png, 'png')), progressive);
  }
});

test('a RAW file is not shown by a progressive preview: no memory was admitted for it', async () => {
  const plain = { width: 800, height: 600, channels: 3 as const, background: 'grey' };
  for (const progressive of [false, true]) {
    const preview = await sharp({ create: plain }).jpeg({ progressive }).toBuffer();
    assert.equal('code' in (await readHeader(rawFile('dng', preview, 1), 'raw')), progressive);
  }
});
