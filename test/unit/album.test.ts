/** What the window asks of its engine, and when. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

type Listener = (text: string) => void;

/** A bridge with the calls that were made; nothing answers them but the test. */
const asked: { id: number; method: string; params: Record<string, unknown> }[] = [];
const listeners: Listener[] = [];
const tell = (frame: unknown) => {
  for (const listener of listeners) listener(JSON.stringify(frame));
};
const emit = (event: string, data: unknown) => {
  tell({ event, data });
};
const port = {
  send: (text: string) => {
    asked.push(JSON.parse(text) as (typeof asked)[number]);
  },
  onFrame: (listener: Listener) => {
    listeners.push(listener);
  },
};
mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
const { setTimeout, setInterval } = globalThis;
Object.assign(globalThis, {
  window: {
    wanwu: { engine: port, shell: { ...port, onFrame: () => undefined }, pathOf: () => '' },
    setTimeout,
    setInterval,
  },
  document: { hidden: true },
  localStorage: { getItem: () => null, setItem: () => undefined },
});
const album = await import('../../renderer/album.ts');
const { dispatch, getState } = await import('../../renderer/store.ts');

const bucketOf = (...ids: number[]) => ({
  ids,
  hashes: ids.map(String),
  aspects: ids.map(() => 1),
  takenAt: ids,
});

test('all photos are chosen, also those of a month that is still on its way', async () => {
  const months = ['2026-02', '2026-01'].map((month) => ({ month, count: 2 }));
  const timeline = { total: 4, months, words: [] };
  const { asked: query, revision } = getState();
  const buckets = { '2026-02': bucketOf(4, 3) };
  dispatch({ type: 'answer', asked: query, revision, timeline, buckets });
  album.seeMonths(['2026-01']);
  const chosen = album.selectAll();
  const [call, ...others] = asked.filter(({ method }) => method === 'photos.bucket');
  assert.equal(others.length, 0);
  tell({ id: call?.id, result: bucketOf(2, 1) });
  await chosen;
  assert.deepEqual([...getState().selected], [4, 3, 2, 1]);
});

test('a change is also asked of the photo that is open', () => {
  album.start();
  album.open({ id: 3, month: '2026-02', index: 1 });
  const details = () => asked.filter(({ method }) => method === 'photos.get').length;
  assert.equal(details(), 1);
  emit('photos.changed', {});
  mock.timers.tick(1_000);
  assert.equal(details(), 2);
});

test('a change asks for the months in sight, also for one that is on its way', async () => {
  const months = ['2026-02', '2026-01', '2025-12'];
  album.seeMonths(months);
  emit('photos.changed', {});
  mock.timers.tick(10_000);
  const answerLast = async (method: string, answer: object) => {
    tell({ id: asked.findLast((call) => call.method === method)?.id, ...answer });
    await new Promise(setImmediate);
  };
  await answerLast('photos.timeline', { error: { code: 'engine-gone', detail: '' } });
  const before = asked.length;
  const timeline = { total: 6, months: months.map((month) => ({ month, count: 2 })), words: [] };
  await answerLast('photos.timeline', { result: timeline });
  const wanted = asked.slice(before).filter(({ method }) => method === 'photos.bucket');
  assert.deepEqual(
    wanted.map(({ params }) => params['month']),
    months,
  );
});

test('a list that is still on its way is not asked for again with every change', () => {
  for (let skipped = 1; skipped <= 40; skipped += 1) {
    const counts = { pending: 1, indexed: 0, failed: 0, skipped };
    const stages = { read: {}, decode: {}, infer: {}, save: {} };
    emit('status.changed', { idle: false, counts, stages, paused: null });
    mock.timers.tick(250);
  }
  assert.equal(asked.filter(({ method }) => method === 'files.failed').length, 1);
});

test('a tag that is taken from several photos tells what else went with it', async () => {
  const tags = { 1: ['动物', '猫', '室内'], 2: ['动物', '狗', '户外'] };
  const left = { 1: ['室内'], 2: ['户外'] };
  const named = (names: string[]) => ({ tags: names.map((name) => ({ name })) });
  const answer = async (method: string, of: Record<number, string[]>) => {
    const call = asked.at(-1);
    assert.equal(call?.method, method);
    tell({ id: call.id, result: named(of[Number(call.params['photo'])] ?? []) });
    await new Promise(setImmediate);
  };
  const decided = album.decideAll([1, 2], '动物', 'rejected');
  for (const _photo of [1, 2]) {
    await answer('photos.get', tags);
    await answer('photos.decide', left);
  }
  await decided;
  const said = getState()
    .notices.slice(-2)
    .map(({ code, detail }) => [code, detail]);
  assert.deepEqual(said, [
    ['tagged', ''],
    ['gone-too', '猫、狗'],
  ]);
});
