/** Single photos: what a person drops is taken in, and nothing else of its folder. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EngineClient } from '../../engine/client.ts';
import { copySamples, freshPlace, openTestEngine, query, tagAll, untilStatus } from './harness.ts';

const total = async (engine: EngineClient) =>
  (await engine.call('photos.timeline', { query: query() })).total;

test('of a picked file its folder takes in nothing else, until the whole folder is added', async (t) => {
  const { library, photos } = freshPlace(t);
  const below = path.join(photos, 'below');
  const [cat = ''] = copySamples(photos, 'cat-chelsea', 'horses', 'kingfisher');
  const [bridge = ''] = copySamples(below, 'bridge-night', 'coffee-cup');
  const engine = await openTestEngine(library);
  await tagAll(engine, cat);
  assert.equal(await total(engine), 1);
  await tagAll(engine, bridge);
  assert.equal(await total(engine), 2);
  const { folders } = await engine.call('folders.list', {});
  assert.deepEqual(
    folders.map((folder) => [folder.path, folder.picked, folder.photos]),
    [
      [photos, true, 1],
      [below, true, 1],
    ],
  );
  const { photo } = await engine.call('photos.show', { path: bridge, scores: false });
  assert.ok(photo);

  await tagAll(engine, photos);
  assert.equal(await total(engine), 5);
  const whole = await engine.call('folders.list', {});
  assert.deepEqual(
    whole.folders.map((folder) => [folder.path, folder.picked, folder.photos]),
    [[photos, false, 5]],
  );
  const after = await engine.call('photos.show', { path: bridge, scores: false });
  assert.equal(after.photo?.id, photo.id);
});

test('a moved root that a photo was picked from meanwhile is the same root, with all photos once', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'cat-chelsea', 'horses');
  copySamples(path.join(photos, 'below'), 'kingfisher');
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  const moved = `${photos}-moved`;
  renameSync(photos, moved);
  await tagAll(engine, path.join(moved, 'cat-chelsea.jpg'));
  await tagAll(engine, path.join(moved, 'below'));
  const { counts } = await tagAll(engine, moved);
  const { folders } = await engine.call('folders.list', {});
  assert.deepEqual(
    folders.map((folder) => [folder.path, folder.picked, folder.photos]),
    [[moved, false, 3]],
  );
  assert.equal(counts.indexed, 3);
  assert.equal(await total(engine), 3);
  const cat = path.join(moved, 'cat-chelsea.jpg');
  const { copies } = await engine.call('photos.show', { path: cat, scores: false });
  assert.deepEqual(copies, []);
});

test('a file of a whole folder needs no folder of its own', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'cat-chelsea');
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  const [horses = ''] = copySamples(photos, 'horses');
  await tagAll(engine, horses);
  assert.equal(await total(engine), 2);
  assert.equal((await engine.call('folders.list', {})).folders.length, 1);
});

test('a picked file that goes and comes back is noticed; its neighbours are not', async (t) => {
  const { library, photos } = freshPlace(t);
  const [cat = ''] = copySamples(photos, 'cat-chelsea');
  mkdirSync(path.join(photos, 'below'));
  const engine = await openTestEngine(library, { watch: true });
  await tagAll(engine, cat);
  copySamples(photos, 'horses');
  copySamples(path.join(photos, 'below'), 'kingfisher');
  rmSync(cat);
  await untilStatus(engine, ({ counts }) => counts.indexed === 0);
  copySamples(photos, 'cat-chelsea');
  await untilStatus(engine, ({ counts, idle }) => counts.indexed === 1 && idle);
  assert.equal(await total(engine), 1);
});

test('the command line tags a single photo and counts it', async (t) => {
  const { library, photos } = freshPlace(t);
  const [cat = ''] = copySamples(photos, 'cat-chelsea', 'horses');
  const cli = fileURLToPath(new URL('../../engine/cli.ts', import.meta.url));
  const args = [cli, 'tag', cat, '--json', '--device', 'cpu', '--library', library];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const done = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    seen: number;
    tagged: number;
  };
  assert.deepEqual([done.seen, done.tagged], [1, 1]);
});

test('as many single files as a person can choose are taken in at once', async (t) => {
  const { library, photos } = freshPlace(t);
  const [cat = ''] = copySamples(photos, 'cat-chelsea');
  const broken = Array.from({ length: 1_500 }, (_, number) => {
    const file = path.join(photos, `${String(number)}.jpg`);
    writeFileSync(file, Buffer.from([0xff, 0xd8, 0xff]));
    return file;
  });
  const engine = await openTestEngine(library);
  const { folders } = await engine.call('folders.add', { paths: [...broken, cat] });
  assert.equal(folders.length, broken.length + 1);
  const { counts } = await untilStatus(engine, ({ idle }) => idle);
  assert.deepEqual([counts.failed, counts.indexed], [broken.length, 1]);
});

test('a folder and one that lies in it, added at once, are one root', async (t) => {
  const { library, photos } = freshPlace(t);
  const below = path.join(photos, 'a', 'b');
  const other = path.join(photos, 'other');
  copySamples(below, 'cat-chelsea');
  mkdirSync(other);
  const engine = await openTestEngine(library);
  await tagAll(engine, other);
  const above = path.dirname(below);
  const added = [above, below].map((one) => engine.call('folders.add', { paths: [one] }));
  await Promise.all(added);
  const { folders } = await engine.call('folders.list', {});
  assert.deepEqual(
    folders.map((folder) => folder.path),
    [above, other],
  );
});
