/** Faces of people are found beside everything else, kept with the photo, and searched for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copySamples, freshPlace, openTestEngine, query, tagAll } from './harness.ts';

test('people are tagged, animals are not', async (t) => {
  const { library, photos } = freshPlace(t);
  const [astronaut = '', cat = ''] = copySamples(
    photos,
    'woman-astronaut',
    'cat-chelsea',
    'dog-shepherd',
    'horses',
    'kitten-yarn',
  );
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);

  const { photo, tags } = await engine.call('photos.show', { path: astronaut, scores: false });
  const names = tags.map(({ name }) => name);
  assert.ok(names.includes('人物') && names.includes('单人'), names.join());
  assert.equal(photo?.faces.length, 1);
  const [face] = photo.faces;
  assert.ok(face);
  // Her face, in a picture of 512 x 512, is around 225, 125.
  const middle = [face.left + face.width / 2, face.top + face.height / 2];
  assert.deepEqual(
    middle.map((share) => Math.round(share * 20)),
    [9, 5],
  );

  const { total } = await engine.call('photos.timeline', { query: query({ text: '人物' }) });
  assert.equal(total, 1);
  const shown = await engine.call('photos.show', { path: cat, scores: false });
  assert.deepEqual(shown.photo?.faces, []);
});
