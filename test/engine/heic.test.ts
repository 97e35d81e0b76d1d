/** HEIC: the picture inside is used where it is enough, and what is broken or hostile ends quickly. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { decodeHeic } from '../../engine/decode/heic.ts';
import { readHeader } from '../../engine/decode/picture.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/heic/${name}.heic`, import.meta.url));
const limits = { ms: 10_000, heapBytes: 64 * 1024 * 1024 };

describe('the picture inside', () => {
  const sizeFor = async (shortest: number) => {
    const decoded = await decodeHeic(fixture('thumbnail'), shortest, limits);
    assert.ok(!('code' in decoded), JSON.stringify(decoded));
    return [decoded.width, decoded.height];
  };
  test('is taken where it has pixels enough', async () => {
    assert.deepEqual(await sizeFor(96), [144, 96]);
  });
  test('is passed over where it has not', async () => {
    assert.deepEqual(await sizeFor(97), [480, 320]);
  });
});

test('a large picture crosses over at twice the wanted size', async () => {
  const decoded = await decodeHeic(fixture('cat'), 70, limits);
  assert.ok(!('code' in decoded));
  assert.deepEqual([decoded.width, decoded.height], [225, 150]);
});

test('the numbers of Display P3 become those of sRGB', async () => {
  const decoded = await decodeHeic(fixture('p3'), 32, limits);
  assert.ok(!('code' in decoded));
  // What littlecms makes of it; the codec's own colours are a step or two off.
  const expected = [215, 93, 48];
  const pixel = [...decoded.pixels.subarray(0, 3)];
  assert.ok(
    expected.every((value, at) => Math.abs(value - (pixel[at] ?? 0)) <= 3),
    String(pixel),
  );
});

test('every cut of a file is damaged, and the next file is read', async () => {
  const whole = fixture('orientation-1');
  for (let size = 40; size < whole.length; size += 97) {
    const decoded = await decodeHeic(whole.subarray(0, size), 448, limits);
    assert.ok('code' in decoded && decoded.code === 'damaged', JSON.stringify(decoded));
    assert.match(decoded.detail, /^.*\S$/);
  }
  assert.ok(!('code' in (await decodeHeic(whole, 448, limits))));
});

test('a codec that is not there is no damage', async () => {
  const jpegInside = Buffer.from(
    fixture('orientation-1').toString('latin1').replaceAll('hvc1', 'jpeg'),
    'latin1',
  );
  const refused = await decodeHeic(jpegInside, 448, limits);
  assert.deepEqual(refused, { code: 'unsupported-format', detail: 'HEIC' });
});

test('a decoding that takes too long is ended', async () => {
  assert.deepEqual(await decodeHeic(fixture('cat'), 448, { ...limits, ms: 0 }), {
    code: 'timed-out',
    detail: '',
  });
});

test('memory beyond the limit is refused, and the next file is read', async () => {
  const huge = Buffer.concat([fixture('cat'), Buffer.alloc(limits.heapBytes)]);
  const refused = await decodeHeic(huge, 448, limits);
  assert.deepEqual(refused, { code: 'picture-too-large', detail: '' });
  assert.ok(!('code' in (await decodeHeic(fixture('cat'), 448, limits))));
});

describe('more pixels than are allowed', () => {
  const bomb = fixture('orientation-1');
  const at = bomb.indexOf('ispe', 0, 'latin1');
  bomb.writeUInt32BE(16_000, at + 8);
  bomb.writeUInt32BE(16_000, at + 12);
  test('are refused from the header', async () => {
    assert.deepEqual(await readHeader(bomb, 'heic'), {
      code: 'picture-too-large',
      detail: '16000 × 16000',
    });
  });
  test('are refused by the decoder too', async () => {
    const refused = await decodeHeic(bomb, 448, limits);
    assert.deepEqual(refused, { code: 'picture-too-large', detail: '' });
  });
});
