/** When a photo was taken: EXIF before the name before the file's own time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { takenOf } from '../../engine/decode/taken.ts';

const mtimeMs = Date.UTC(2020, 5, 1, 12);
const wall = (text: string) => Date.parse(`${text}Z`);
const fromName = (name: string) => takenOf(null, name, mtimeMs);

describe('EXIF', () => {
  const date = new Date(wall('2024-02-29T23:59:58'));
  test('is a wall time, with its offset where the camera wrote one', () => {
    assert.deepEqual(takenOf({ date, offset: '+08:00' }, 'IMG_20200101_000000.jpg', mtimeMs), {
      wallMs: date.getTime(),
      offsetMinutes: 480,
      source: 'exif',
    });
    assert.equal(takenOf({ date, offset: '-03:30' }, '', mtimeMs).offsetMinutes, -210);
  });
  test('has no offset where it is missing or nonsense', () => {
    for (const offset of [undefined, '', 'Z', '+99:00', '   :  '])
      assert.equal(takenOf({ date, offset }, '', mtimeMs).offsetMinutes, null);
  });
  test('does not count where the camera clock was never set', () => {
    for (const broken of [
      new Date(Number.NaN),
      new Date(Date.UTC(0, 0, 1) - 1e14),
      new Date(Date.UTC(2200, 0, 1)),
    ])
      assert.equal(takenOf({ date: broken, offset: undefined }, 'a.jpg', mtimeMs).source, 'mtime');
  });
});

describe('the name', () => {
  const names: [name: string, taken: string][] = [
    ['IMG_20240131_120102.jpg', '2024-01-31T12:01:02'],
    ['PXL_20240131_120102345.jpg', '2024-01-31T12:01:02'],
    ['Screenshot_2024-01-31-12-01-02-345_com.tencent.mm.jpg', '2024-01-31T12:01:02'],
    ['Screenshot_20240131-120102.png', '2024-01-31T12:01:02'],
    ['微信图片_20240131120102.jpg', '2024-01-31T12:01:02'],
    ['2024-01-31 12.01.02.jpg', '2024-01-31T12:01:02'],
    ['VID20240131120102.jpg', '2024-01-31T12:01:02'],
  ];
  for (const [name, taken] of names)
    test(`tells it: ${name}`, () => {
      assert.deepEqual(fromName(name), {
        wallMs: wall(taken),
        offsetMinutes: null,
        source: 'name',
      });
    });
  test('may be an epoch in milliseconds', () => {
    const { wallMs, offsetMinutes, source } = fromName('mmexport1706673662000.jpg');
    assert.equal(source, 'name');
    assert.equal(wallMs - (offsetMinutes ?? 0) * 60_000, 1_706_673_662_000);
  });
  test('does not tell it by numbers that are no date', () => {
    for (const name of [
      'DSC_0001.jpg',
      'IMG_20241331_120102.jpg',
      'IMG_20240230_120102.jpg',
      'IMG_20240131_250102.jpg',
      '12345678901234567890.jpg',
      '照片.jpg',
    ])
      assert.equal(fromName(name).source, 'mtime', name);
  });
});

describe("the file's time", () => {
  test('is the last resort, as this clock showed it', () => {
    const { wallMs, offsetMinutes, source } = fromName('DSC_0001.jpg');
    assert.equal(source, 'mtime');
    assert.equal(wallMs - (offsetMinutes ?? 0) * 60_000, mtimeMs);
  });
  test('is whole milliseconds, also before 1970', () => {
    assert.ok(Number.isInteger(takenOf(null, 'a.jpg', -1234.5).wallMs));
  });
});
