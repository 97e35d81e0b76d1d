/** What the library's own figures say. */
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { catalogFile, openCatalog } from '../../engine/catalog/database.ts';
import { readHealth } from '../../engine/catalog/health.ts';
import { freshPlace } from './harness.ts';

test('the catalog is as large as what is in it, also while that lies in the write-ahead log', (t) => {
  const { library } = freshPlace(t);
  mkdirSync(library);
  const db = openCatalog(library);
  t.after(() => db.close());
  const content = 1_000_000;
  db.exec(`CREATE TABLE large AS SELECT zeroblob(${String(content)}) AS bytes`);
  assert.ok(statSync(catalogFile(library)).size < content, 'nothing lies in the log');
  assert.ok(readHealth(db).catalogBytes > content);
});
