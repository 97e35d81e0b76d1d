/** The previews in camera RAW files are found, the right one is chosen, and the real size is told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { choosePreview, isRawTiff, previewOrientation, readRaw } from '../../engine/decode/raw.ts';
import { sniff } from '../../engine/decode/sniff.ts';
import { tiffFile } from '../fixtures/tiff-file.ts';

/** The first bytes of a JPEG of that size. */
function jpeg(width: number, height: number, frame = 0xc0): Buffer {
  const head = Buffer.from([
    ...[0xff, 0xd8, 0xff, 0xdb, 0, 4, 1, 2],
    ...[0xff, frame, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3],
  ]);
  return Buffer.concat([head, Buffer.alloc(40, 0x55)]);
}
const long = (...longs: number[]) => ({ longs });
const nef = (orientation: number, ...previews: Buffer[]) =>
  tiffFile([
    {
      0x0100: long(160),
      0x0101: long(120),
      0x010f: { text: 'NIKON CORPORATION' },
      0x0110: { text: 'NIKON D90' },
      0x0112: { shorts: [orientation] },
      0x014a: {
        directories: [
          ...previews.map((blob) => ({ 0x0201: { blob } })),
          { 0x0100: long(4352), 0x0101: long(2868), 0x0106: { shorts: [32803] } },
        ],
      },
      0x8769: { directories: [{ 0xa002: long(4288), 0xa003: long(2848) }] },
    },
  ]);
const sizes = (bytes: Buffer) =>
  readRaw(bytes).previews.map(({ width, height }) => `${String(width)}x${String(height)}`);

test('a TIFF of sensor data is RAW, another is a picture', () => {
  assert.ok(isRawTiff(nef(1)));
  assert.ok(isRawTiff(tiffFile([{ 0xc612: long(1) }])), 'DNG');
  assert.ok(!isRawTiff(tiffFile([{ 0x0100: long(10), 0x0106: { shorts: [2] } }])));
  assert.deepEqual(sniff(nef(1)), { kind: 'readable', format: 'raw' });
});

describe('previews', () => {
  const file = nef(1, jpeg(160, 120), jpeg(1620, 1080), jpeg(4288, 2848), jpeg(4352, 2868, 0xc3));
  test('are found largest first, without lossless sensor data', () => {
    assert.deepEqual(sizes(file), ['4288x2848', '1620x1080', '160x120']);
  });
  test('the smallest that is large enough is taken', () => {
    assert.equal(choosePreview(readRaw(file), 448)?.width, 1620);
    assert.equal(choosePreview(readRaw(file), 1_100)?.width, 4288);
  });
  test('else the largest', () => {
    assert.equal(choosePreview(readRaw(nef(1, jpeg(160, 120))), 448)?.width, 160);
  });
  test('one in black bars is passed over', () => {
    const barred = nef(1, jpeg(640, 480), jpeg(4288, 2848));
    assert.equal(choosePreview(readRaw(barred), 448)?.width, 4288);
  });
});

describe('the size of the real picture', () => {
  test('is what EXIF says, not the sensor with its border', () => {
    assert.deepEqual(readRaw(nef(1, jpeg(160, 120))).size, { width: 4288, height: 2848 });
  });
  test('is turned with the picture', () => {
    assert.deepEqual(readRaw(nef(8, jpeg(160, 120))).size, { width: 2848, height: 4288 });
  });
  test('is the crop of a DNG', () => {
    const dng = tiffFile([
      {
        0xc612: long(1),
        0x014a: {
          directories: [{ 0x0100: long(4_100), 0x0101: long(3_100), 0xc620: long(4_000, 3_000) }],
        },
      },
    ]);
    assert.deepEqual(readRaw(dng).size, { width: 4_000, height: 3_000 });
  });
  test("is inside a Panasonic sensor's borders", () => {
    const rw2 = tiffFile(
      [
        {
          2: { shorts: [3_000] },
          4: { shorts: [10] },
          5: { shorts: [20] },
          6: { shorts: [2_010] },
          7: { shorts: [2_820] },
        },
      ],
      0x55,
    );
    assert.deepEqual(readRaw(rw2).size, { width: 2_800, height: 2_000 });
  });
});

describe('which way up', () => {
  test('previews are turned as the file says', () => {
    const raw = readRaw(nef(6, jpeg(1620, 1080)));
    assert.equal(previewOrientation(raw, { width: 1620, height: 1080 }), 6);
  });
  test('but not those that the camera turned already', () => {
    const raw = readRaw(nef(6, jpeg(1080, 1620)));
    assert.equal(previewOrientation(raw, { width: 1080, height: 1620 }), 1);
  });
});

test('a RAF tells what its JPEG tells', () => {
  const exif = Buffer.concat([
    Buffer.from('Exif\0\0', 'latin1'),
    tiffFile([{ 0x0110: { text: 'FUJIFILM X-T4' }, 0x0112: { shorts: [3] } }]),
  ]);
  const inside = jpeg(6_240, 4_160);
  const segment = Buffer.from([0xff, 0xe1, 0, 0]);
  segment.writeUInt16BE(exif.length + 2, 2);
  const raf = Buffer.concat([
    Buffer.from('FUJIFILMCCD-RAW 0201', 'latin1'),
    Buffer.alloc(128),
    inside.subarray(0, 2),
    segment,
    exif,
    inside.subarray(2),
  ]);
  const raw = readRaw(raf);
  assert.deepEqual(raw.size, { width: 6_240, height: 4_160 });
  assert.equal(raw.exif.camera, 'FUJIFILM X-T4');
  assert.equal(raw.exif.orientation, 3);
});

test('a CR3 tells what its boxes tell', () => {
  const box = (name: string, body: Buffer) => Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const cr3 = Buffer.concat([
    Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'latin1'),
    box('CMT1', tiffFile([{ 0x0110: { text: 'Canon EOS R5' }, 0x0112: { shorts: [6] } }])),
    box(
      'CMT2',
      tiffFile([{ 0xa002: long(8_192), 0xa003: long(5_464), 0x8827: { shorts: [100] } }]),
    ),
    box('PRVW', jpeg(1_620, 1_080)),
  ]);
  const raw = readRaw(cr3);
  assert.deepEqual(raw.size, { width: 5_464, height: 8_192 });
  assert.equal(raw.exif.iso, 100);
  assert.equal(raw.previews.length, 1);
});
