/**
 * Finds the pack's thresholds: from labelled photos how much of a word is found, from judged photos of an
 * album how often it is said wrongly. Pure.
 */
import type { Vocabulary } from '../../engine/vocabulary/vocabulary.ts';

export interface Labelled {
  scores: ReadonlyMap<string, number>;
  /** The label's tag and everything above it. */
  truth: ReadonlySet<string>;
}

export interface Judged {
  scores: ReadonlyMap<string, number>;
  wrong: ReadonlySet<string>;
  right: ReadonlySet<string>;
}

export type Thresholds = Map<string, number>;

/** Concepts with fewer labelled photos cannot be measured one by one. */
export const leastPositives = 10;
/** What cannot be measured must be this sure: a single label, and a concept above few. */
const unmeasured = { label: 0.65, concept: 0.6 };
/** Every tag with this score was judged on the album. */
const judgedFrom = 0.25;
/** Recall that one wrong tag in a hundred photos of the album costs, and where a threshold may lie. */
const price = 0.19;
const grid = Array.from({ length: 54 }, (_, at) => Number((0.26 + at * 0.01).toFixed(2)));
/** A concept's recall is drawn towards that of all as if this many more photos had spoken for it. */
const commonPhotos = 30;
/** The part of its errors that a concept is expected to share with all others; a score counts around itself. */
const commonErrors = 0.2;
const softness = 0.01;
/** Errors in a hundred photos that any concept is taken to have made like all others. */
const likelyErrors = 0.15;
/** An unmeasured word that was wrong must be surer than it was then; enough right ones prove it for less. */
const margin = 0.05;
const highestLift = 0.9;
const proof = { right: 10, precision: 0.95 };

export function measurable(photos: readonly Labelled[]): string[] {
  const counts = new Map<string, number>();
  for (const { truth } of photos)
    for (const tag of truth) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].filter(([, n]) => n >= leastPositives).map(([tag]) => tag);
}

/** `concepts`: those that are measured; `judged` may be empty. */
export function fit(
  vocabulary: Vocabulary,
  photos: readonly Labelled[],
  judged: readonly Judged[],
  concepts: readonly string[],
): Thresholds {
  const thresholds: Thresholds = new Map();
  for (const { name } of vocabulary.tags)
    thresholds.set(name, unmeasuredThreshold(vocabulary, judged, name));
  const found = recallCurves(photos, concepts);
  const errors = errorCurves(judged, concepts);
  for (const tag of concepts) {
    const worth = grid.map(
      (_, at) => (found.get(tag)?.[at] ?? 0) - price * (errors.get(tag)?.[at] ?? 0),
    );
    thresholds.set(tag, grid[worth.indexOf(Math.max(...worth))] ?? unmeasured.concept);
  }
  return thresholds;
}

function unmeasuredThreshold(
  vocabulary: Vocabulary,
  judged: readonly Judged[],
  tag: string,
): number {
  const scoresIn = (kind: 'right' | 'wrong') =>
    judged.filter((one) => one[kind].has(tag)).map(({ scores }) => scores.get(tag) ?? 0);
  const wrong = scoresIn('wrong');
  const right = scoresIn('right').filter((score) => score >= judgedFrom);
  const share = right.length / (right.length + wrong.filter((one) => one >= judgedFrom).length);
  if (right.length >= proof.right && share >= proof.precision) return judgedFrom;
  const { label, concept } = unmeasured;
  const own = vocabulary.labelsBelow(tag).size > 1 ? concept : label;
  const worst = Math.max(0, ...wrong);
  return worst >= own - margin ? Math.max(own, Math.min(worst + margin, highestLift)) : own;
}

type Curves = Map<string, number[]>;

/** The share of a concept's photos that reach each threshold. */
function recallCurves(photos: readonly Labelled[], concepts: readonly string[]): Curves {
  const scores = concepts.map((tag) =>
    photos.filter(({ truth }) => truth.has(tag)).map((photo) => photo.scores.get(tag) ?? 0),
  );
  const reached = (some: readonly number[], least: number) =>
    some.filter((score) => score >= least).length;
  const all = scores.flat();
  const common = grid.map((least) => reached(all, least) / Math.max(1, all.length));
  return new Map(
    concepts.map((tag, index) => {
      const own = scores[index] ?? [];
      const curve = grid.map(
        (least, at) =>
          (reached(own, least) + commonPhotos * (common[at] ?? 0)) / (own.length + commonPhotos),
      );
      return [tag, curve];
    }),
  );
}

/** How often a concept is expected to be wrong above each threshold, in a hundred photos. */
function errorCurves(judged: readonly Judged[], concepts: readonly string[]): Curves {
  const hundreds = judged.length / 100;
  const above = (scores: readonly number[], least: number) =>
    scores.reduce((sum, one) => sum + 1 / (1 + Math.exp((least - one) / softness)), 0) / hundreds;
  const scores = concepts.map((tag) =>
    judged.filter(({ wrong }) => wrong.has(tag)).map((one) => one.scores.get(tag) ?? 0),
  );
  const all = scores.flat();
  if (all.length === 0) return new Map();
  const mean = above(all, judgedFrom) / concepts.length;
  const common = grid.map((least) => above(all, least) / above(all, judgedFrom));
  return new Map(
    concepts.map((tag, index) => {
      const own = scores[index] ?? [];
      const rate = (above(own, judgedFrom) + likelyErrors) / (1 + likelyErrors / mean);
      const curve = grid.map(
        (least, at) =>
          (1 - commonErrors) * above(own, least) + commonErrors * rate * (common[at] ?? 0),
      );
      return [tag, curve];
    }),
  );
}
