/** What the window shows first comes from the catalog while every photo is still being read. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openCatalogReader } from '../../engine/catalog/database.ts';
import { openQueries } from '../../engine/catalog/search/queries.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { makeLibrary, openMadeCatalog } from '../bench/made-library.ts';

const query = { text: '', tags: [], without: [], folder: null, untagged: false };

test('the plain timeline is the same before and after the index, and changes in between are seen', async (t) => {
  const library = mkdtempSync(path.join(os.tmpdir(), 'wanwu-first-'));
  t.after(() => {
    rmSync(library, { recursive: true });
  });
  // More than one piece of the index's reading.
  await makeLibrary(library, 5_000, null, () => undefined);
  const db = openCatalogReader(library);
  const queries = openQueries(db, loadVocabulary());
  const early = await queries['photos.timeline']({ query });
  const month = early.months[3]?.month ?? '';
  const earlyBucket = await queries['photos.bucket']({ query, month });

  const tree = queries['tags.tree']({ query });
  const { catalog, close } = openMadeCatalog(library);
  const [gone] = earlyBucket.ids;
  assert.ok(gone !== undefined && early.total === 5_000);
  catalog.decide(gone, '雪', 'added');
  close();
  await tree;

  assert.deepEqual(await queries['photos.timeline']({ query }), early);
  assert.deepEqual(await queries['photos.bucket']({ query, month }), earlyBucket);
  const snow = await queries['photos.timeline']({ query: { ...query, tags: ['雪'] } });
  assert.equal(snow.total, 1);
  db.close();
});
