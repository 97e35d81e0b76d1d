/** Watching: what is made, changed, renamed or deleted in a folder is known within seconds. */
import assert from 'node:assert/strict';
import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
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
} from './harness.ts';

const patienceMs = 20_000;

/** Resolves once `isTrue` after some change that the engine tells of; returns the milliseconds it took. */
async function untilTrue(engine: EngineClient, isTrue: () => Promise<boolean>): Promise<number> {
  const started = performance.now();
  const done = Promise.withResolvers<number>();
  const look = async () => {
    if (await isTrue().catch(() => false)) done.resolve(performance.now() - started);
  };
  engine.on('status.changed', () => void look());
  engine.on('photos.changed', () => void look());
  await look();
  const patience = setTimeout(() => {
    done.reject(new Error('nothing was noticed'));
  }, patienceMs);
  return done.promise.finally(() => {
    clearTimeout(patience);
  });
}

test('a watched folder is followed', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'coffee-cup');
  const engine = await openTestEngine(library, { watch: true });
  await tagAll(engine, photos);
  const has = (file: string, tag: string) => async () =>
    tagNames(await show(engine, file)).includes(tag);
  const isGone = (file: string) => async () =>
    show(engine, file).then(
      () => false,
      () => true,
    );
  // Who shows photos asks again when told of them, not of the status.
  let isTold = false;
  engine.on('photos.changed', () => {
    isTold = true;
  });
  const step = (name: string, act: () => void, isTrue: () => Promise<boolean>) =>
    t.test(name, async (inner) => {
      isTold = false;
      act();
      const ms = await untilTrue(engine, async () => isTold && (await isTrue()));
      inner.diagnostic(`noticed and done after ${ms.toFixed(0)} ms`);
    });

  const file = path.join(photos, 'new.jpg');
  const deep = path.join(photos, '2024', '春天', 'deep.jpg');
  await step(
    'a file that is made',
    () => {
      copyFileSync(path.join(samples, 'dog-shepherd.jpg'), file);
    },
    has(file, '狗'),
  );
  await step(
    'a file that is changed',
    () => {
      copyFileSync(path.join(samples, 'cat-chelsea.jpg'), file);
    },
    has(file, '猫'),
  );
  await step(
    'folders that are made, with a file in them',
    () => {
      mkdirSync(path.dirname(deep), { recursive: true });
      copyFileSync(path.join(samples, 'dog-shepherd.jpg'), deep);
    },
    has(deep, '狗'),
  );
  const renamed = path.join(photos, 'renamed.jpg');
  await step(
    'a file that is renamed',
    () => {
      renameSync(file, renamed);
    },
    async () => (await has(renamed, '猫')()) && (await isGone(file)()),
  );
  const moved = path.join(photos, '2025');
  await step(
    'a folder that is moved',
    () => {
      renameSync(path.join(photos, '2024'), moved);
    },
    async () => (await has(path.join(moved, '春天', 'deep.jpg'), '狗')()) && (await isGone(deep)()),
  );
  await step(
    'a file that is deleted',
    () => {
      rmSync(renamed);
    },
    isGone(renamed),
  );
  const { tagged } = await engine.call('folders.summary', { paths: [photos], since: 0 });
  assert.equal(tagged, 2);
});

test('directories that the system would not watch are counted as long as their folder is there', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(path.join(photos, 'one too many'), 'coffee-cup');
  const node = faultyNode(path.dirname(photos), { unwatchable: 'one too many' });
  const engine = await openTestEngine(library, { watch: true }, {}, node);
  const { folders } = await engine.call('folders.add', { paths: [photos] });
  await untilStatus(engine, ({ idle, unwatched }) => idle && unwatched === 1);
  await engine.call('folders.remove', { folder: folders[0]?.id ?? 0 });
  assert.equal((await engine.call('status.get', {})).unwatched, 0);
});

test('a directory that the person may not look into is not counted', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'dog-shepherd');
  copySamples(path.join(photos, 'of another'), 'coffee-cup');
  copySamples(path.join(photos, 'one too many'), 'coffee-cup');
  const faults = { unwatchable: 'one too many', forbidden: 'of another' };
  const engine = await openTestEngine(
    library,
    { watch: true },
    {},
    faultyNode(path.dirname(photos), faults),
  );
  await tagAll(engine, photos);
  await untilStatus(engine, ({ unwatched }) => unwatched > 0);
  assert.equal((await engine.call('status.get', {})).unwatched, 1);
});

async function looksThroughPartly(t: TestContext, wallClock: number): Promise<void> {
  const { library, photos } = freshPlace(t);
  const outside = path.join(path.dirname(photos), 'outside.jpg');
  const watched = path.join(photos, 'watched', 'linked.jpg');
  const partly = path.join(photos, 'partly', 'one too many', 'photo.jpg');
  copyFileSync(path.join(samples, 'coffee-cup.jpg'), outside);
  mkdirSync(path.dirname(watched));
  linkSync(outside, watched);
  mkdirSync(path.dirname(partly), { recursive: true });
  const node = faultyNode(path.dirname(photos), { unwatchable: 'one too many', wallClock });
  const engine = await openTestEngine(library, { watch: true }, {}, node);
  await tagAll(engine, path.dirname(watched), path.join(photos, 'partly'));
  await untilStatus(engine, ({ unwatched }) => unwatched === 1);
  const tags = tagNames(await show(engine, watched));

  // What is written through its other name the system tells nobody of: only a scan would find it.
  copyFileSync(path.join(samples, 'dog-shepherd.jpg'), outside);
  copyFileSync(path.join(samples, 'cat-chelsea.jpg'), partly);
  await untilTrue(engine, async () => tagNames(await show(engine, partly)).includes('猫'));
  await untilStatus(engine, ({ idle }) => idle);
  assert.deepEqual(tagNames(await show(engine, watched)), tags);
}

test('only the folder of a directory that is not watched is looked through again and again', async (t) => {
  await looksThroughPartly(t, 10);
});

test('a clock that is set back does not stop that', async (t) => {
  await looksThroughPartly(t, -10);
});
