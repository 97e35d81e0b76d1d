/**
 * Speaks to the engine and the shell for the window: asks what the state needs, carries out what the
 * person wants, and puts every answer into the store.
 */
import {
  ContractError,
  type Bucket,
  type Query,
  type Settings,
  type Verdict,
} from '../common/contract.ts';
import { engine, shell } from './bridge.ts';
import { latest } from './latest.ts';
import type { Preferences } from './preferences.ts';
import { rangeOf, type Buckets, type NoticeCode, type Spot, type Suggestion } from './state.ts';
import { dispatch, getState } from './store.ts';

/** Photos asked for together with a new timeline, so that the first screen comes in one piece. */
const firstScreen = 150;
/** While photos come in, the result is asked for again at most this often. */
const refreshMs = 1_000;
/** And at most for this share of the time: a month of 100,000 photos takes long to send. */
const refreshShare = 1 / 8;
const noticeMs = 5_000;
const statusMs = 2_000;

const searching = latest();
const suggesting = latest();
const counting = latest();
const listing = latest();
const failing = latest();
/** Months on their way, by what they answer. */
const loadingMonths = new Map<string, Promise<void>>();
let noticeId = 0;
let lastStatusMs = 0;
let resultTookMs = 0;
let wasGone = false;

export function start(): void {
  shell.on('shell.changed', (changed) => {
    dispatch({ type: 'shell', shell: changed });
    // What was asked while it started is answered; what was asked of one that went is not.
    if (changed.engine === 'running' && wasGone) refreshAll();
    wasGone = changed.engine !== 'running';
  });
  shell.on('shell.command', ({ command }) => {
    if (command === 'settings') dispatch({ type: 'dialog', dialog: 'settings' });
    else if (command === 'panel') togglePanel();
    else if (command === 'add-folder') void chooseFolders();
    else focusSearch();
  });
  engine.on('status.changed', (status) => {
    lastStatusMs = performance.now();
    const before = getState().status;
    dispatch({ type: 'status', status, atMs: Date.now() });
    // Also a folder that came back: its scan may begin and end between two events.
    dueFolders();
    if (
      before?.counts.failed !== status.counts.failed ||
      before.counts.skipped !== status.counts.skipped
    )
      dueFailed();
    if (before?.idle === false && status.idle) refreshResult();
  });
  engine.on('photos.changed', duePhotos);
  // An engine at rest says nothing; the panel's lines go on all the same.
  setInterval(() => {
    if (document.hidden || performance.now() - lastStatusMs < statusMs) return;
    if (getState().shell?.engine === 'running') void loadStatus();
  }, statusMs / 2);
  void quietly(async () => {
    dispatch({ type: 'shell', shell: await shell.call('shell.state', {}) });
  });
  const { language, theme } = getState().preferences;
  void quietly(() => shell.call('shell.appearance', { language, theme }));
  refreshAll();
}

/** Also when another engine took over: nothing that was told before counts any more. */
export function refreshAll(): void {
  void loadStatus();
  loadFolders();
  loadFailed();
  refreshResult();
  void quietly(async () => {
    dispatch({ type: 'settings', settings: await engine.call('settings.get', {}) });
  });
}

const duePhotos = throttled(() => Math.max(refreshMs, resultTookMs / refreshShare), refreshResult);
const dueFolders = throttled(() => refreshMs, loadFolders);
/** Tens of thousands of videos are a long list, and its length changes with every status. */
const dueFailed = throttled(() => refreshMs, loadFailed);

function refreshResult(): void {
  dispatch({ type: 'changed' });
  loadResult();
  const { open: opened } = getState();
  if (opened) void loadDetail(opened.id);
}

/** The timeline of the query that stands now, with its first screen; the tree of its tags once that is shown. */
function loadResult(): void {
  searching(async () => {
    const began = performance.now();
    await quietly(async () => {
      const { asked, revision, query, answered } = getState();
      const timeline = await engine.call('photos.timeline', { query });
      if (getState().asked !== asked) return;
      const known = new Set(timeline.months.map(({ month }) => month));
      const wanted =
        answered === asked
          ? seenMonths.filter((month) => known.has(month))
          : monthsFor(timeline.months, firstScreen);
      const buckets = await fetchBuckets(query, wanted);
      dispatch({ type: 'answer', asked, revision, timeline, buckets });
    });
    resultTookMs = performance.now() - began;
    counting(loadTree);
  });
}

async function loadTree(): Promise<void> {
  await quietly(async () => {
    const { asked, query } = getState();
    const tree = await engine.call('tags.tree', { query });
    dispatch({ type: 'tree', asked, tree });
  });
}

function monthsFor(months: readonly { month: string; count: number }[], photos: number): string[] {
  const found: string[] = [];
  let sum = 0;
  for (const { month, count } of months) {
    if (sum >= photos) break;
    found.push(month);
    sum += count;
  }
  return found;
}

async function fetchBuckets(query: Query, months: readonly string[]): Promise<Buckets> {
  const buckets: Record<string, Bucket> = {};
  await Promise.all(
    months.map(async (month) => {
      buckets[month] = await engine.call('photos.bucket', { query, month });
    }),
  );
  return buckets;
}

