/** A catalog of an earlier version is brought up to date when it is opened, and nothing in it is lost. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { catalogFile, openCatalog } from '../../engine/catalog/database.ts';
import { first } from '../../engine/catalog/migrations/0001-first.ts';
import { freshPlace } from './harness.ts';

test('version 1: files lose the hash of their bytes, photos keep all', (t) => {
  const { library } = freshPlace(t);
  mkdirSync(library, { recursive: true });
  const old = new Database(catalogFile(library));
  old.exec(first);
  old.exec(`
    INSERT INTO folders (id, path, identity) VALUES (1, '/p', '1:2');
    INSERT INTO photos (id, picture, format, width, height, damaged, taken_at, taken_source, places, revision)
      VALUES (1, x'01', 'jpeg', 4, 3, 0, 5, 'exif', x'01000000', 1);
    INSERT INTO files (id, folder, directory, name, size, mtime_ns, device, inode, state, hash, photo)
      VALUES (1, 1, x'', x'61', 7, 8, 9, 10, 'indexed', x'02', 1);
    INSERT INTO tags (id, name) VALUES (1, '旺财');
    INSERT INTO decisions VALUES (1, 1, 'added', 6);
    PRAGMA user_version = 1;
  `);
  old.close();
  const db = openCatalog(library);
  t.after(() => db.close());
  assert.ok(
    !db
      .prepare('SELECT * FROM files')
      .columns()
      .some(({ name }) => name === 'hash'),
  );
  assert.deepEqual(db.prepare('SELECT name, size, photo FROM files').raw().all(), [
    [Buffer.from('a'), 7, 1],
  ]);
  assert.deepEqual(
    db.prepare('SELECT tags.name, verdict FROM decisions JOIN tags ON tags.id = tag').raw().all(),
    [['旺财', 'added']],
  );
  assert.deepEqual(db.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
});
