/** All that the window knows, and the one reducer that changes it. Pure: no calls, no DOM, no clock. */
import type { BenchProgress } from '../common/bench.ts';
import type {
  BenchReport,
  Bucket,
  Folder,
  Info,
  PhotoDetail,
  Query,
  Result,
  Settings,
  ShellState,
  Status,
} from '../common/contract.ts';
import { progressAfter, type Progress } from './progress.ts';
import type { Preferences } from './preferences.ts';
import { everything } from './search-words.ts';

/** A photo on the screen: which one, and where it lies in the timeline. */
export interface Spot {
  id: number;
  month: string;
  index: number;
}
export type Timeline = Result<'photos.timeline'>;
export type Suggestion = Result<'tags.suggest'>['suggestions'][number];
export type FailedFile = Result<'files.failed'>['photos'][number];
export type Buckets = Readonly<Record<string, Bucket>>;

export type NoticeCode =
  | 'added'
  | 'already-here'
  | 'retried'
  | 'tagged'
  | 'gone-too'
  | 'not-addable'
  | 'failed-call'
  | 'cannot-reveal';
export interface Notice {
  id: number;
  code: NoticeCode;
  tone: 'good' | 'bad';
  count: number;
  detail: string;
}

/** Measuring this machine: how far it is, null while nothing is measured; and what was measured last. */
export interface Bench {
  progress: BenchProgress | null;
  report: BenchReport | null;
}

export interface State {
  shell: ShellState | null;
  status: Status | null;
  progress: Progress;
  bench: Bench;
  folders: readonly Folder[] | null;
  tree: Result<'tags.tree'> | null;
  failed: readonly FailedFile[] | null;
  page: 'photos' | 'failed';
  query: Query;
  /** Grows with every query; answers to older ones are dropped. */
  asked: number;
  /** Grows when photos changed; loaded months are asked for again when they are seen. */
  revision: number;
  timeline: Timeline | null;
  /** The query that `timeline` and `buckets` answer. */
  answered: number;
  buckets: Buckets;
  /** Revision at which each month was loaded. */
  loadedAt: Readonly<Record<string, number>>;
  suggestions: { text: string; list: readonly Suggestion[] } | null;
  focus: Spot | null;
  selected: ReadonlySet<number>;
  /** Where a range starts. */
  anchor: Spot | null;
  open: (Spot & { mode: 'photo' | 'preview' }) | null;
  detail: PhotoDetail | null;
  dialog: 'settings' | null;
  settings: Settings | null;
  info: Info | null;
  preferences: Preferences;
  notices: readonly Notice[];
}

export type Action =
  | { type: 'shell'; shell: ShellState }
  | { type: 'status'; status: Status; atMs: number }
  | { type: 'bench'; bench: Partial<Bench> }
  | { type: 'folders'; folders: readonly Folder[] }
  | { type: 'failed'; failed: readonly FailedFile[] }
  | { type: 'page'; page: State['page'] }
  | { type: 'query'; query: Query }
  | { type: 'changed' }
  | { type: 'answer'; asked: number; revision: number; timeline: Timeline; buckets: Buckets }
  | { type: 'buckets'; asked: number; revision: number; buckets: Buckets }
  | { type: 'tree'; asked: number; tree: Result<'tags.tree'> }
  | { type: 'suggestions'; suggestions: State['suggestions'] }
  | { type: 'focus'; spot: Spot | null }
  | { type: 'select'; selected: ReadonlySet<number>; anchor: Spot | null }
  | { type: 'open'; open: State['open'] }
  | { type: 'detail'; photo: number; detail: PhotoDetail }
  | { type: 'dialog'; dialog: State['dialog'] }
  | { type: 'settings'; settings: Settings }
  | { type: 'info'; info: Info }
  | { type: 'preferences'; preferences: Preferences }
  | { type: 'notice'; notice: Notice }
  | { type: 'notice-gone'; id: number };

export function firstState(preferences: Preferences): State {
  return {
    shell: null,
    status: null,
    progress: { samples: [], run: null },
    bench: { progress: null, report: null },
    folders: null,
    tree: null,
    failed: null,
    page: 'photos',
    query: everything,
    asked: 1,
    revision: 1,
    timeline: null,
    answered: 0,
    buckets: {},
    loadedAt: {},
    suggestions: null,
    focus: null,
    selected: new Set(),
    anchor: null,
    open: null,
    detail: null,
    dialog: null,
    settings: null,
    info: null,
    preferences,
    notices: [],
  };
}

