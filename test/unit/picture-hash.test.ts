/** The picture's hash stays when metadata is written, and changes when the picture does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { pictureHash } from '../../engine/decode/picture-hash.ts';
import type { Format } from '../../engine/decode/sniff.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
function segment(marker: number, body: string): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, latin(body)]);
}
const jpeg = (...segments: Buffer[]) =>
  Buffer.concat([latin('\xff\xd8'), ...segments, segment(0xda, 'scan'), latin('data\xff\xd9')]);
const tables = segment(0xdb, 'quantisation');

function chunk(type: string, body: string): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  return Buffer.concat([size, latin(type), latin(body), latin('crc.')]);
}
const png = (...chunks: Buffer[]) =>
  Buffer.concat([
    latin('\x89PNG\r\n\x1a\n'),
    chunk('IHDR', 'x'),
    ...chunks,
    chunk('IDAT', 'pixels'),
    chunk('IEND', ''),
  ]);

function riff(type: string, body: string): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([latin(type), size, latin(body), Buffer.alloc(body.length % 2)]);
}
const webp = (...chunks: Buffer[]) => Buffer.concat([latin('RIFF\0\0\0\0WEBP'), ...chunks]);

const heic = (name: string) =>
  readFileSync(new URL(`../fixtures/heic/${name}.heic`, import.meta.url));

const same = (format: Format, a: Buffer, b: Buffer) =>
  pictureHash(a, format, 1) === pictureHash(b, format, 1);

describe('metadata does not change a picture', () => {
  test('EXIF, XMP and comments of a JPEG', () => {
    const plain = jpeg(tables);
    for (const written of [
      jpeg(segment(0xe1, 'Exif\0\0stars'), tables),
      jpeg(segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x/>'), segment(0xe0, 'JFIF'), tables),
      jpeg(tables, segment(0xfe, 'a comment')),
      Buffer.concat([latin('\xff\xd8\xff'), plain.subarray(2)]),
    ])
      assert.ok(same('jpeg', plain, written));
  });
  test('text, EXIF and time of a PNG', () => {
    assert.ok(
      same('png', png(), png(chunk('tEXt', 'Title'), chunk('eXIf', 'x'), chunk('tIME', 'x'))),
    );
  });
  test('EXIF and XMP of a WebP, with the header that announces them', () => {
    const picture = riff('VP8 ', 'odd');
    const written = webp(riff('VP8X', 'flags'), picture, riff('EXIF', 'e'), riff('XMP ', 'x'));
    assert.ok(same('webp', webp(picture), written));
  });
  test('EXIF of a HEIC in its place, and a rating and a removal by ExifTool, where everything else moves', () => {
    const written = Buffer.from(
      heic('cat').toString('latin1').replace('iPhone 15', 'iPhone 16'),
      'latin1',
    );
    assert.ok(!written.equals(heic('cat')));
    assert.ok(same('heic', heic('cat'), written));
    for (const name of ['rated', 'stripped'])
      assert.ok(same('heic', heic('orientation-1'), heic(name)));
  });
});

describe('a picture changes', () => {
  test('with its pixels, its colour profile, its colour transform', () => {
    const plain = jpeg(tables);
    assert.ok(!same('jpeg', plain, jpeg(segment(0xdb, 'other tables'))));
    assert.ok(!same('jpeg', plain, jpeg(segment(0xe2, 'ICC_PROFILE\0x'), tables)));
    assert.ok(!same('jpeg', plain, jpeg(segment(0xee, 'Adobe'), tables)));
    assert.ok(!same('png', png(), png(chunk('gAMA', 'x'))));
    assert.ok(!same('webp', webp(riff('VP8 ', 'a')), webp(riff('VP8 ', 'b'))));
  });
  test('with any byte of a HEIC that is shown, and with how it is turned', () => {
    const whole = heic('cat');
    const written = Buffer.from(whole);
    written.writeUInt8(1 ^ written.readUInt8(9_000), 9_000);
    assert.ok(!same('heic', whole, written));
    const turned = Array.from({ length: 8 }, (_, at) => heic(`orientation-${String(at + 1)}`));
    assert.equal(new Set(turned.map((file) => pictureHash(file, 'heic', 1))).size, 8);
  });
  test('when it is turned, and with its format', () => {
    assert.notEqual(pictureHash(jpeg(), 'jpeg', 1), pictureHash(jpeg(), 'jpeg', 6));
    assert.notEqual(pictureHash(jpeg(), 'jpeg', 1), pictureHash(jpeg(), 'tiff', 1));
  });
});

describe('a file that cannot be walked is known by all its bytes', () => {
  for (const [format, file] of [
    ['jpeg', latin('\xff\xd8\xff\xe1')],
    ['jpeg', latin('\xff\xd8garbage')],
    ['png', png().subarray(0, 30)],
    ['webp', latin('RIFF\0\0\0\0WEBPVP8')],
    ['gif', latin('GIF89a')],
  ] as const)
    test(`${format}: ${JSON.stringify(file.toString('latin1').slice(0, 12))}`, () => {
      assert.match(pictureHash(file, format, 1), /^[0-9a-f]{64}$/);
      assert.ok(!same(format, file, Buffer.concat([file, latin('x')])));
    });
  test('and so is a HEIC whose items lie on each other, or are too many to walk', () => {
    const box = (type: string, ...body: Buffer[]) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(8 + Buffer.concat(body).length);
      return Buffer.concat([size, latin(type), ...body]);
    };
    const item = box('infe', latin('\x02\0\0\0\0\x01\0\0hvc1\0'));
    const two = (number: number) => Buffer.from([number >> 8, number & 255]);
    const withExtents = (count: number, extent: string, sizes: string, others = 0) => {
      const head = [latin(`\0\0\0\0${sizes}\0`), two(1 + others), latin('\0\x01\0\0'), two(count)];
      const extents = Array<Buffer>(extent === '' ? 0 : count).fill(latin(extent));
      const empty = Array<Buffer>(others).fill(latin('\0\x02\0\0\0\0'));
      const iloc = box('iloc', ...head, ...extents, ...empty);
      const iinf = box('iinf', latin('\0\0\0\0\0\x01'), item);
      const parts = [box('pitm', latin('\0\0\0\0\0\x01')), box('iprp', latin('p')), iinf, iloc];
      return Buffer.concat([box('ftyp', latin('heic')), box('meta', Buffer.alloc(4), ...parts)]);
    };
    const isKnownByAll = (file: Buffer) => !same('heic', file, Buffer.concat([file, box('free')]));
    assert.ok(!isKnownByAll(withExtents(1, '\0\0\0\x10', '\x22')));
    assert.ok(isKnownByAll(withExtents(60, '\0\0\0\xa0', '\x22')));
    assert.ok(isKnownByAll(withExtents(65_535, '', '\0')));
    assert.ok(!isKnownByAll(withExtents(1, '\0\0\0\x10', '\x22', 1_000)));
    assert.ok(isKnownByAll(withExtents(1, '\0\0\0\x10', '\x22', 30_000)));
    const many = Buffer.concat(Array<Buffer>(30_000).fill(box('free')));
    const file = Buffer.concat([withExtents(1, '\0\0\0\x10', '\x22'), many]);
    assert.ok(isKnownByAll(file));
  });
  test('and so is every cut of a HEIC', () => {
    const whole = heic('orientation-1');
    const all = Array.from({ length: whole.length + 1 }, (_, at) => whole.subarray(0, at));
    assert.equal(new Set(all.map((file) => pictureHash(file, 'heic', 1))).size, all.length);
  });
  test('and every cut of a JPEG gives a hash, not an error', () => {
    const whole = jpeg(segment(0xe1, 'Exif\0\0'), tables);
    for (let at = 0; at <= whole.length; at += 1)
      assert.match(pictureHash(whole.subarray(0, at), 'jpeg', 1), /^[0-9a-f]{64}$/);
  });
});
