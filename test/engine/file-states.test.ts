/** What the catalog makes of files that change, go and come back, told step by step, with no engine around it. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { openWholeCatalog, type Settlement } from '../../engine/catalog/catalog.ts';
import { catalogFile, openFile } from '../../engine/catalog/database.ts';
import { cameraFacts, noExif } from '../../engine/decode/exif.ts';
import type { Stamp } from '../../engine/stamp.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { freshPlace } from './harness.ts';

const root = Buffer.alloc(0);
const elsewhere = Buffer.from('elsewhere');
const old: Stamp = { size: 1, mtimeNs: 1n, device: 1n, inode: 1n };
const edited: Stamp = { ...old, size: 2, mtimeNs: 2n };

function openAlbum(t: TestContext) {
  const { library } = freshPlace(t);
  mkdirSync(library);
  const catalog = openWholeCatalog({
    library,
    vocabulary: loadVocabulary(),
    packs: [{ name: 'any', version: '1', threshold: 0.5 }],
  });
  const folder = catalog.folders.add('/photos', '1:1').id;
  const claim = () => catalog.files.claim(10, 0).files;
  const ask = <T>(sql: string): T[] => {
    const db = openFile(catalogFile(library), true);
    const rows = db.prepare<[], T>(sql).pluck().all();
    db.close();
    return rows;
  };
  return {
    catalog,
    folder,
    /** A directory holds these files now. */
    holds: (directory: Buffer, ...files: [name: string, stamp: Stamp][]) => {
      const entries = files.map(([name, stamp]) => ({ name: Buffer.from(name), stamp }));
      catalog.seen(folder, directory, entries, true);
    },
    /** Names of the files that are to be read, taken into reading. */
    claimed: () => claim().map((file) => path.basename(file.path.toString())),
    /** Reads what is to be read: every file shows `picture`, whose scores are known already or come along. */
    read: (
      picture: string,
      stamp: Stamp,
      {
        wallMs = 0,
        isKnown = false,
        former = '',
      }: { wallMs?: number; isKnown?: boolean; former?: string } = {},
    ) => {
      const photo = (file: number): Settlement => ({
        file,
        kind: 'photo',
        facts: {
          picture: picture.repeat(64),
          former: former.repeat(64),
          format: 'jpeg',
          width: 4,
          height: 3,
          damaged: false,
          taken: { wallMs, offsetMinutes: null, source: 'mtime' },
          camera: cameraFacts(noExif),
        },
        stamp,
        answers: isKnown ? null : [{ scores: new Map() }],
      });
      catalog.settle(claim().map(({ id }) => photo(id)));
    },
    gone: () => {
      catalog.settle(claim().map(({ id }) => ({ file: id, kind: 'missing' })));
    },
    timeOut: () => {
      catalog.settle(claim().map(({ id }) => ({ file: id, kind: 'timed-out' })));
    },
    /** Photos in the timeline, by when they were taken. */
    shown: () => ask<number>("SELECT taken_at FROM photos WHERE places <> x''"),
    /** All that the catalog has of photos, by their ids, and of files, by their names. */
    photos: () => ask<number>('SELECT id FROM photos ORDER BY id'),
    names: () => ask<Buffer>('SELECT name FROM files').map(String),
  };
}

test('a changed file that goes before it is read is read when it is back, and where it was moved to', (t) => {
  const { catalog, holds, read, claimed } = openAlbum(t);
  holds(root, ['a.jpg', old]);
  read('a', old);
  holds(root, ['a.jpg', edited]);
  holds(root);
  holds(root, ['a.jpg', edited]);
  assert.equal(catalog.files.counts().pending, 1, 'it is back');
  holds(root);
  holds(elsewhere, ['b.jpg', edited]);
  assert.deepEqual(claimed(), ['b.jpg']);
  catalog.close();
});

test('a changed file that cannot be read shows its old picture no more, nor where it is moved to', (t) => {
  const { catalog, holds, read, timeOut, shown } = openAlbum(t);
  holds(root, ['a.jpg', old]);
  read('a', old);
  holds(root, ['a.jpg', edited]);
  timeOut();
  timeOut();
  assert.equal(shown().length, 1, 'it may still be read');
  timeOut();
  assert.equal(catalog.files.counts().failed, 1);
  assert.deepEqual(shown(), []);
  holds(elsewhere, ['b.jpg', edited]);
  holds(root);
  assert.deepEqual(catalog.files.counts(), { pending: 0, indexed: 0, failed: 1, skipped: 0 });
  catalog.close();
});

