/** Live photos and RAW pairs are one photo each; films and RAW files by themselves stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { companionsOf, isPhotoOrVideo } from '../../engine/companions.ts';

test('the film of a live photo and the RAW of a pair belong to the picture', () => {
  const names = [
    'IMG_1.HEIC',
    'IMG_1.MOV',
    'IMG_2.JPG',
    'img_2.cr2',
    'IMG_3.NEF',
    'a.b.jpg',
    'a.b.dng',
  ];
  assert.deepEqual(
    [...companionsOf(names)],
    [
      ['IMG_1.HEIC', ['IMG_1.MOV']],
      ['IMG_2.JPG', ['img_2.cr2']],
      ['a.b.jpg', ['a.b.dng']],
    ],
  );
});
test('others of the same name stand by themselves', () => {
  assert.equal(companionsOf(['a.png', 'a.mp4', 'b.mov', 'b.nef', 'c.heic', 'c.jpg']).size, 0);
});

test('what is a photo by its name is taken in, even where it can only be said that it cannot be read', () => {
  const pictures = [
    'JPG',
    'heic',
    'livp',
    'mpo',
    'jxl',
    'jp2',
    'jxr',
    'psd',
    'ppm',
    'TGA',
    'hdr',
    'exr',
  ];
  for (const ending of [...pictures, 'cr3', 'iiq', 'x3f', 'mov'])
    assert.ok(isPhotoOrVideo(`a.${ending}`), ending);
  for (const name of ['a.svg', 'a.ico', 'a.docx', 'a.jpg.txt', 'jpg'])
    assert.ok(!isPhotoOrVideo(name), name);
});
