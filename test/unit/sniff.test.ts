/** A format is told by its first bytes, whatever the name says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sniff } from '../../engine/decode/sniff.ts';

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
    ['SVG', bytes('<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg">')],
    ['SVG', bytes('<SVG>')],
    ['MP4', media('isom', 'mp42')],
  ];
  for (const [name, file] of others)
    test(name, () => {
      assert.deepEqual(sniff(file), { kind: 'unsupported', name });
    });
});

describe('anything else is unknown', () => {
  for (const text of [
    '',
    'hello',
    '\xff\xd8',
    '<html><body>svg</body></html>',
    '%PDF-1.7',
    '\0'.repeat(2000),
  ])
    test(JSON.stringify(text.slice(0, 20)), () => {
      assert.deepEqual(sniff(bytes(text)), { kind: 'unknown' });
    });
  test('a first box that claims to be huge is read to its end and no further', () => {
    assert.doesNotThrow(() => sniff(bytes('\xff\xff\xff\xffftypabcd')));
  });
});
