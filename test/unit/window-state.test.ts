/** The window's store and pure logic: answers, selection, search chips, keys, tree, verdict, progress. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Bucket, Status } from '../../common/contract.ts';
import { deviceText } from '../../renderer/device-text.ts';
import * as format from '../../renderer/format.ts';
import { commandOf, type KeyStroke } from '../../renderer/keys.ts';
import { latest } from '../../renderer/latest.ts';
import { readPreferences, usualPreferences } from '../../renderer/preferences.ts';
import { ahead, progressAfter, standing, type Progress } from '../../renderer/progress.ts';
import {
  everything,
  flipTag,
  isEverything,
  readTyped,
  searchedText,
  toggleTag,
  withoutLastTag,
  withoutWord,
  withTag,
} from '../../renderer/search-words.ts';
import {
  firstState,
  rangeOf,
  reduce,
  spotAt,
  type Action,
  type FailedFile,
  type State,
} from '../../renderer/state.ts';
import { photoTagLines } from '../../renderer/tag-lines.ts';
import { filteredLines, treeLines, treeStep } from '../../renderer/tag-tree.ts';
import { texts } from '../../renderer/texts.ts';
import { createGate } from '../../renderer/thumb-gate.ts';
import { judge } from '../../renderer/verdict.ts';
import { whyEmpty } from '../../renderer/why-empty.ts';

const bucketOf = (...ids: number[]): Bucket => ({
  ids,
  hashes: ids.map((id) => `hash${String(id)}`),
  aspects: ids.map(() => 1.5),
  takenAt: ids.map((id) => id * 1_000),
});
const timelineOf = (...months: [string, number][]) => ({
  total: months.reduce((sum, [, count]) => sum + count, 0),
  months: months.map(([month, count]) => ({ month, count })),
  words: [],
});
const run = (state: State, ...actions: Action[]) => actions.reduce(reduce, state);
const start = firstState(usualPreferences);
const answer = (asked: number, buckets: Record<string, Bucket>): Action => ({
  type: 'answer',
  asked,
  revision: 1,
  timeline: timelineOf(
    ...Object.entries(buckets).map(([m, b]): [string, number] => [m, b.ids.length]),
  ),
  buckets,
});
const loaded = run(start, answer(1, { '2026-02': bucketOf(4, 3), '2026-01': bucketOf(2, 1) }));

describe('answers', () => {
  it('to an older query are dropped', () => {
    const asked = run(start, { type: 'query', query: withTag(everything, '猫') });
    assert.equal(run(asked, answer(1, { '2026-01': bucketOf(1) })), asked);
    const late = run(loaded, { type: 'query', query: withTag(everything, '猫') });
    const tree = { tags: [], untagged: 3, all: 9 };
    assert.equal(run(late, { type: 'tree', asked: 1, tree }), late);
  });

  it('to a new query replace every month; the old ones stand until then', () => {
    const asked = run(loaded, { type: 'query', query: withTag(everything, '猫') });
    assert.deepEqual(Object.keys(asked.buckets), ['2026-02', '2026-01']);
    const answered = run(asked, answer(asked.asked, { '2026-01': bucketOf(1) }));
    assert.deepEqual(Object.keys(answered.buckets), ['2026-01']);
  });

  it('keep the object of a month that did not change, and drop months that are gone', () => {
    const again = run(loaded, answer(1, { '2026-02': bucketOf(4, 3) }));
    assert.equal(again.buckets['2026-02'], loaded.buckets['2026-02']);
    assert.equal(again.buckets['2026-01'], undefined);
  });

  it('keep the open photo open where it now lies, and its place when it left the result', () => {
    const spot = spotAt(loaded.buckets, '2026-01', 1);
    assert.ok(spot);
    const open = run(loaded, { type: 'open', open: { ...spot, mode: 'photo' } });
    const more: Action = {
      type: 'buckets',
      asked: 1,
      revision: 2,
      buckets: { '2026-01': bucketOf(9, 2, 1) },
    };
    assert.equal(run(open, more).open?.index, 2);
    assert.equal(run(open, more).focus?.index, 2);
    const gone: Action = {
      type: 'buckets',
      asked: 1,
      revision: 2,
      buckets: { '2026-01': bucketOf(2) },
    };
    assert.deepEqual(run(open, gone).open, { ...spot, mode: 'photo' });
  });

  it('put the mark of a photo that left on the one that took its place', () => {
    const [spot, alone] = [
      spotAt(loaded.buckets, '2026-02', 0),
      { id: 9, month: '2026-03', index: 0 },
    ];
    const markAfter = (focus: typeof spot, buckets: Record<string, Bucket>) =>
      run(loaded, { type: 'focus', spot: focus }, answer(1, buckets)).focus;
    const older = { '2026-01': bucketOf(2, 1) };
    assert.deepEqual(markAfter(spot, { '2026-02': bucketOf(3), ...older }), {
      id: 3,
      month: '2026-02',
      index: 0,
    });
    const last = spotAt(loaded.buckets, '2026-02', 1);
    assert.equal(markAfter(last, { '2026-02': bucketOf(4), ...older })?.id, 4);
    assert.equal(markAfter(alone, { '2026-02': bucketOf(4, 3), ...older })?.id, 4);
    assert.equal(markAfter(spot, {}), null);
    const chosen = run(loaded, { type: 'select', selected: new Set([4]), anchor: spot });
    assert.equal(run(chosen, answer(1, older)).anchor?.id, 2, 'a range starts there too');
  });

  it('about a photo that is no longer open are dropped', () => {
    const detail = { path: '/a.jpg', tags: [], decisions: [] } as unknown as NonNullable<
      State['detail']
    >;
    const open = run(loaded, {
      type: 'open',
      open: { id: 4, month: '2026-02', index: 0, mode: 'photo' },
    });
    assert.equal(run(open, { type: 'detail', photo: 3, detail }).detail, null);
    assert.equal(run(open, { type: 'detail', photo: 4, detail }).detail, detail);
  });
});

describe('selection', () => {
  it('spans months in both directions and names the months it lacks', () => {
    const from = { id: 3, month: '2026-02', index: 1 };
    const to = { id: 2, month: '2026-01', index: 0 };
    assert.deepEqual(rangeOf(loaded, from, to), { ids: [3, 2], missing: [] });
    assert.deepEqual(rangeOf(loaded, to, from), { ids: [3, 2], missing: [] });
    const partly = { timeline: loaded.timeline, buckets: { '2026-02': bucketOf(4, 3) } };
    assert.deepEqual(rangeOf(partly, from, to), { ids: [3], missing: ['2026-01'] });
  });

  it('ends with a new query', () => {
    const chosen = run(loaded, { type: 'select', selected: new Set([4]), anchor: null });
    assert.equal(run(chosen, { type: 'query', query: everything }).selected.size, 0);
  });

  it('loses the photos that left the result, also with their month', () => {
    const chosen = run(loaded, { type: 'select', selected: new Set([4, 2, 1]), anchor: null });
    const again = (buckets: Record<string, Bucket>) => run(chosen, answer(1, buckets)).selected;
    const all = { '2026-02': bucketOf(4, 3), '2026-01': bucketOf(2, 1) };
    assert.equal(again(all), chosen.selected);
    assert.deepEqual([...again({ ...all, '2026-01': bucketOf(1) })], [4, 1]);
    assert.deepEqual([...again({ '2026-02': bucketOf(4, 3) })], [4]);
  });

  it('keeps at most three notices', () => {
    const notices = [1, 2, 3, 4].map((id): Action => ({
      type: 'notice',
      notice: { id, code: 'added', tone: 'good', count: 1, detail: '' },
    }));
    const told = run(start, ...notices);
    assert.deepEqual(
      told.notices.map(({ id }) => id),
      [2, 3, 4],
    );
    assert.deepEqual(
      run(told, { type: 'notice-gone', id: 3 }).notices.map(({ id }) => id),
      [2, 4],
    );
  });
});

describe('search chips', () => {
  it('stand on one side only', () => {
    const wanted = withTag(withTag(everything, '狗'), '狗', true);
    assert.deepEqual([wanted.tags, wanted.without], [[], ['狗']]);
    assert.deepEqual(flipTag(wanted, '狗').tags, ['狗']);
    assert.deepEqual(withTag(withTag(everything, '狗'), '狗').tags, ['狗']);
  });

  it('are taken away from the end, exclusions first', () => {
    const query = withTag(withTag(withTag(everything, '狗'), '户外'), '草地', true);
    assert.deepEqual(withoutLastTag(query).without, []);
    assert.deepEqual(withoutLastTag(withoutLastTag(query)).tags, ['狗']);
    assert.ok(isEverything(toggleTag(toggleTag(everything, '狗'), '狗')));
  });

  it('read 不要 and a dash as exclusion, which is not searched while it is typed', () => {
    assert.deepEqual(readTyped('-猫'), { before: '', word: '猫', excludes: true });
    assert.deepEqual(readTyped('不要 草地'), { before: '', word: '草地', excludes: true });
    assert.deepEqual(readTyped(' 猫 '), { before: '', word: '猫', excludes: false });
    for (const half of ['-', '不要', '不要草']) assert.equal(searchedText(half), '', half);
    assert.equal(searchedText(' 海边 '), '海边');
  });

  it('read it behind other words, which are looked for meanwhile', () => {
    assert.deepEqual(readTyped('动物 -猫'), { before: '动物', word: '猫', excludes: true });
    assert.deepEqual(readTyped('海边，不要人'), { before: '海边，', word: '人', excludes: true });
    assert.deepEqual(readTyped('-猫 -狗'), { before: '', word: '猫 狗', excludes: true });
    assert.equal(searchedText('动物 -'), '动物');
  });

  it('read no exclusion in the names of tags', () => {
    for (const name of ['非洲象', 't-shirt'])
      assert.deepEqual(readTyped(name), { before: '', word: name, excludes: false });
  });

  it('lose one of several', () => {
    assert.equal(withoutWord('户外 动物园 动', '动'), '户外 动物园');
    assert.equal(withoutWord('动', '动'), '');
  });
});

describe('keys', () => {
  const stroke = (key: string, more: Partial<KeyStroke> = {}): KeyStroke => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    repeat: false,
    ...more,
  });
  it('mean one thing a place', () => {
    assert.equal(commandOf(stroke('/'), 'grid'), 'search');
    assert.equal(commandOf(stroke(' '), 'grid'), 'preview');
    assert.equal(commandOf(stroke(' '), 'preview'), 'close');
    assert.equal(commandOf(stroke('X'), 'photo'), 'tag-reject');
    assert.equal(commandOf(stroke('x'), 'grid'), 'toggle');
    assert.equal(commandOf(stroke('a', { ctrlKey: true }), 'grid'), 'select-all');
    assert.equal(commandOf(stroke('a', { metaKey: true }), 'photo'), null);
  });
  it('are done once while they are held, but for those that go on', () => {
    const held = (key: string, place: 'grid' | 'preview') =>
      commandOf(stroke(key, { repeat: true }), place);
    assert.equal(held('ArrowRight', 'grid'), 'right');
    for (const key of [' ', 'Escape', 'Enter', 'x']) assert.equal(held(key, 'grid'), null, key);
    assert.equal(held(' ', 'preview'), null);
  });
  it('leave letters to fields and to the input method', () => {
    for (const key of ['/', 'x', ' ', 'Enter', 'ArrowDown', 'Escape'])
      assert.equal(commandOf(stroke(key), 'text'), null, key);
    assert.equal(commandOf(stroke('Enter', { isComposing: true }), 'grid'), null);
    assert.equal(commandOf(stroke('f', { ctrlKey: true }), 'text'), 'search');
  });
});

describe('the tag tree', () => {
  const few = [
    { name: '狗', count: 5, parents: ['宠物', '哺乳动物'] },
    { name: '宠物', count: 8, parents: ['动物'] },
    { name: '动物', count: 9, parents: [] },
    { name: '哺乳动物', count: 7, parents: ['动物'] },
    { name: '云', count: 2, parents: ['天空'] },
  ];
  const rest = Array.from({ length: 12 }, (_, at) => ({
    name: `别的${String(at)}`,
    count: 1,
    parents: [],
  }));
  const drawn = (tags: typeof few, turned: Record<string, boolean> = {}) =>
    treeLines(tags, new Map(Object.entries(turned)))
      .filter(({ name }) => !name.startsWith('别的'))
      .map(({ name, depth }) => `${String(depth)}${name}`);

  it('hangs a tag below each parent and roots what has no parent here', () => {
    assert.deepEqual(drawn(few), ['0动物', '1宠物', '2狗', '1哺乳动物', '2狗', '0云']);
    const keys = treeLines(few, new Map()).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });
  it('is closed where it is long and open where it is small, until the person turns it', () => {
    const isOpened = { 动物: true };
    assert.deepEqual(drawn([...few, ...rest]), ['0动物', '0云']);
    assert.deepEqual(drawn([...few, ...rest], isOpened), ['0动物', '1宠物', '1哺乳动物', '0云']);
    assert.deepEqual(drawn(few, { 动物: false }), ['0动物', '0云']);
    // Choosing a tag makes the tree small: what was opened to get there stays open.
    assert.deepEqual(drawn(few, isOpened), drawn(few));
  });
  it('leads by keys as the platforms’ own trees do', () => {
    // 动物, 宠物, 狗, 哺乳动物, 狗, 云: all open.
    const lines = treeLines(few, new Map());
    const steps = (at: number, ...keys: string[]) => keys.map((key) => treeStep(lines, at, key));
    assert.deepEqual(steps(0, 'ArrowUp', 'ArrowDown', 'End'), [null, { to: 1 }, { to: 5 }]);
    assert.deepEqual(steps(5, 'ArrowDown', 'ArrowUp', 'Home'), [null, { to: 4 }, { to: 0 }]);
    assert.deepEqual(steps(0, 'ArrowRight', 'ArrowLeft'), [{ to: 1 }, 'toggle']);
    assert.deepEqual(steps(4, 'ArrowRight', 'ArrowLeft', 'a'), [null, { to: 3 }, null]);
    assert.equal(treeStep(treeLines(few, new Map([['动物', false]])), 0, 'ArrowRight'), 'toggle');
    assert.equal(treeStep([], 0, 'ArrowDown'), null);
  });
  it('opens an only branch by itself', () => {
    const below = rest.map((tag) => ({ ...tag, parents: ['狗'] }));
    const dogs = [...few.slice(0, 4), ...below];
    assert.deepEqual(drawn(dogs, { '动物/宠物': true }), ['0动物', '1宠物', '2狗', '1哺乳动物']);
  });
  it('ends although two tags name each other', () => {
    const loop = [
      { name: 'a', count: 1, parents: ['b'] },
      { name: 'b', count: 1, parents: ['a', 'top'] },
      { name: 'top', count: 1, parents: [] },
    ];
    assert.deepEqual(drawn(loop), ['0top', '1b', '2a']);
  });
  it('filters to a flat list', () => {
    assert.deepEqual(
      filteredLines(few, ['动物', '动物园', '哺乳动物']).map(({ name, count }) => [name, count]),
      [
        ['动物', 9],
        ['哺乳动物', 7],
      ],
    );
  });
});

describe('tags of a photo', () => {
  it('show what a person said, and what they took away at the end', () => {
    const lines = photoTagLines({
      tags: [
        { name: '猫', score: 0.9, source: 'model' },
        { name: '狗', score: 0.6, source: 'model' },
        { name: '老家', score: 1, source: 'person' },
      ],
      decisions: [
        { tag: '猫', verdict: 'confirmed' },
        { tag: '汽车', verdict: 'rejected' },
      ],
    });
    assert.deepEqual(
      lines.map(({ name, verdict }) => [name, verdict]),
      [
        ['猫', 'confirmed'],
        ['狗', null],
        ['老家', 'added'],
        ['汽车', 'rejected'],
      ],
    );
  });
  it('stay where they stand while the person decides; a new one comes first', () => {
    const lines = photoTagLines(
      {
        tags: [
          { name: '老家', score: 1, source: 'person' },
          { name: '宠物', score: 0.9, source: 'model' },
          { name: '猫', score: 0.8, source: 'model' },
        ],
        decisions: [
          { tag: '宠物', verdict: 'confirmed' },
          { tag: '狗', verdict: 'rejected' },
        ],
      },
      ['猫', '狗', '宠物'],
    );
    assert.deepEqual(
      lines.map(({ name }) => name),
      ['老家', '猫', '狗', '宠物'],
    );
  });
});

const stage = { waiting: 0, active: 0, ms: 10, busy: 0.2 };
const status: Status = {
  idle: false,
  scanning: false,
  counts: { pending: 100, indexed: 0, failed: 0, skipped: 0 },
  device: { name: 'cuda', unused: [], mostAtOnce: null, servers: [], help: null },
  photosPerSecond: 50,
  stages: {
    read: stage,
    decode: { ...stage, busy: 0.97 },
    infer: { ...stage, busy: 0.38 },
    save: stage,
  },
  batch: 8,
  tuning: {
    decodeWorkers: 4,
    maxBatch: 32,
    maxDelayMs: 100,
    phase: 'steady',
    reason: 'usual',
    step: null,
  },
  latency: null,
  gpu: null,
  cpu: 0.9,
  bottleneck: 'decode',
  paused: null,
  unwatched: 0,
  restored: null,
  damagedPacks: [],
  memoryBytes: 1,
  peakMemoryBytes: 0,
  cpuSeconds: 0,
};

describe('the verdict', () => {
  it('says who waits for whom', () => {
    assert.deepEqual(judge(status), {
      code: 'decode-gpu-waits',
      tone: 'busy',
      busy: 0.97,
      spare: 0.62,
    });
    assert.equal(
      judge({
        ...status,
        device: { name: 'cpu', unused: [], mostAtOnce: null, servers: [], help: null },
      }).code,
      'decode',
    );
    assert.equal(judge({ ...status, bottleneck: 'infer' }).code, 'gpu-full');
    const remote = { ...status, device: { ...status.device, name: 'remote' as const } };
    assert.equal(judge({ ...remote, bottleneck: 'infer' }).code, 'servers-full');
    assert.equal(judge(remote).code, 'decode');
    assert.equal(judge({ ...status, bottleneck: 'read' }).code, 'read');
    assert.equal(judge({ ...status, bottleneck: 'idle', idle: true }).code, 'idle');
    assert.equal(texts.zh.verdict['decode-gpu-waits'], '解码跟不上，GPU 在等图');
  });
  it('puts a pause before everything else', () => {
    assert.equal(judge({ ...status, paused: 'person' }).code, 'paused');
    assert.deepEqual(judge({ ...status, paused: 'disk-full' }).tone, 'bad');
  });
});

describe('the device', () => {
  const cuda = { ...status.device, name: 'cuda' } as const;
  const card = 'NVIDIA GeForce RTX 4070';
  it('is named with its card, which the CPU has none of', () => {
    assert.equal(deviceText('zh', cuda, card).name, `${card} · NVIDIA GPU (CUDA)`);
    assert.equal(deviceText('zh', { ...cuda, name: 'cpu' }, card).name, 'CPU');
    assert.equal(deviceText('zh', { ...cuda, name: null }, card).name, '正在准备模型…');
  });
  it('says how few photos its memory has room for', () => {
    const small = { ...cuda, mostAtOnce: 4 };
    assert.equal(deviceText('zh', cuda, card).limit, null);
    assert.equal(deviceText('zh', small, card).limit, '显存只够一次识别 4 张，更大的批次会分开做');
    assert.match(deviceText('en', small, card).limit ?? '', /room for 4 photos at once/);
  });
});

describe('progress', () => {
  const after = (progress: Progress, changed: Partial<Status>, atMs: number) =>
    progressAfter(progress, { ...status, ...changed }, atMs);
  const counts = (pending: number, indexed: number) => ({
    pending,
    indexed,
    failed: 0,
    skipped: 0,
  });
  const empty: Progress = { samples: [], run: null };

  it('counts a run from where it started', () => {
    const begun = after(empty, { counts: counts(100, 40) }, 0);
    const going = after(begun, { counts: counts(50, 90) }, 2_000);
    const way = ahead(going, { ...status, counts: counts(50, 90) }, 2_000);
    assert.deepEqual(way, {
      done: 50,
      total: 100,
      share: 0.5,
      averagePerSecond: 25,
      leftMs: 1_000,
    });
  });
  it('stands still once the run is over, and a new one starts from nothing', () => {
    const begun = after(empty, { counts: counts(10, 0) }, 0);
    const over = after(begun, { idle: true, counts: counts(0, 10) }, 1_000);
    assert.equal(over.run?.endedAtMs, 1_000);
    assert.equal(after(over, { idle: true }, 9_000).run, over.run);
    assert.equal(after(over, { counts: counts(5, 10) }, 9_000).run?.settledAtStart, 10);
  });
  it('tells no time left while scanning or paused', () => {
    const begun = after(empty, {}, 0);
    assert.equal(ahead(begun, { ...status, scanning: true }, 5_000)?.leftMs, null);
    assert.equal(ahead(begun, { ...status, paused: 'person' }, 5_000)?.leftMs, null);
  });
  it('keeps one sample a second for five minutes', () => {
    let progress = empty;
    for (let atMs = 0; atMs <= 400_000; atMs += 250) progress = after(progress, {}, atMs);
    const { samples } = progress;
    assert.ok(samples.length <= 301, String(samples.length));
    assert.equal(samples.at(-1)?.atMs, 400_000);
  });
});

describe('how the work stands', () => {
  const at = (
    changed: Partial<Status['counts']>,
    rest: Partial<Status> = {},
    isWorking = false,
  ) => {
    const counts = { pending: 0, indexed: 0, failed: 0, skipped: 0, ...changed };
    return standing({ ...status, idle: true, counts, ...rest }, isWorking);
  };

  it('calls all recognised only what is', () => {
    assert.equal(at({ indexed: 3 }), 'done');
    assert.equal(at({ indexed: 3, failed: 1 }), 'some-unread');
    assert.equal(at({ indexed: 3, skipped: 1 }), 'some-unread');
    assert.equal(at({ failed: 1, skipped: 1 }), 'nothing-read');
    assert.equal(at({}), 'none');
  });
  it('tells what goes on before what was', () => {
    assert.equal(at({ indexed: 3, failed: 1, pending: 2 }, { idle: false }, true), 'working');
    assert.equal(at({ failed: 1 }, { scanning: true }), 'scanning');
  });
  it('is not at work while something stops it', () => {
    for (const [paused, word] of [
      ['person', 'paused'],
      ['bench', 'measuring'],
      ['disk-full', 'stopped'],
      ['model', 'stopped'],
    ] as const)
      assert.equal(at({ pending: 2 }, { idle: false, paused }, true), word);
  });
});

describe('an empty grid', () => {
  const folder = (id: number, path: string) => ({
    id,
    path,
    online: true,
    picked: false,
    scanning: false,
    photos: 0,
  });
  const failedAt = (path: string, file: number): FailedFile => ({
    file,
    path,
    status: 'skipped',
    reason: { code: 'unsupported-format', detail: 'PSD' },
  });
  const state = {
    query: everything,
    status: { ...status, idle: true },
    folders: [folder(1, '/photos/2024'), folder(2, '/photos/2024 old'), folder(3, 'D:\\')],
    failed: [failedAt('/photos/2024/a.psd', 1), failedAt('D:\\b.psd', 2)],
  };
  const inFolder = (id: number) => whyEmpty({ ...state, query: { ...everything, folder: id } });
  it('says how many files cannot be read, of all or of the folder that is looked at', () => {
    assert.deepEqual(whyEmpty(state), { code: 'unreadable', files: 2 });
    assert.deepEqual(inFolder(1), { code: 'unreadable', files: 1 });
    assert.deepEqual(inFolder(2), { code: 'none' });
    assert.deepEqual(inFolder(3), { code: 'unreadable', files: 1 });
  });
  it('says nothing of them while there is work, nor to a search', () => {
    assert.deepEqual(whyEmpty({ ...state, status }), { code: 'working' });
    const query = withTag(everything, '猫');
    assert.deepEqual(whyEmpty({ ...state, query }), { code: 'none-found' });
  });
});

describe('small things', () => {
  it('preferences survive whatever was stored', () => {
    for (const stored of [null, '', '[]', '7', '{"rowHeight":1e9,"theme":"pink","language":3}'])
      assert.deepEqual(readPreferences(stored), usualPreferences, String(stored));
    assert.equal(readPreferences('{"theme":"dark","isPanelOpen":false}').theme, 'dark');
  });
  it('only the newest waiting job runs', async () => {
    const ran: string[] = [];
    const once = latest();
    const done = new Promise<void>((resolve) => {
      once(async () => {
        ran.push('first');
        await Promise.resolve();
      });
      for (const name of ['second', 'third'])
        once(() => {
          ran.push(name);
          resolve();
          return Promise.resolve();
        });
    });
    await done;
    assert.deepEqual(ran, ['first', 'third']);
  });
  it('the gate calls each waiter once, and not those who left', () => {
    const gate = createGate();
    const called: string[] = [];
    gate.close();
    gate.wait(() => called.push('stays'));
    gate.wait(() => called.push('leaves'))();
    gate.open();
    gate.open();
    assert.deepEqual(called, ['stays']);
  });
  it('the gate lets what is in sight through first, and the rest a moment later', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const gate = createGate();
    const called: string[] = [];
    gate.close();
    gate.look(1_000, 2_000);
    gate.wait(() => called.push('above'), 500);
    gate.wait(() => called.push('in sight'), 1_500);
    gate.open();
    assert.ok(gate.isOpen(1_500) && !gate.isOpen(2_500));
    assert.deepEqual(called, ['in sight']);
    gate.wait(() => called.push('below'), 2_500);
    gate.look(2_000, 3_000);
    assert.deepEqual(called, ['in sight', 'below']);
    t.mock.timers.tick(100);
    assert.deepEqual(called, ['in sight', 'below', 'above']);
  });
  it('formats as the language writes', () => {
    const at = Date.UTC(2025, 7, 16, 16, 42);
    assert.deepEqual(format.day('zh', at), { date: '2025年8月16日', weekday: '周六' });
    assert.equal(format.monthTitle('zh', '2024-05'), '2024年5月');
    assert.match(format.wallTime('zh', '2025-08-16T16:42:00+08:00'), /2025年8月16日.*16:42/);
    assert.equal(format.bytes(999), '999 B');
    assert.equal(format.bytes(20_000_000_000), '20 GB');
    assert.equal(format.bytes(3_984_588), '4.0 MB');
    assert.equal(format.bytes(999_700_000), '1.0 GB');
    assert.equal(format.bytes(1_078_248_561), '1.1 GB');
    assert.equal(format.gibibytes(12_282 * 2 ** 20), '12.0 GiB');
    assert.equal(format.duration('zh', 61_000), '1 分钟');
    assert.equal(format.percent(0.376), '38 %');
    assert.deepEqual(format.splitPath('C:\\照片\\a.jpg'), { folder: 'C:\\照片', name: 'a.jpg' });
    assert.deepEqual(format.splitPath('/a.jpg'), { folder: '/', name: 'a.jpg' });
    assert.equal(format.folderName('/data/旅行/'), '旅行');
    const shot = { aperture: 1.78, exposureSeconds: 1 / 420, iso: 64, focalLengthMm: null };
    assert.equal(format.exposure(shot), 'ƒ/1.8 · 1/420 s · ISO 64');
    assert.equal(format.exposure({ ...shot, exposureSeconds: 2.5, iso: null }), 'ƒ/1.8 · 2.5 s');
    assert.equal(
      format.coordinates({ latitude: -25.6065, longitude: 100.2676 }),
      '25.6065° S, 100.2676° E',
    );
  });
});
