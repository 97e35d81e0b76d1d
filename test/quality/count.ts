/** Counts how good tags are: on labelled photos, and on those that an eye judged. Pure. */
import { effectiveTags } from '../../engine/vocabulary/effective.ts';
import type { Vocabulary } from '../../engine/vocabulary/vocabulary.ts';
import type { Judged, Labelled, Thresholds } from './fit.ts';

/** The tags that follow where a score reaches its own threshold; `beside`: what other packs say. */
export function tagsAt(
  vocabulary: Vocabulary,
  scores: ReadonlyMap<string, number>,
  thresholds: Thresholds,
  beside: ReadonlySet<string> = new Set(),
): Set<string> {
  const believed = new Map(
    [...scores].filter(([tag, score]) => score >= (thresholds.get(tag) ?? Infinity)),
  );
  for (const tag of beside) believed.set(tag, 1);
  return new Set(effectiveTags(vocabulary, [{ scores: believed, threshold: 0 }], new Map()).keys());
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

/** How the shown tags of judged photos were judged. */
export function judgedQuality(
  judged: readonly Pick<Judged, 'right' | 'wrong'>[],
  tags: readonly ReadonlySet<string>[],
) {
  const counts = { photos: judged.length, tagged: 0, shown: 0, wrong: 0, unjudged: 0 };
  judged.forEach(({ right, wrong }, at) => {
    const shown = [...(tags[at] ?? [])];
    counts.shown += shown.length;
    counts.tagged += shown.length > 0 ? 1 : 0;
    counts.wrong += shown.filter((tag) => wrong.has(tag)).length;
    counts.unjudged += shown.filter((tag) => !wrong.has(tag) && !right.has(tag)).length;
  });
  return counts;
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