test('a copy that was made later, or what was written into a file, moves no photo in time', (t) => {
  const { catalog, holds, read, shown } = openAlbum(t);
  const copy = { ...edited, inode: 2n };
  holds(root, ['a.jpg', old]);
  read('a', old, { wallMs: 5_000 });
  holds(root, ['a.jpg', old], ['copy.jpg', copy]);
  read('a', copy, { wallMs: 9_000 });
  assert.deepEqual(shown(), [5_000]);
  holds(root, ['a.jpg', old], ['copy.jpg', { ...copy, mtimeNs: 3n }]);
  read('a', { ...copy, mtimeNs: 3n }, { wallMs: 2_000 });
  assert.deepEqual(shown(), [2_000]);
  catalog.close();
});

test('a picture that was known, and forgotten before a copy was saved, is read once more', (t) => {
  const { catalog, folder, holds, read, shown } = openAlbum(t);
  const copy = { ...edited, inode: 2n };
  holds(root, ['a.jpg', old]);
  read('a', old);
  const other = catalog.folders.add('/other', '1:2').id;
  catalog.seen(other, root, [{ name: Buffer.from('copy.jpg'), stamp: copy }], true);
  assert.ok(catalog.isScored('a'.repeat(64)));
  catalog.folders.startRemoval(folder);
  while (catalog.forgetSome(folder));
  read('a', copy, { isKnown: true });
  assert.equal(catalog.files.counts().pending, 1);
  read('a', copy);
  assert.equal(shown().length, 1);
  assert.ok(catalog.isScored('a'.repeat(64)));
  catalog.close();
});

test('a picture that was replaced is forgotten, unless a person decided something on it', (t) => {
  const { catalog, holds, read, photos } = openAlbum(t);
  holds(root, ['a.jpg', old]);
  read('a', old);
  catalog.decide(1, '旺财', 'added');
  holds(root, ['a.jpg', edited]);
  read('b', edited);
  assert.deepEqual(photos(), [1, 2]);
  holds(root, ['a.jpg', old]);
  read('a', old);
  assert.deepEqual(photos(), [1]);
  holds(root);
  holds(root, ['c.jpg', edited]);
  read('c', edited);
  assert.deepEqual(photos(), [1, 3], 'a missing file shows its photo still');
  catalog.close();
});

test('nothing is kept of a file that went before it showed a photo, unless it was picked', (t) => {
  const { catalog, folder, holds, gone, names } = openAlbum(t);
  holds(root, ['a.jpg', old]);
  holds(root);
  assert.deepEqual(names(), []);
  holds(root, ['a.jpg', old]);
  gone();
  assert.deepEqual(names(), []);
  holds(root, ['a.jpg', old]);
  catalog.files.claim(1, 0);
  holds(root);
  assert.deepEqual(names(), ['a.jpg'], 'in flight');
  holds(root);
  assert.deepEqual(names(), []);
  const picks = catalog.folders.addPicked('/picks', '1:2').id;
  assert.notEqual(picks, folder);
  catalog.pick(picks, [{ name: Buffer.from('b.jpg'), stamp: old }]);
  catalog.seen(picks, root, [], true);
  assert.deepEqual(names(), ['b.jpg']);
  catalog.close();
});

test('a photo that was known by another hash takes the new one, with what was decided on it', (t) => {
  const { catalog, holds, read, photos } = openAlbum(t);
  holds(root, ['a.heic', old]);
  read('a', old);
  catalog.decide(1, '旺财', 'added');
  holds(root, ['a.heic', edited]);
  read('b', edited, { former: 'a' });
  assert.deepEqual(photos(), [1]);
  assert.equal(catalog.photos.idOf('b'.repeat(64)), 1);
  const copy = { ...edited, inode: 2n };
  holds(root, ['a.heic', edited], ['copy.heic', copy]);
  read('c', copy);
  catalog.decide(2, '小黑', 'added');
  holds(root, ['a.heic', edited], ['copy.heic', { ...copy, mtimeNs: 3n }]);
  read('b', { ...copy, mtimeNs: 3n }, { former: 'c' });
  assert.deepEqual(photos(), [1]);
  const tags = catalog.decide(1, '小白', 'added') ?? [];
  assert.deepEqual(
    tags.map(({ name }) => name),
    ['旺财', '小黑', '小白'],
  );
  catalog.close();
});
