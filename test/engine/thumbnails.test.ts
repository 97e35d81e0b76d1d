/** The thumbnails on disk: bounded, the longest unused go first, made again when asked for. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openThumbnails } from '../../engine/thumbnails.ts';
import { copySamples, freshPlace, openTestEngine, tagAll } from './harness.ts';

test('over the cap the longest unused go, under it nothing does', async (t) => {
  const { library } = freshPlace(t);
  const thumbnails = openThumbnails(path.join(library, 'thumbnails'));
  const today = Date.now() / 1000;
  const pictures = Array.from({ length: 20 }, (_, daysAgo) => {
    const picture = `${String(daysAgo).padStart(2, '0')}${'f'.repeat(62)}`;
    const file = thumbnails.pathOf(picture);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, Buffer.alloc(1_000));
    utimesSync(file, today - daysAgo * 86_400, today - daysAgo * 86_400);
    return file;
  });
  thumbnails.limit(20_000);
  assert.equal(await thumbnails.trim(), 20_000);
  thumbnails.limit(10_000);
  assert.equal(await thumbnails.trim(), 9_000);
  assert.deepEqual(
    pictures.map((file) => existsSync(file)),
    pictures.map((_, daysAgo) => daysAgo < 9),
  );
  await thumbnails.close();
});

test('one that cannot be removed holds up no other, and no later pass', async (t) => {
  const { library } = freshPlace(t);
  const thumbnails = openThumbnails(path.join(library, 'thumbnails'));
  t.after(() => thumbnails.close());
  const [stuck = '', other = ''] = ['00', '01'].map((part) =>
    thumbnails.pathOf(`${part}${'f'.repeat(62)}`),
  );
  // What a program that holds a file does on Windows, a folder in its place does everywhere.
  mkdirSync(stuck, { recursive: true });
  mkdirSync(path.dirname(other), { recursive: true });
  writeFileSync(other, Buffer.alloc(1_000));
  thumbnails.limit(0);
  await thumbnails.trim();
  assert.ok(!existsSync(other));
  await thumbnails.trim();
});

test('a missing one is made again, also while work is paused; a lost one is not found', async (t) => {
  const { library, photos } = freshPlace(t);
  const [file = ''] = copySamples(photos, 'castle-neuschwanstein');
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  const { photo } = await engine.call('photos.show', { path: file, scores: false });
  const picture = photo?.hash ?? '';
  const thumbnail = path.join(library, 'thumbnails', picture.slice(0, 2), `${picture}.jpg`);
  await engine.call('work.pause', {});
  rmSync(thumbnail);
  await Promise.all([1, 2, 3].map(() => engine.call('thumbnails.make', { picture })));
  assert.ok(existsSync(thumbnail));
  // As a power cut leaves it.
  writeFileSync(thumbnail, '');
  await engine.call('thumbnails.make', { picture });
  assert.ok(statSync(thumbnail).size > 0);

  rmSync(thumbnail);
  rmSync(file);
  await assert.rejects(engine.call('thumbnails.make', { picture }), { code: 'not-found' });
  const unknown = { picture: '0'.repeat(64) };
  await assert.rejects(engine.call('thumbnails.make', unknown), { code: 'not-found' });
});