let seenMonths: readonly string[] = [];

/**
 * The grid shows these months now: what is not here, or older than the last change, is asked for. Later changes ask for
 * them with the result.
 */
export function seeMonths(months: readonly string[]): void {
  seenMonths = months;
  for (const month of months) void loadMonth(month);
}

/** Resolves when the month is here, whoever asked for it. */
export function loadMonth(month: string): Promise<void> {
  const { answered, asked, revision, loadedAt, query } = getState();
  if (answered !== asked || loadedAt[month] === revision) return Promise.resolve();
  const key = `${String(asked)} ${String(revision)} ${month}`;
  const coming =
    loadingMonths.get(key) ??
    quietly(async () => {
      const buckets = await fetchBuckets(query, [month]);
      dispatch({ type: 'buckets', asked, revision, buckets });
    }).finally(() => loadingMonths.delete(key));
  loadingMonths.set(key, coming);
  return coming;
}

function loadFolders(): void {
  listing(async () => {
    await quietly(async () => {
      const { folders } = await engine.call('folders.list', {});
      dispatch({ type: 'folders', folders });
    });
  });
}

function loadFailed(): void {
  failing(async () => {
    await quietly(async () => {
      const { photos } = await engine.call('files.failed', {});
      dispatch({ type: 'failed', failed: photos });
    });
  });
}

async function loadStatus(): Promise<void> {
  lastStatusMs = performance.now();
  await quietly(async () => {
    dispatch({ type: 'status', status: await engine.call('status.get', {}), atMs: Date.now() });
  });
}

export function search(query: Query): void {
  dispatch({ type: 'query', query });
  loadResult();
}

export function suggest(text: string): void {
  suggesting(async () => {
    await quietly(async () => {
      const { suggestions } = await engine.call('tags.suggest', { text, limit: 8 });
      dispatch({ type: 'suggestions', suggestions: { text, list: suggestions } });
    });
  });
}

/** Suggestions for a field of its own, outside the store. */
export async function suggestTags(text: string, limit: number): Promise<readonly Suggestion[]> {
  return (await engine.call('tags.suggest', { text, limit })).suggestions;
}

/** Every tag that a text means; none where a word of it is not known. */
export async function tagsMeant(text: string): Promise<readonly string[]> {
  const { words } = await engine.call('photos.search', { query: text, limit: 0, offset: 0 });
  const isKnown = words.every(({ tags }) => tags.length > 0);
  return isKnown ? words.flatMap(({ tags }) => tags) : [];
}

export async function addPaths(paths: readonly string[]): Promise<void> {
  const known = paths.filter((path) => path !== '');
  if (known.length === 0) {
    notice('not-addable', 'bad');
    return;
  }
  await loudly(async () => {
    const before = new Set(getState().folders?.map(({ id }) => id));
    const { folders } = await engine.call('folders.add', { paths: known });
    loadFolders();
    // One of several picked photos may be new where its folder is not.
    const isNew = folders.some(({ id, picked }) => picked || !before.has(id));
    notice(isNew ? 'added' : 'already-here', 'good');
  });
}

export function addDropped(files: Iterable<File>): Promise<void> {
  return addPaths([...files].map((file) => window.wanwu.pathOf(file)));
}

export async function chooseFolders(): Promise<void> {
  await loudly(async () => {
    const { paths } = await shell.call('shell.chooseFolders', {});
    if (paths.length > 0) await addPaths(paths);
  });
}

export async function addSamples(): Promise<void> {
  await loudly(async () => {
    const { path } = await shell.call('shell.samples', {});
    await addPaths([path]);
  });
}

export async function removeFolder(folder: number): Promise<void> {
  await loudly(async () => {
    await engine.call('folders.remove', { folder });
    loadFolders();
    loadFailed();
    const { query } = getState();
    if (query.folder === folder) search({ ...query, folder: null });
    else refreshResult();
  });
}

export async function retry(files: readonly number[] | null): Promise<void> {
  await loudly(async () => {
    const { queued } = await engine.call('files.retry', { files: files && [...files] });
    // The list follows the counts: asked for now, it would stay empty when all fail again at once.
    notice('retried', 'good', queued);
  });
}

export async function setPaused(isPaused: boolean): Promise<void> {
  await loudly(async () => {
    await engine.call(isPaused ? 'work.pause' : 'work.resume', {});
    await loadStatus();
  });
}

export function open(spot: Spot | null, mode: 'photo' | 'preview' = 'photo'): void {
  dispatch({ type: 'open', open: spot && { ...spot, mode } });
  if (spot) void loadDetail(spot.id);
}

export async function loadDetail(photo: number): Promise<void> {
  await quietly(async () => {
    const detail = await engine.call('photos.get', { photo });
    dispatch({ type: 'detail', photo, detail });
  });
}

export async function decide(photo: number, tag: string, verdict: Verdict | null): Promise<void> {
  await loudly(async () => {
    const gone = await decideOne(photo, tag, verdict);
    await loadDetail(photo);
    duePhotos();
    sayGone(gone);
  });
}

