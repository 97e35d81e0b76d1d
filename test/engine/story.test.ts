/** From a file to a tag to an answer: the sample album through the whole engine. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import { startEngine, type EngineClient } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import { readSamples } from '../quality/album.ts';
import { samples, show, tagAll, tagNames } from './harness.ts';

let engine: EngineClient;
let library: string;
const sample = (name: string) => path.join(samples, `${name}.jpg`);
async function search(text: string) {
  const { photos, ...rest } = await engine.call('photos.search', {
    query: text,
    limit: 50,
    offset: 0,
  });
  return { ...rest, names: photos.map((photo) => path.basename(photo.path, '.jpg')).sort() };
}

before(async () => {
  library = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'wanwu-story-')));
  engine = await startEngine({
    node: process.execPath,
    options: engineOptions({ library, device: 'cpu' }),
  });
  await tagAll(engine, samples);
});
after(async () => {
  await engine.close();
  rmSync(library, { recursive: true });
});

describe('the sample album', () => {
  test('is tagged to the last photo', async () => {
    const photos = readdirSync(samples).filter((name) => name.endsWith('.jpg'));
    const status = await engine.call('status.get', {});
    assert.deepEqual(status.counts, { pending: 0, indexed: photos.length, failed: 0, skipped: 0 });
    assert.equal(status.device.name, 'cpu');
  });
  test('a photo has its facts, its tags and the concepts above them', async () => {
    const detail = await show(engine, sample('dog-shepherd'));
    assert.equal(detail.status, 'indexed');
    for (const name of ['德国牧羊犬', '狗', '动物'])
      assert.ok(tagNames(detail).includes(name), name);
    assert.ok(tagNames(detail).length <= 8);
    assert.equal(detail.photo?.format, 'jpeg');
    assert.ok(detail.photo.width > 100 && detail.photo.height > 100);
    assert.match(detail.photo.hash, /^[0-9a-f]{64}$/);
  });
  test('no tag is one that an eye called wrong', async () => {
    for (const { file, wrong } of readSamples()) {
      const names = tagNames(await show(engine, path.join(samples, file)));
      assert.deepEqual(
        names.filter((name) => wrong.includes(name)),
        [],
        file,
      );
    }
  });
  test('its time is the one in the photo', async () => {
    const { photo } = await show(engine, sample('bee-flower'));
    assert.equal(photo?.takenSource, 'exif');
    assert.match(photo.takenAt, /^2006-10-01T/);
  });
  test('has a thumbnail with a shortest side of 448 or less', async () => {
    const { photo } = await show(engine, sample('dog-shepherd'));
    assert.ok(photo);
    const { default: sharp } = await import('sharp');
    const file = path.join(library, 'thumbnails', photo.hash.slice(0, 2), `${photo.hash}.jpg`);
    const { width, height, format } = await sharp(file).metadata();
    assert.equal(format, 'jpeg');
    assert.equal(Math.min(width, height), Math.min(448, photo.width, photo.height));
  });
});

describe('search', () => {
  test('finds by name, synonym, Traditional, English and pinyin, and says how', async () => {
    for (const [text, matched] of [
      ['狗', 'name'],
      ['狗狗', 'synonym'],
      ['牧羊犬', 'name'],
      ['牧羊犬 動物', 'name'],
      ['dog', 'english'],
      ['muyangquan', 'pinyin'],
    ] as const) {
      const { names, words } = await search(text);
      assert.deepEqual(names, ['dog-shepherd'], text);
      assert.equal(words[0]?.matched, matched, text);
    }
  });
  test('a concept finds everything below it', async () => {
    const { names } = await search('猫');
    assert.ok(names.includes('cat-chelsea'), names.join());
    assert.ok((await search('动物')).total > (await search('猫')).total);
  });
  test('words narrow: both must be there', async () => {
    const [animals, dogs, both] = await Promise.all(['动物', '狗', '动物 狗'].map(search));
    assert.ok(animals && dogs && both);
    assert.deepEqual(
      both.names,
      animals.names.filter((name) => dogs.names.includes(name)),
    );
    assert.ok(both.total > 0 && both.total < animals.total);
  });
  test('a part of a name finds nothing and suggests', async () => {
    const { total, words } = await search('牧羊');
    assert.equal(total, 0);
    assert.ok(words[0]?.suggestions.includes('牧羊犬'));
  });
  test('nothing typed is every photo, a page at a time', async () => {
    const { total } = await search('');
    const pages = await Promise.all(
      [0, 7, 14].map((offset) => engine.call('photos.search', { query: '', limit: 7, offset })),
    );
    const ids = pages.flatMap(({ photos }) => photos.map(({ id }) => id));
    assert.equal(new Set(ids).size, total);
  });
  test('counts of tags are counts of what search finds', async () => {
    const { tags } = await engine.call('tags.list', {});
    for (const { name, count } of tags.slice(0, 12))
      assert.equal((await search(name)).total, count, name);
  });
});

describe('what a person decides', () => {
  test('is there at once, stands in search, and can be taken back', async () => {
    const { photo } = await show(engine, sample('dog-shepherd'));
    assert.ok(photo);
    const decide = (tag: string, verdict: 'added' | 'rejected' | null) =>
      engine.call('photos.decide', { photo: photo.id, tag, verdict });
    await decide('外婆家', 'added');
    assert.deepEqual((await search('外婆家')).names, ['dog-shepherd']);
    await decide('动物', 'rejected');
    assert.ok(!(await search('动物')).names.includes('dog-shepherd'));
    assert.ok(!(await search('狗')).names.includes('dog-shepherd'));
    await decide('动物', null);
    assert.ok((await search('动物')).names.includes('dog-shepherd'));
    await decide('外婆家', null);
    assert.equal((await search('外婆家')).total, 0);
  });
  test('in another word for a tag is said of that tag', async () => {
    const { photo } = await show(engine, sample('dog-shepherd'));
    const decide = (tag: string, verdict: 'rejected' | null) =>
      engine.call('photos.decide', { photo: photo?.id ?? 0, tag, verdict });
    await decide('狗狗', 'rejected');
    assert.ok(!(await search('狗')).names.includes('dog-shepherd'));
    await decide('Dog', null);
    assert.ok((await search('狗')).names.includes('dog-shepherd'));
  });
  test('about a photo that is not there is refused', async () => {
    await assert.rejects(
      engine.call('photos.decide', { photo: 999_999, tag: '猫', verdict: 'added' }),
      { code: 'not-found' },
    );
  });
});
