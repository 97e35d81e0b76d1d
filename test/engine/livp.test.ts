/** A live photo's archive is its picture: facts, thumbnail and identity are those of the file inside. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { zipFile } from '../fixtures/zip-file.ts';
import { freshPlace, openTestEngine, samples, show, tagAll, tagNames } from './harness.ts';

test('a live photo is read as its picture', async (t) => {
  const { library, photos } = freshPlace(t);
  const put = (name: string, bytes: Buffer) => {
    const file = path.join(photos, name);
    writeFileSync(file, bytes);
    return file;
  };
  // It lies on its side, as a phone's does.
  const picture = await sharp(path.join(samples, 'cat-chelsea.jpg'))
    .rotate(270)
    .withMetadata({ orientation: 6 })
    .withExifMerge({
      IFD0: { Make: 'Apple', Model: 'iPhone 15' },
      IFD2: { DateTimeOriginal: '2024:05:01 18:30:00' },
    })
    .jpeg()
    .toBuffer();
  const archive = zipFile({ 'IMG_1.JPG': picture, 'IMG_1.MOV': Buffer.alloc(9_000, 'film') });
  const live = put('IMG_1.livp', archive);
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);

  const detail = await show(engine, live);
  assert.ok(tagNames(detail).includes('猫'));
  assert.partialDeepStrictEqual(detail.photo, {
    format: 'livp',
    width: 451,
    height: 300,
    damaged: false,
    takenAt: '2024-05-01T18:30:00',
    takenSource: 'exif',
    camera: 'Apple iPhone 15',
  });
  const { id = 0, hash = '' } = detail.photo ?? {};

  await t.test('the window is not told that it could show the archive', async () => {
    const original = await engine.call('photos.original', { photo: id });
    assert.deepEqual(original, { path: live, format: 'livp' });
  });
  await t.test('its thumbnail is made again', async () => {
    const thumbnail = path.join(library, 'thumbnails', hash.slice(0, 2), `${hash}.jpg`);
    rmSync(thumbnail);
    await engine.call('thumbnails.make', { picture: hash });
    assert.ok(existsSync(thumbnail));
  });
  await t.test('the picture by itself is the same photo', async () => {
    const single = put('IMG_1_1.JPG', picture);
    await tagAll(engine, photos);
    assert.equal((await show(engine, single)).photo?.id, id);
    assert.deepEqual((await show(engine, live)).copies, [single]);
  });
  await t.test('more pixels than are allowed are refused', async () => {
    const huge = Buffer.from(picture);
    const frame = huge.indexOf(Buffer.from([0xff, 0xc0]));
    huge.writeUInt16BE(40_000, frame + 5);
    huge.writeUInt16BE(40_000, frame + 7);
    const bomb = put('bomb.livp', zipFile({ 'IMG_2.JPG': huge }));
    await tagAll(engine, photos);
    assert.equal((await show(engine, bomb)).reason?.code, 'picture-too-large');
  });
  await t.test('nothing is written beside it or into it', () => {
    assert.deepEqual(readdirSync(photos).sort(), ['IMG_1.livp', 'IMG_1_1.JPG', 'bomb.livp']);
    assert.deepEqual(readFileSync(live), archive);
  });
});