/** Says the same of every chosen photo, one after the other: a person's word is written safely. */
export async function decideAll(photos: readonly number[], tag: string, verdict: Verdict) {
  await loudly(async () => {
    const gone = new Set<string>();
    for (const photo of photos)
      for (const one of await decideOne(photo, tag, verdict)) gone.add(one);
    notice('tagged', 'good', photos.length);
    duePhotos();
    sayGone([...gone]);
  });
}

/** Returns the other tags that went with it: what is no animal is no cat either. */
async function decideOne(photo: number, tag: string, verdict: Verdict | null): Promise<string[]> {
  const before = await engine.call('photos.get', { photo });
  const { tags } = await engine.call('photos.decide', { photo, tag, verdict });
  const after = new Set([tag, ...tags.map(({ name }) => name)]);
  return before.tags.map(({ name }) => name).filter((name) => !after.has(name));
}

const namedAtMost = 8;

function sayGone(tags: readonly string[]): void {
  if (tags.length === 0) return;
  const more = tags.length > namedAtMost ? '…' : '';
  notice('gone-too', 'good', 0, tags.slice(0, namedAtMost).join('、') + more);
}

export async function reveal(photo: number): Promise<void> {
  try {
    await shell.call('shell.reveal', { photo });
  } catch (error) {
    notice('cannot-reveal', 'bad', 0, detailOf(error));
  }
}

export async function selectTo(spot: Spot): Promise<void> {
  const from = getState().anchor ?? spot;
  await Promise.all(rangeOf(getState(), from, spot).missing.map(loadMonth));
  dispatch({
    type: 'select',
    selected: new Set(rangeOf(getState(), from, spot).ids),
    anchor: from,
  });
}

export async function selectAll(): Promise<void> {
  const months = getState().timeline?.months ?? [];
  await Promise.all(months.map(({ month }) => loadMonth(month)));
  const ids = Object.values(getState().buckets).flatMap((bucket) => bucket.ids);
  dispatch({ type: 'select', selected: new Set(ids), anchor: null });
}

export async function loadInfo(): Promise<void> {
  await quietly(async () => {
    dispatch({ type: 'info', info: await engine.call('engine.info', {}) });
  });
}

export async function saveSettings(settings: Settings): Promise<void> {
  await loudly(async () => {
    dispatch({ type: 'settings', settings: await engine.call('settings.set', settings) });
    refreshResult();
  });
}

export function previewThreshold(threshold: number) {
  return engine.call('settings.preview', { threshold });
}

export function restartEngine(): void {
  void loudly(() => shell.call('shell.restartEngine', {}));
}

export function prefer(change: Partial<Preferences>): void {
  const preferences = { ...getState().preferences, ...change };
  dispatch({ type: 'preferences', preferences });
  const { language, theme } = preferences;
  if (change.language !== undefined || change.theme !== undefined)
    void quietly(() => shell.call('shell.appearance', { language, theme }));
}

const wideWindow = 1200;

/** Open where there is room, until the person says otherwise. */
export function isPanelOpen({ isPanelOpen: chosen }: Preferences): boolean {
  return chosen ?? window.innerWidth >= wideWindow;
}

export function togglePanel(): void {
  prefer({ isPanelOpen: !isPanelOpen(getState().preferences) });
}

export function focusSearch(): void {
  const focus = () => {
    const field = document.querySelector<HTMLInputElement>('[data-testid=search] input');
    field?.focus();
    field?.select();
  };
  if (!getState().open) {
    focus();
    return;
  }
  open(null);
  // Until the photo has left, nothing below it takes the focus; then it gives it back to where it was.
  setTimeout(focus);
}

function notice(code: NoticeCode, tone: 'good' | 'bad', count = 0, detail = ''): void {
  const id = (noticeId += 1);
  dispatch({ type: 'notice', notice: { id, code, tone, count, detail } });
  setTimeout(() => {
    dispatch({ type: 'notice-gone', id });
  }, noticeMs);
}

function detailOf(error: unknown): string {
  return error instanceof ContractError ? error.code : String(error);
}

/** What the person did not ask for: an engine that is gone says so itself, and all is asked again. */
export async function quietly(job: () => Promise<unknown>): Promise<void> {
  try {
    await job();
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    if (error.code !== 'engine-gone') console.error(error.message);
  }
}

/** What the person asked for: a failure is told. */
export async function loudly(job: () => Promise<unknown>): Promise<void> {
  try {
    await job();
  } catch (error) {
    notice('failed-call', 'bad', 0, detailOf(error));
  }
}

/** At once when the last time is `wait` ms ago, else once at the end of the wait. */
function throttled(wait: () => number, job: () => void): () => void {
  let last = -Infinity;
  let timer: number | null = null;
  return () => {
    if (timer !== null) return;
    timer = window.setTimeout(
      () => {
        timer = null;
        last = performance.now();
        job();
      },
      Math.max(0, last + wait() - performance.now()),
    );
  };
}
