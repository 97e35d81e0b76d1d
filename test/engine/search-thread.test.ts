/** The thread that answers questions: whoever started it hears when it can answer no more. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { openSearch } from '../../engine/catalog/search/client.ts';
import { freshPlace } from './harness.ts';

test('its death is told, and what was asked is refused', async (t) => {
  const { library } = freshPlace(t);
  mkdirSync(library);
  const died = Promise.withResolvers<Error>();
  const search = openSearch(library, [], died.resolve);
  const asked = search.queries['tags.list']({});
  await assert.rejects(Promise.resolve(asked), { code: 'engine-gone' });
  assert.match((await died.promise).message, /unable to open database file/);
  await search.close();
});
