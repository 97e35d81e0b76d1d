/** What a camera wrote is read as it meant it, and nonsense is not believed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cameraFacts, noExif, readExif } from '../../engine/decode/exif.ts';
import { readTiff } from '../../engine/decode/tiff.ts';
import { tiffFile, type Fields } from '../fixtures/tiff-file.ts';

const block = (image: Fields, exif: Fields = {}, gps: Fields = {}) =>
  Buffer.concat([
    Buffer.from('Exif\0\0', 'latin1'),
    tiffFile([{ ...image, 0x8769: { directories: [exif] }, 0x8825: { directories: [gps] } }]),
  ]);

test('camera, lens and exposure', () => {
  const facts = readExif(
    block(
      { 0x010f: { text: 'Canon' }, 0x0110: { text: 'Canon EOS R5' }, 0x0112: { shorts: [6] } },
      {
        0x829a: { rationals: [0.004] },
        0x829d: { rationals: [1.8] },
        0x8827: { shorts: [400] },
        0x920a: { rationals: [50] },
        0xa434: { text: 'RF50mm F1.8 STM' },
      },
    ),
  );
  assert.equal(facts.orientation, 6);
  assert.deepEqual(cameraFacts(facts), {
    camera: 'Canon EOS R5',
    lens: 'RF50mm F1.8 STM',
    focalLengthMm: 50,
    aperture: 1.8,
    exposureSeconds: 0.004,
    iso: 400,
    place: null,
  });
});

describe('the name of a camera', () => {
  const names: [make: string, model: string, name: string][] = [
    ['Apple', 'iPhone 15', 'Apple iPhone 15'],
    ['NIKON CORPORATION', 'NIKON D90', 'NIKON D90'],
    ['HUAWEI', 'LYA-AL00', 'HUAWEI LYA-AL00'],
  ];
  for (const [make, model, name] of names)
    test(name, () => {
      const facts = readExif(block({ 0x010f: { text: make }, 0x0110: { text: model } }));
      assert.equal(facts.camera, name);
    });
});

describe('the place', () => {
  const gps = (latitude: number[], south: string, longitude: number[], west: string): Fields => ({
    1: { text: south },
    2: { rationals: latitude },
    3: { text: west },
    4: { rationals: longitude },
  });
  const placeOf = (fields: Fields) => readExif(block({}, {}, fields)).place;
  test('degrees, minutes and seconds', () => {
    const place = placeOf(gps([31, 14, 24], 'N', [121, 29, 24], 'E'));
    assert.ok(place && Math.abs(place.latitude - 31.24) < 1e-6);
    assert.ok(Math.abs(place.longitude - 121.49) < 1e-6);
  });
  test('south and west are negative', () => {
    const place = placeOf(gps([33, 30, 0], 'S', [70, 45, 0], 'W'));
    assert.deepEqual(place, { latitude: -33.5, longitude: -70.75 });
  });
  test('zeros of a phone without a fix, and degrees beyond the globe, are no place', () => {
    assert.equal(placeOf(gps([0, 0, 0], 'N', [0, 0, 0], 'E')), null);
    assert.equal(placeOf(gps([95, 0, 0], 'N', [10, 0, 0], 'E')), null);
  });
});

describe('the time', () => {
  const time = (exif: Fields, gps: Fields = {}, image: Fields = {}) =>
    readExif(block(image, exif, gps)).time;
  const taken: Fields = { 0x9003: { text: '2024:05:01 18:30:00' } };
  test('a wall time with the offset the camera wrote', () => {
    assert.deepEqual(time({ ...taken, 0x9011: { text: '+08:00' } }), {
      date: new Date(Date.UTC(2024, 4, 1, 18, 30)),
      offset: '+08:00',
    });
  });
  test('else the offset follows from the GPS clock', () => {
    const utc = (hour: number, minute: number): Fields => ({
      7: { rationals: [hour, minute, 40] },
      0x1d: { text: '2024:05:01' },
    });
    assert.equal(time(taken, utc(10, 29))?.offset, '+08:00');
    assert.equal(time(taken, utc(12, 59))?.offset, '+05:30');
    assert.equal(time(taken, utc(22, 29))?.offset, '-04:00');
    assert.equal(time(taken, utc(10, 22))?.offset, undefined, 'a clock that was never set');
  });
  test('a date that no calendar has is none', () => {
    assert.equal(time({ 0x9003: { text: '2024:02:31 10:00:00' } }), null);
    assert.equal(time({ 0x9003: { text: '0000:00:00 00:00:00' } }), null);
    assert.equal(time({ 0x9003: { text: '0001:01:01 00:00:00' } }), null, 'not 1901');
  });
  test('one that is no date gives way to the next', () => {
    const digitized: Fields = { 0x9004: { text: '2024:05:01 18:30:00' } };
    for (const text of ['0000:00:00 00:00:00', '    :  :     :  :  ', '0001:01:01 00:00:00']) {
      const exif = { 0x9003: { text } };
      const image = { 0x0132: { text: '2024:06:01 10:00:00' } };
      assert.equal(time({ ...exif, ...digitized }, {}, image)?.date.getUTCMonth(), 4);
      assert.equal(time(exif, {}, image)?.date.getUTCMonth(), 5);
    }
  });
});

describe('hostile structures', () => {
  test('no block, or bytes that are none', () => {
    assert.equal(readExif(undefined), noExif);
    assert.equal(readExif(Buffer.from('Exif\0\0II*\0')), noExif);
  });
  test('a directory that follows itself ends', () => {
    const file = tiffFile([{ 0x0112: { shorts: [3] } }]);
    file.writeUInt32LE(file.readUInt32LE(4), file.length - 4);
    assert.equal(readTiff(file)?.main.length, 1);
  });
  test('every cut of a block is read without an error', () => {
    const whole = block({ 0x0110: { text: 'a camera' } }, { 0x829a: { rationals: [0.01] } });
    for (let size = 0; size < whole.length; size += 1) readExif(whole.subarray(0, size));
  });
  test('values outside of the block are not there', () => {
    const whole = block({ 0x0110: { text: 'a long enough name' } });
    const at = whole.indexOf(Buffer.from([0x10, 0x01, 0x02, 0x00]));
    whole.writeUInt32LE(0x7fffffff, at + 8);
    assert.equal(readExif(whole).camera, null);
  });
});
