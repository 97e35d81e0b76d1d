/** What the window asks: each method on a real engine with real photos. */
import assert from 'node:assert/strict';
import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { EngineClient } from '../../engine/client.ts';
import {
  copySamples,
  freshPlace,
  manyPhotos,
  openTestEngine,
  query,
  tagAll,
  untilIdle,
  untilStatus,
} from './harness.ts';

const months = async (engine: EngineClient, parts: Parameters<typeof query>[0] = {}) =>
  engine.call('photos.timeline', { query: query(parts) });

async function idsOf(engine: EngineClient, parts: Parameters<typeof query>[0] = {}) {
  const timeline = await months(engine, parts);
  const ids: number[] = [];
  for (const { month } of timeline.months)
    ids.push(...(await engine.call('photos.bucket', { query: query(parts), month })).ids);
  assert.equal(ids.length, timeline.total);
  return ids;
}

async function idAt(engine: EngineClient, file: string): Promise<number> {
  const { photo } = await engine.call('photos.show', { path: file, scores: false });
  assert.ok(photo);
  return photo.id;
}

test('the timeline and its buckets follow the query, newest first', async (t) => {
  const { library, photos } = freshPlace(t);
  const files = copySamples(photos, 'cat-chelsea', 'dog-shepherd', 'bridge-night');
  ['2021-05-31T23:59:59', '2021-06-01T00:00:00', '2019-01-02T03:04:05'].forEach((time, at) => {
    const taken = new Date(time);
    utimesSync(files[at] ?? '', taken, taken);
  });
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  const [cat, dog, bridge] = await Promise.all(files.map((file) => idAt(engine, file)));

  const all = await months(engine);
  assert.deepEqual(all.months, [
    { month: '2021-06', count: 1 },
    { month: '2021-05', count: 1 },
    { month: '2019-01', count: 1 },
  ]);
  assert.deepEqual(await idsOf(engine), [dog, cat, bridge]);
  assert.deepEqual(await idsOf(engine, { text: '宠物' }), [dog, cat]);
  assert.deepEqual(await idsOf(engine, { tags: ['猫'], without: ['动物'] }), []);
  assert.deepEqual(await idsOf(engine, { text: '宠物 猫' }), [cat]);
  assert.deepEqual(await idsOf(engine, { tags: ['宠物'], without: ['猫'] }), [dog]);
  assert.deepEqual(await idsOf(engine, { without: ['宠物'] }), [bridge]);
  assert.deepEqual(await idsOf(engine, { text: '猫 没有这个词' }), []);
  assert.deepEqual(await idsOf(engine, { untagged: true, tags: ['猫'] }), []);

  const bucket = await engine.call('photos.bucket', { query: query(), month: '2019-01' });
  const shown = await engine.call('photos.get', { photo: bridge ?? 0 });
  assert.equal(bucket.hashes[0], shown.photo?.hash);
  const aspect = (shown.photo?.width ?? 0) / (shown.photo?.height ?? 1);
  assert.equal(bucket.aspects[0], Math.round(aspect * 10_000) / 10_000);
  assert.equal(bucket.takenAt[0], Date.parse('2019-01-02T03:04:05Z'));
});

test('a folder narrows the query, and removing it takes its photos away but no decision', async (t) => {
  const { library, photos } = freshPlace(t);
  const [one, two] = [path.join(photos, 'one'), path.join(photos, 'two')];
  copySamples(one, 'cat-chelsea', 'dog-shepherd', 'horses');
  const [copy = ''] = copySamples(two, 'horses');
  const engine = await openTestEngine(library);
  await tagAll(engine, one, two);
  const { folders } = await engine.call('folders.list', {});
  const [first] = folders;
  assert.ok(first);
  assert.equal((await idsOf(engine, { folder: first.id })).length, 3);
  assert.equal((await idsOf(engine)).length, 3);

  const cat = await idAt(engine, path.join(one, 'cat-chelsea.jpg'));
  await engine.call('photos.decide', { photo: cat, tag: '我家的猫', verdict: 'added' });
  await engine.call('folders.remove', { folder: first.id });
  assert.deepEqual(await idsOf(engine), [await idAt(engine, copy)]);
  assert.equal((await engine.call('folders.list', {})).folders.length, 1);
  await assert.rejects(engine.call('folders.remove', { folder: first.id }), { code: 'not-found' });

  await tagAll(engine, one);
  assert.deepEqual(await idsOf(engine, { tags: ['我家的猫'] }), [cat]);
});

test('the tag tree counts within the query; suggestions say what matched', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'cat-chelsea', 'bridge-night', 'dog-shepherd');
  copySamples(path.join(photos, '备份'), 'cat-chelsea');
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);

  const whole = await engine.call('tags.tree', { query: query() });
  const animals = whole.tags.find(({ name }) => name === '动物');
  assert.equal(animals?.count, 2);
  assert.equal(whole.untagged, 0);
  const cats = await engine.call('tags.tree', { query: query({ tags: ['猫'] }) });
  const cat = cats.tags.find(({ name }) => name === '猫');
  assert.equal(cat?.count, 1);
  assert.ok(cat.parents.length > 0);
  assert.ok(cats.tags.every(({ name }) => name !== '狗'));
  assert.deepEqual([whole.all, cats.all], [3, 3]);

  const { suggestions } = await engine.call('tags.suggest', { text: '猫', limit: 5 });
  assert.deepEqual(suggestions[0], { name: '猫', count: 1, via: null });
  const near = await engine.call('tags.suggest', { text: '狗狗', limit: 5 });
  assert.deepEqual(near.suggestions[0], { name: '狗', count: 1, via: '狗狗' });
  // Of all that begins with g, in English or pinyin, what is here comes first.
  const letter = await engine.call('tags.suggest', { text: 'g', limit: 8 });
  assert.ok(letter.suggestions.some(({ name }) => name === '狗'));
  assert.ok(letter.suggestions.some(({ count }) => count === 0));
  const { words } = await engine.call('photos.timeline', { query: query({ text: 'g' }) });
  const meant = words[0]?.suggestions ?? [];
  assert.ok(meant.includes('狗'));
  const here = new Set(whole.tags.map(({ name }) => name));
  assert.deepEqual(
    meant.filter((name) => !here.has(name)),
    [],
    'these would find nothing either',
  );
});

