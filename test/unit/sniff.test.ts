/** A format is told by its first bytes, whatever the name says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sniff } from '../../engine/decode/sniff.ts';
import { zipFile } from '../fixtures/zip-file.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
/** An ISO media file's first box. */
function media(...brands: string[]): Buffer {
  const [major = '', ...compatible] = brands;
  const body = `ftyp${major}\0\0\0\0${compatible.join('')}`;
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 4);
  return Buffer.concat([size, bytes(body), Buffer.alloc(64)]);
}

describe('readable', () => {
  const readable: [format: string, Buffer][] = [
    ['jpeg', bytes('\xff\xd8\xff\xe0\0\x10JFIF')],
    ['png', bytes('\x89PNG\r\n\x1a\n')],
    ['webp', bytes('RIFF\0\0\0\0WEBPVP8 ')],
    ['gif', bytes('GIF89a')],
    ['tiff', bytes('II*\0\x08\0\0\0')],
    ['tiff', bytes('MM\0*\0\0\0\x08')],
    ['avif', media('avif', 'mif1', 'miaf')],
    ['avif', media('mif1', 'avif')],
    ['heic', media('heic', 'mif1')],
    ['heic', media('mif1', 'heic')],
    ['bmp', bytes('BM\x36\0\0\0')],
    ['raw', bytes('II*\0\x10\0\0\0CR\x02')],
    ['raw', media('crx ', 'isom')],
    ['raw', bytes('FUJIFILMCCD-RAW 0201')],
    ['raw', bytes('IIRO\x08\0\0\0')],
    ['raw', bytes('IIU\0\x18\0\0\0')],
  ];
  for (const [format, file] of readable)
    test(`${format}: ${JSON.stringify(file.toString('latin1', 0, 12))}`, () => {
      assert.deepEqual(sniff(file), { kind: 'readable', format });
    });
});

describe('pictures of another kind have a name', () => {
  const others: [name: string, Buffer][] = [
    ['PSD', bytes('8BPS\0\x01')],
    ['JPEG XL', bytes('\xff\x0a')],
    ['JPEG 2000', bytes('\0\0\0\x0cjP  \r\n')],
    ['JPEG 2000', bytes('\xff\x4f\xff\x51\0\x2f')],
    ['JPEG XR', bytes('II\xbc\x01\x20\0\0\0')],
    ['XCF', bytes('gimp xcf v011\0')],
    ['HDR', bytes('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n')],
    ['EXR', bytes('\x76\x2f\x31\x01\x02\0\0\0')],
    ['RAW', bytes('FOVb\0\0\x02\0')],
    ['RAW', bytes('\0MRM\0\0')],
    ['RAW', bytes('II\x1a\0\0\0HEAPCCDR')],
    ['PPM', bytes('P6\n4000 3000\n255\n')],
    ['PPM', bytes('P5 # gray\n')],
    ['PCX', bytes('\n\x05\x01\x08\0\0')],
    ['TGA', bytes(`\0\0\x02${'\0'.repeat(9)}\x40\x01\xf0\0\x18\x20`)],
    ['SVG', bytes('<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg">')],
    ['SVG', bytes('<SVG>')],
  ];
  for (const [name, file] of others)
    test(name, () => {
      assert.deepEqual(sniff(file), { kind: 'unsupported', name });
    });
});

describe('a live photo is a ZIP that begins with its picture or its film', () => {
  for (const name of ['IMG_0001.HEIC.heic', 'IMG_0001.JPG', '实况.jpeg', 'IMG_0001.MOV'])
    test(name, () => {
      assert.deepEqual(sniff(zipFile({ [name]: bytes('\0\0\0\x18ftyp') })), { kind: 'live-photo' });
    });
});

describe('anything else is unknown', () => {
  for (const text of [
    '',
    'hello',
    '\xff\xd8',
    '<html><body>svg</body></html>',
    '%PDF-1.7',
    `PK\x03\x04${'\0'.repeat(22)}\x13\0\0\0[Content_Types].xml`,
    '\0\0\x01\0\x01\0\x10\x10',
    'P6',
    'Photos of 2024\n',
    '\0'.repeat(2000),
  ])
    test(JSON.stringify(text.slice(0, 20)), () => {
      assert.deepEqual(sniff(bytes(text)), { kind: 'unknown' });
    });
  test('a first box that claims to be huge is read to its end and no further', () => {
    assert.doesNotThrow(() => sniff(bytes('\xff\xff\xff\xffftypabcd')));
  });
});

test('a video is one, whatever its container', () => {
  const videos = [
    media('isom', 'mp42'),
    media('qt  '),
    bytes('\0\0\0\x08wide\0\0\0\0mdat'),
    bytes('RIFF\0\0\0\0AVI LIST'),
    bytes('\x1a\x45\xdf\xa3'),
  ];
  for (const video of videos) assert.deepEqual(sniff(video), { kind: 'video' });
});
