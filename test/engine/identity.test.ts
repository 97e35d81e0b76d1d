/** A photo is its picture, a file is a place it lies: moving, copying, writing metadata, unplugging, deleting. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { PhotoDetail } from '../../common/contract.ts';
import { catalogFile, openFile } from '../../engine/catalog/database.ts';
import type { EngineClient } from '../../engine/client.ts';
import { faultyNode } from './faults.ts';
import {
  copySamples,
  freshPlace,
  openTestEngine,
  samples,
  show,
  tagAll,
  tagNames,
  untilStatus,
  type Place,
} from './harness.ts';

const idOf = ({ photo }: PhotoDetail) => photo?.id;

/** Scans again and returns how many files were read for it, and how many were known. */
async function scanAgain(engine: EngineClient, folder: string) {
  const since = Date.now();
  await tagAll(engine, folder);
  const { tagged, unchanged } = await engine.call('folders.summary', { paths: [folder], since });
  return { read: tagged, known: unchanged };
}

async function openAlbum(place: Place) {
  const [cat = '', dog = ''] = copySamples(place.photos, 'cat-chelsea', 'dog-shepherd');
  const engine = await openTestEngine(place.library);
  await tagAll(engine, place.photos);
  return { engine, cat, dog };
}

/** A JPEG with XMP written into it, as a photo manager does for a rating. */
function withXmp(jpeg: Buffer): Buffer {
  const xmp = Buffer.from('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(xmp.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, xmp, jpeg.subarray(2)]);
}

describe('nothing is read again', () => {
  test('in a second run', async (t) => {
    const place = freshPlace(t);
    const { engine } = await openAlbum(place);
    assert.deepEqual(await scanAgain(engine, place.photos), { read: 0, known: 2 });
  });
  test('when files are renamed and folders are moved', async (t) => {
    const place = freshPlace(t);
    const { engine, cat, dog } = await openAlbum(place);
    const before = await show(engine, dog);
    mkdirSync(path.join(place.photos, '狗狗'));
    const moved = path.join(place.photos, '狗狗', '旺财.jpg');
    renameSync(dog, moved);
    renameSync(cat, path.join(place.photos, 'renamed.jpg'));
    assert.deepEqual(await scanAgain(engine, place.photos), { read: 0, known: 2 });
    const after = await show(engine, moved);
    assert.equal(idOf(after), idOf(before));
    assert.deepEqual(after.tags, before.tags);
    await assert.rejects(show(engine, dog), { code: 'not-found' });
  });
  test('when the root is moved: one row changes', async (t) => {
    const place = freshPlace(t);
    const { engine } = await openAlbum(place);
    const [before] = (await engine.call('folders.list', {})).folders;
    const moved = `${place.photos}-moved`;
    renameSync(place.photos, moved);
    assert.deepEqual(await scanAgain(engine, moved), { read: 0, known: 2 });
    const { folders } = await engine.call('folders.list', {});
    assert.deepEqual(
      folders.map(({ id, path: root }) => [id, root]),
      [[before?.id, moved]],
    );
  });
  test('when the root comes back on another disk', async (t) => {
    const place = freshPlace(t);
    const { engine } = await openAlbum(place);
    const other = `${place.photos}-other`;
    cpSync(place.photos, other, { recursive: true, preserveTimestamps: true });
    for (const name of readdirSync(other)) {
      // cp keeps milliseconds; a disk keeps what it has.
      const { atime, mtime } = statSync(path.join(place.photos, name));
      utimesSync(path.join(place.photos, name), atime, mtime);
      utimesSync(path.join(other, name), atime, mtime);
    }
    await tagAll(engine, place.photos);
    rmSync(place.photos, { recursive: true });
    assert.deepEqual(await scanAgain(engine, other), { read: 0, known: 2 });
    assert.equal((await engine.call('folders.list', {})).folders.length, 1);
  });
});

test('another disk in the socket of one that is away has its numbers, and is another root', async (t) => {
  const place = freshPlace(t);
  const first = await openAlbum(place);
  await first.engine.close();
  renameSync(place.photos, `${place.photos}-away`);
  const other = `${place.photos}-other`;
  copySamples(other, 'coffee-cup');
  const { dev, ino } = statSync(other, { bigint: true });
  const db = openFile(catalogFile(place.library), false);
  db.prepare('UPDATE folders SET identity = ?').run(`${String(dev)}:${String(ino)}`);
  db.close();
  const engine = await openTestEngine(place.library);
  await tagAll(engine, other);
  const { folders } = await engine.call('folders.list', {});
  assert.deepEqual(
    folders.map((folder) => [folder.path, folder.photos]),
    [
      [place.photos, 2],
      [other, 1],
    ],
  );
});

describe('the same picture is the same photo', () => {
  test('two copies are two places, and the second is not judged again', async (t) => {
    const place = freshPlace(t);
    const { engine, dog } = await openAlbum(place);
    const copy = path.join(place.photos, 'copy.jpg');
    copyFileSync(dog, copy);
    await tagAll(engine, place.photos);
    const [one, two] = [await show(engine, dog), await show(engine, copy)];
    assert.equal(idOf(one), idOf(two));
    assert.deepEqual([one.copies, two.copies], [[copy], [dog]]);
    const { total } = await engine.call('photos.search', { query: '狗', limit: 10, offset: 0 });
    assert.equal(total, 1);
  });
  test('XMP written into a file: other bytes, the same photo, the decision stays', async (t) => {
    const place = freshPlace(t);
    const { engine, dog } = await openAlbum(place);
    const before = await show(engine, dog);
    await engine.call('photos.decide', { photo: idOf(before) ?? 0, tag: '旺财', verdict: 'added' });
    await engine.call('photos.decide', {
      photo: idOf(before) ?? 0,
      tag: '牧羊犬',
      verdict: 'rejected',
    });
    writeFileSync(dog, withXmp(readFileSync(dog)));
    assert.deepEqual(await scanAgain(engine, place.photos), { read: 1, known: 1 });
    const after = await show(engine, dog);
    assert.equal(idOf(after), idOf(before));
    assert.equal(after.photo?.hash, before.photo?.hash);
    assert.ok(tagNames(after).includes('旺财'));
    assert.ok(!tagNames(after).includes('牧羊犬'));
    assert.equal(after.decisions.length, 2);
  });
  test('so is a rating in a HEIC', async (t) => {
    const place = freshPlace(t);
    const photo = path.join(place.photos, 'photo.heic');
    const fixture = (name: string) =>
      fileURLToPath(new URL(`../fixtures/heic/${name}.heic`, import.meta.url));
    copyFileSync(fixture('orientation-1'), photo);
    const engine = await openTestEngine(place.library);
    await tagAll(engine, place.photos);
    const before = await show(engine, photo);
    await engine.call('photos.decide', { photo: idOf(before) ?? 0, tag: '旺财', verdict: 'added' });
    copyFileSync(fixture('rated'), photo);
    assert.deepEqual(await scanAgain(engine, place.photos), { read: 1, known: 0 });
    const after = await show(engine, photo);
    assert.equal(idOf(after), idOf(before));
    assert.ok(tagNames(after).includes('旺财'));
  });
  test('another picture in its place: other tags, and the old photo is not forgotten', async (t) => {
    const place = freshPlace(t);
    const { engine, dog } = await openAlbum(place);
    const before = await show(engine, dog);
    await engine.call('photos.decide', { photo: idOf(before) ?? 0, tag: '旺财', verdict: 'added' });
    copyFileSync(path.join(samples, 'coffee-cup.jpg'), dog);
    assert.deepEqual(await scanAgain(engine, place.photos), { read: 1, known: 1 });
    const after = await show(engine, dog);
    assert.notEqual(idOf(after), idOf(before));
    assert.ok(!tagNames(after).includes('狗') && !tagNames(after).includes('旺财'));
    copyFileSync(path.join(samples, 'dog-shepherd.jpg'), dog);
    await tagAll(engine, place.photos);
    assert.ok(tagNames(await show(engine, dog)).includes('旺财'));
  });
});

describe('what is gone is not forgotten', () => {
  test('a deleted photo leaves the search, and comes back with its decisions', async (t) => {
    const place = freshPlace(t);
    const { engine, dog } = await openAlbum(place);
    const { photo } = await show(engine, dog);
    await engine.call('photos.decide', { photo: photo?.id ?? 0, tag: '旺财', verdict: 'added' });
    rmSync(dog);
    await tagAll(engine, place.photos);
    const find = async () =>
      (await engine.call('photos.search', { query: '旺财', limit: 1, offset: 0 })).total;
    assert.equal(await find(), 0);
    copySamples(place.photos, 'dog-shepherd');
    await tagAll(engine, place.photos);
    assert.equal(await find(), 1);
  });
  test('a root that is away, or empty as a mount point is, is offline; then it is back, unread', async (t) => {
    const place = freshPlace(t);
    const [dog = ''] = copySamples(place.photos, 'dog-shepherd');
    const engine = await openTestEngine(place.library, { watch: true });
    await tagAll(engine, place.photos);
    const since = Date.now();
    const online = async () => (await engine.call('folders.list', {})).folders[0]?.online;
    const away = `${place.photos}-away`;
    for (const leave of [
      () => {
        renameSync(place.photos, away);
      },
      () => {
        renameSync(place.photos, away);
        mkdirSync(place.photos);
      },
    ]) {
      leave();
      await untilOnline(engine, false);
      assert.equal((await show(engine, dog)).status, 'offline');
      assert.ok(tagNames(await show(engine, dog)).includes('狗'));
      rmSync(place.photos, { recursive: true, force: true });
      renameSync(away, place.photos);
      await untilOnline(engine, true);
      await untilStatus(engine, ({ idle }) => idle);
      assert.equal((await show(engine, dog)).status, 'indexed');
    }
    assert.ok(await online());
    const { tagged } = await engine.call('folders.summary', { paths: [place.photos], since });
    assert.equal(tagged, 0);
  });
});

test('a disk that failed while it was read and went away: once it is back, its photos are read', async (t) => {
  const place = freshPlace(t);
  const unreadable = path.join(path.dirname(place.library), 'unreadable');
  writeFileSync(unreadable, '');
  copySamples(place.photos, 'dog-shepherd');
  const engine = await openTestEngine(
    place.library,
    { watch: true },
    {},
    faultyNode(path.dirname(place.library), { unreadable }),
  );
  const status = await tagAll(engine, place.photos);
  assert.equal(status.counts.failed, 1);
  renameSync(place.photos, `${place.photos}-away`);
  await untilOnline(engine, false);
  rmSync(unreadable);
  renameSync(`${place.photos}-away`, place.photos);
  await untilOnline(engine, true);
  const { counts } = await untilStatus(
    engine,
    ({ idle, counts: { indexed } }) => idle && indexed > 0,
  );
  assert.equal(counts.failed, 0);
});

for (const [error, isReadable] of [
  ['ENOENT', true],
  ['EIO', false],
] as const)
  test(`a disk that goes while its photos are read anew (${error}): they are shown, and offline`, async (t) => {
    const place = freshPlace(t);
    const first = await openAlbum(place);
    await first.engine.close();
    const db = openFile(catalogFile(place.library), false);
    db.exec("UPDATE files SET state = 'pending'");
    db.close();
    const root = path.dirname(place.library);
    const unreadable = path.join(root, 'unreadable');
    if (!isReadable) writeFileSync(unreadable, '');
    renameSync(place.photos, `${place.photos}-away`);
    const node = faultyNode(root, { unreadable });
    const engine = await openTestEngine(place.library, { watch: true }, {}, node);
    await untilOnline(engine, false);
    await untilStatus(engine, ({ idle }) => idle);
    assert.equal((await show(engine, first.dog)).status, 'offline');
    const find = { query: '狗', limit: 1, offset: 0 };
    assert.equal((await engine.call('photos.search', find)).total, 1);
  });

/** The status tells of every change of a folder's state; the list says which. */
async function untilOnline(engine: EngineClient, wanted: boolean): Promise<void> {
  const done = Promise.withResolvers<undefined>();
  const look = async () => {
    const { folders } = await engine.call('folders.list', {});
    if (folders[0]?.online === wanted) done.resolve(undefined);
  };
  engine.on('status.changed', () => void look());
  await look();
  await done.promise;
}