test('an original is given only while it is a regular file inside its root', async (t) => {
  const { library, photos } = freshPlace(t);
  const [file = ''] = copySamples(photos, 'coffee-cup');
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  const photo = await idAt(engine, file);
  assert.deepEqual(await engine.call('photos.original', { photo }), { path: file, format: 'jpeg' });
  await assert.rejects(engine.call('photos.original', { photo: 999 }), { code: 'not-found' });

  const outside = path.join(photos, '..', 'secret.jpg');
  renameSync(file, outside);
  symlinkSync(outside, file);
  await assert.rejects(engine.call('photos.original', { photo }), { code: 'not-found' });
  rmSync(file);
  await assert.rejects(engine.call('photos.original', { photo }), { code: 'not-found' });
});

test('a failed file is tried again when the person asks', async (t) => {
  const { library, photos } = freshPlace(t);
  const bad = path.join(photos, 'bad.jpg');
  writeFileSync(bad, 'no picture at all');
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  const failed = await engine.call('files.failed', {});
  assert.equal(failed.photos[0]?.path, bad);

  const none = await engine.call('files.retry', { files: [12_345] });
  assert.equal(none.queued, 0);
  const all = await engine.call('files.retry', { files: null });
  assert.equal(all.queued, 1);
  const status = await untilIdle(engine);
  assert.equal(status.counts.failed, 1);
});

test('paused by the person, nothing is read until they resume, and a new engine knows', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'citrus-fruit');
  const engine = await openTestEngine(library);
  await engine.call('work.pause', {});
  await engine.call('folders.add', { paths: [photos] });
  const held = await untilStatus(engine, ({ scanning, counts }) => !scanning && counts.pending > 0);
  assert.equal(held.paused, 'person');
  assert.equal(held.idle, false);
  await engine.close();

  const next = await openTestEngine(library);
  const status = await next.call('status.get', {});
  assert.equal(status.paused, 'person');
  assert.equal(status.counts.pending, 1);
  await next.call('work.resume', {});
  assert.equal((await untilIdle(next)).counts.indexed, 1);
});

test('settings stay, another threshold changes the tags as the preview said', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'cat-chelsea', 'horses', 'kingfisher', 'coffee-cup');
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  const before = await engine.call('settings.get', {});
  assert.equal(before.threshold, null);
  const shown = async () => {
    const { tags } = await engine.call('tags.list', {});
    return tags.reduce((sum, { count }) => sum + count, 0);
  };

  for (const threshold of [0.1, 0.95]) {
    const preview = await engine.call('settings.preview', { threshold });
    assert.equal(preview.shownNow, await shown());
    await engine.call('settings.set', { ...before, threshold });
    await untilIdle(engine);
    assert.equal(await shown(), preview.shownThen);
    const { untagged } = await engine.call('tags.tree', { query: query() });
    assert.equal(4 - untagged, preview.taggedThen);
  }
  await engine.close();
  const next = await openTestEngine(library);
  assert.equal((await next.call('settings.get', {})).threshold, 0.95);
});

test('other threads and batches take effect while the engine runs', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'cat-chelsea', 'horses');
  const engine = await openTestEngine(library, { device: null });
  const settings = await engine.call('settings.get', {});
  const wanted = { ...settings, device: 'cpu' as const, decodeWorkers: 1, maxBatch: 1 };
  assert.deepEqual(await engine.call('settings.set', wanted), wanted);
  await tagAll(engine, photos);
  const status = await untilStatus(engine, ({ device }) => device.name === 'cpu');
  assert.equal(status.counts.indexed, 2);
  assert.equal(status.batch, 1);
});

test('settings that change in the middle of the work end no thread inside a native call', async (t) => {
  const { library, photos } = freshPlace(t);
  const count = manyPhotos(photos, 'horses', 200).length;
  const deaths: string[] = [];
  const engine = await openTestEngine(library, {}, { onDeath: (why) => deaths.push(why) });
  const settings = await engine.call('settings.get', {});
  await engine.call('folders.add', { paths: [photos] });
  for (let change = 1; change <= 6; change += 1) {
    await untilStatus(engine, ({ counts }) => counts.indexed >= change * 10);
    await engine.call('settings.set', { ...settings, maxBatch: 8 + change });
  }
  const { counts } = await untilIdle(engine);
  assert.deepEqual(deaths, []);
  assert.deepEqual(counts, { pending: 0, indexed: count, failed: 0, skipped: 0 });
});

test('the status tells how busy each stage is, how long a photo takes and what was used', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'cat-chelsea', 'horses', 'kingfisher', 'coffee-cup', 'bridge-night');
  const engine = await openTestEngine(library);
  await engine.call('folders.add', { paths: [photos] });
  const { latency, stages, cpu } = await untilStatus(engine, ({ counts }) => counts.indexed === 5);
  assert.ok(latency && latency.p50 > 0 && latency.p99 >= latency.p50);
  for (const { busy } of [stages.decode, stages.infer]) assert.ok(busy > 0 && busy <= 1);
  assert.ok(cpu > 0 && cpu <= 1);
  assert.equal((await untilIdle(engine)).bottleneck, 'idle');
});