const mostNotices = 3;

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'shell':
      return { ...state, shell: action.shell };
    case 'status':
      return {
        ...state,
        status: action.status,
        progress: progressAfter(state.progress, action.status, action.atMs),
      };
    case 'bench':
      return { ...state, bench: { ...state.bench, ...action.bench } };
    case 'folders':
      return { ...state, folders: action.folders };
    case 'failed':
      return { ...state, failed: action.failed };
    case 'page':
      return { ...state, page: action.page, open: null };
    case 'query':
      return {
        ...state,
        query: action.query,
        page: 'photos',
        asked: state.asked + 1,
        selected: new Set(),
        anchor: null,
        focus: null,
      };
    case 'changed':
      return { ...state, revision: state.revision + 1 };
    case 'answer':
      return withAnswer(state, action);
    case 'buckets':
      return action.asked === state.answered ? withBuckets(state, action) : state;
    case 'tree':
      return action.asked === state.asked ? { ...state, tree: action.tree } : state;
    case 'suggestions':
      return { ...state, suggestions: action.suggestions };
    case 'focus':
      return { ...state, focus: action.spot };
    case 'select':
      return { ...state, selected: action.selected, anchor: action.anchor };
    case 'open':
      return {
        ...state,
        open: action.open,
        focus: action.open ? spotOf(action.open) : state.focus,
        detail: action.open?.id === state.detail?.photo?.id ? state.detail : null,
      };
    case 'detail':
      return action.photo === state.open?.id ? { ...state, detail: action.detail } : state;
    case 'dialog':
      return { ...state, dialog: action.dialog };
    case 'settings':
      return { ...state, settings: action.settings };
    case 'info':
      return { ...state, info: action.info };
    case 'preferences':
      return { ...state, preferences: action.preferences };
    case 'notice':
      return { ...state, notices: [...state.notices, action.notice].slice(-mostNotices) };
    case 'notice-gone':
      return { ...state, notices: state.notices.filter(({ id }) => id !== action.id) };
  }
}

/** A new query's answer replaces everything; the same query's keeps the months that still exist. */
function withAnswer(state: State, action: Action & { type: 'answer' }): State {
  if (action.asked !== state.asked) return state;
  const isNew = action.asked !== state.answered;
  const months = new Set(action.timeline.months.map(({ month }) => month));
  const kept = isNew ? [] : Object.entries(state.buckets).filter(([month]) => months.has(month));
  return withBuckets(
    {
      ...state,
      timeline: action.timeline,
      answered: action.asked,
      buckets: Object.fromEntries(kept),
      loadedAt: isNew ? {} : state.loadedAt,
    },
    action,
  );
}

function withBuckets(state: State, action: { revision: number; buckets: Buckets }): State {
  const buckets: Record<string, Bucket> = { ...state.buckets };
  const loadedAt: Record<string, number> = { ...state.loadedAt };
  for (const [month, bucket] of Object.entries(action.buckets)) {
    const had = buckets[month];
    // The same photos keep their object, so that nothing is laid out or drawn again.
    buckets[month] = had && isSame(had, bucket) ? had : bucket;
    loadedAt[month] = action.revision;
  }
  const next = { ...state, buckets, loadedAt };
  return {
    ...next,
    selected: stillShown(state.selected, buckets),
    focus: marked(followed(state.focus, action.buckets), next),
    anchor: marked(followed(state.anchor, action.buckets), next),
    open: state.open && { ...state.open, ...followed(state.open, action.buckets) },
  };
}

function isSame(a: Bucket, b: Bucket): boolean {
  return (
    a.ids.length === b.ids.length &&
    a.ids.every((id, at) => id === b.ids[at]) &&
    a.hashes.every((hash, at) => hash === b.hashes[at])
  );
}

/** A photo's place moves when others come before it; one that left keeps the place where it was. */
function followed<T extends Spot | null>(spot: T, buckets: Buckets): T {
  const bucket = spot && buckets[spot.month];
  if (!spot || !bucket || bucket.ids[spot.index] === spot.id) return spot;
  const index = bucket.ids.indexOf(spot.id);
  return index < 0 ? spot : { ...spot, index };
}

/** What is said of the chosen photos must not reach one that nobody sees any more. */
function stillShown(selected: ReadonlySet<number>, buckets: Buckets): ReadonlySet<number> {
  if (selected.size === 0) return selected;
  const shown = new Set(Object.values(buckets).flatMap(({ ids }) => ids));
  const left = [...selected].filter((id) => shown.has(id));
  return left.length === selected.size ? selected : new Set(left);
}

/** The mark of a photo that left is on the one that took its place; of a month that is gone, on the next older photo. */
function marked(spot: Spot | null, { timeline, buckets }: State): Spot | null {
  if (!spot || buckets[spot.month]?.ids[spot.index] === spot.id) return spot;
  const month = timeline?.months.find((one) => one.month <= spot.month)?.month ?? '';
  const last = (buckets[month]?.ids.length ?? 0) - 1;
  return spotAt(buckets, month, month === spot.month ? Math.min(spot.index, last) : 0);
}

function spotOf({ id, month, index }: Spot): Spot {
  return { id, month, index };
}

export function spotAt(buckets: Buckets, month: string, index: number): Spot | null {
  const id = buckets[month]?.ids[index];
  return id === undefined ? null : { id, month, index };
}

/** Months between two photos that a range needs and that are not here yet, and the ids of the rest. */
export function rangeOf(
  state: Pick<State, 'timeline' | 'buckets'>,
  from: Spot,
  to: Spot,
): { ids: number[]; missing: string[] } {
  const months = state.timeline?.months ?? [];
  const placeOf = (spot: Spot) => months.findIndex(({ month }) => month === spot.month);
  const [a, b] = [placeOf(from), placeOf(to)];
  const isForward = a < b || (a === b && from.index <= to.index);
  const [start, end] = isForward ? [from, to] : [to, from];
  const ids: number[] = [];
  const missing: string[] = [];
  for (const { month } of months.slice(Math.min(a, b), Math.max(a, b) + 1)) {
    const bucket = state.buckets[month];
    if (!bucket) {
      missing.push(month);
      continue;
    }
    ids.push(
      ...bucket.ids.slice(
        month === start.month ? start.index : 0,
        month === end.month ? end.index + 1 : bucket.ids.length,
      ),
    );
  }
  return { ids, missing };
}
