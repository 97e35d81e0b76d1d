/** Finds thresholds from labelled photos and from judged ones, and counts how good tags are. Pure. */
import { effectiveTags } from '../../engine/vocabulary/effective.ts';
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
export const wantedPrecision = 0.95;
/** A single label, and a concept that cannot be measured, must be this sure. */
export const unmeasured = 0.6;
/** How many photos the common threshold weighs in a concept's own. */
const shrinkage = 20;
const highestLift = 0.95;
/** A concept with many photos keeps its recall: judged errors lift it no further. */
const highestConceptLift = 0.55;
const grid = Array.from({ length: 36 }, (_, at) => Number((0.2 + at * 0.02).toFixed(2)));

export function measurable(photos: readonly Labelled[]): string[] {
  const counts = new Map<string, number>();
  for (const { truth } of photos)
    for (const tag of truth) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].filter(([, n]) => n >= leastPositives).map(([tag]) => tag);
}

/** Own threshold: the lowest with the wanted precision; drawn towards the one that all concepts share. */
export function fit(
  vocabulary: Vocabulary,
  photos: readonly Labelled[],
  concepts: readonly string[],
): Thresholds {
  const thresholds: Thresholds = new Map(vocabulary.tags.map(({ name }) => [name, unmeasured]));
  const curves = new Map(
    concepts.map((tag) => [tag, grid.map((threshold) => precisionAt(photos, tag, threshold))]),
  );
  const reach = (curve: readonly number[]) =>
    grid[curve.findIndex((precision) => precision >= wantedPrecision)] ?? 0.9;
  const common = reach(
    grid.map((_, at) => mean([...curves.values()].map((curve) => curve[at] ?? 0))),
  );
  for (const [tag, curve] of curves) {
    const n = photos.filter(({ truth }) => truth.has(tag)).length;
    thresholds.set(tag, (n * reach(curve) + shrinkage * common) / (n + shrinkage));
  }
  return thresholds;
}

/** Attractors: a tag that was judged wrong must be surer than it was there. */
export function lift(
  thresholds: Thresholds,
  judged: readonly Judged[],
  concepts: readonly string[],
): Thresholds {
  const measured = new Set(concepts);
  const lifted: Thresholds = new Map(thresholds);
  for (const { scores, wrong } of judged)
    for (const tag of wrong) {
      const score = scores.get(tag) ?? 0;
      const now = lifted.get(tag) ?? unmeasured;
      const most = measured.has(tag) ? highestConceptLift : highestLift;
      if (score >= now - 0.05) lifted.set(tag, Math.max(now, Math.min(score + 0.03, most)));
    }
  return lifted;
}

export function tagsAt(
  vocabulary: Vocabulary,
  scores: ReadonlyMap<string, number>,
  thresholds: Thresholds,
): Set<string> {
  const believed = new Map(
    [...scores].filter(([tag, score]) => score >= (thresholds.get(tag) ?? unmeasured)),
  );
  const opinion = { scores: believed, threshold: 0 };
  return new Set(effectiveTags(vocabulary, [opinion], new Map()).keys());
}

export interface Quality {
  tag: string;
  photos: number;
  precision: number;
  recall: number;
}

export function qualityOf(
  photos: readonly Labelled[],
  tags: readonly ReadonlySet<string>[],
  concepts: readonly string[],
): Quality[] {
  return concepts.map((tag) => {
    const said = tags.filter((one) => one.has(tag)).length;
    const right = photos.filter(({ truth }, at) => truth.has(tag) && tags[at]?.has(tag)).length;
    const positives = photos.filter(({ truth }) => truth.has(tag)).length;
    return {
      tag,
      photos: positives,
      precision: said === 0 ? 1 : right / said,
      recall: right / positives,
    };
  });
}

export function judgedQuality(
  vocabulary: Vocabulary,
  judged: readonly Judged[],
  thresholds: Thresholds,
) {
  const counts = { shown: 0, wrong: 0, unjudged: 0, tagged: 0, photos: judged.length };
  for (const { scores, wrong, right } of judged) {
    const tags = [...tagsAt(vocabulary, scores, thresholds)];
    counts.shown += tags.length;
    counts.wrong += tags.filter((tag) => wrong.has(tag)).length;
    counts.unjudged += tags.filter((tag) => !wrong.has(tag) && !right.has(tag)).length;
    counts.tagged += tags.length > 0 ? 1 : 0;
  }
  return counts;
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function precisionAt(photos: readonly Labelled[], tag: string, threshold: number): number {
  const said = photos.filter(({ scores }) => (scores.get(tag) ?? 0) >= threshold);
  return said.length === 0 ? 1 : said.filter(({ truth }) => truth.has(tag)).length / said.length;
}
