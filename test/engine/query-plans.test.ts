/** How SQLite answers every statement of the engine: what is asked again and again reads no large table whole. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { openCatalog } from '../../engine/catalog/database.ts';
import { openFiles } from '../../engine/catalog/files.ts';
import { openFolders } from '../../engine/catalog/folders.ts';
import { openPhotos } from '../../engine/catalog/photos.ts';
import { openQueries } from '../../engine/catalog/search/queries.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { freshPlace } from './harness.ts';

/** Every statement that the engine and its search prepare, with the steps of its plan. */
function plansOf(t: TestContext): Map<string, string[]> {
  const { library } = freshPlace(t);
  mkdirSync(library, { recursive: true });
  const db = openCatalog(library);
  t.after(() => db.close());
  const statements = new Set<string>();
  const prepared = t.mock.method(db, 'prepare');
  openFolders(db);
  openFiles(db);
  openPhotos(db, loadVocabulary(), [{ name: 'any', version: '1', threshold: 0.5 }]);
  openQueries(db, loadVocabulary());
  for (const { arguments: args } of prepared.mock.calls) statements.add(args[0]);
  prepared.mock.restore();
  const steps = (sql: string) => {
    const explain = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
    const named = sql.match(/@\w+/g)?.map((name) => [name.slice(1), 1]);
    const plain = sql.match(/\?/g)?.map(() => 1) ?? [];
    return explain.all(named ? Object.fromEntries(named) : plain).map(({ detail }) => detail);
  };
  const asked = [...statements].filter((sql) => !sql.startsWith('PRAGMA'));
  return new Map(asked.map((sql) => [sql.replace(/\s+/g, ' ').trim(), steps(sql)]));
}

test('only what is seldom asked for reads all photos, files or what was forgotten', (t) => {
  const whole = [...plansOf(t)]
    .filter(([, steps]) =>
      steps.some((step) => /^SCAN (?:photos|files|scores|forgotten)$/.test(step)),
    )
    .map(([sql]) => sql);
  assert.deepEqual(whole.sort(), [
    // A root becomes a part of another.
    'SELECT id FROM photos WHERE instr(places, ?) > 0',
    // Another threshold is looked at before it is set.
    'SELECT sum(length(tags) / 7) FROM photos',
    // A root becomes a part of another.
    'UPDATE photos SET places = @to, revision = @revision WHERE places = @from',
  ]);
});

test('the directories below a new one are found without reading the whole root', (t) => {
  const [steps] = [...plansOf(t)]
    .filter(([sql]) => sql.includes('directory < @beyond'))
    .map(([, found]) => found);
  assert.match(steps?.join() ?? '', /folder=\? AND directory>\? AND directory<\?/);
});

test('the next files of a root are found without passing over those of another', (t) => {
  const [steps] = [...plansOf(t)]
    .filter(([sql]) => sql.includes("state = 'pending'") && sql.includes('ORDER BY live'))
    .map(([, found]) => found);
  assert.match(steps?.join() ?? '', /files_queue \(alone=\? AND folder=\?\)/);
  assert.doesNotMatch(steps?.join() ?? '', /TEMP B-TREE/);
});
