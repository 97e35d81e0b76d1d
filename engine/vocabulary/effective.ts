/**
 * Which tags a photo has: what the model said and what people said, put together. Pure; the same
 * rule serves saving, deciding and moving the threshold.
 */
import type { PhotoTag, Verdict } from '../../common/contract.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The most tags that are shown for a photo; the others still find it. */
export const shownTags = 8;

/** What one model says of a photo: scores 0..1 by tag name, and from which on they are believed. */
export interface Opinion {
  scores: ReadonlyMap<string, number>;
  threshold: number;
}

/**
 * A tag that any model believes in is kept with its highest believed score, and brings everything above
 * it; a person's no takes a tag and everything below it away, but for what the person said yes to by name.
 */
export function effectiveTags(
  vocabulary: Vocabulary,
  opinions: readonly Opinion[],
  decisions: ReadonlyMap<string, Verdict>,
): Map<string, PhotoTag> {
  const kept = new Map<string, PhotoTag>();
  const isGranted = (name: string) =>
    decisions.get(name) === 'added' || decisions.get(name) === 'confirmed';
  const refused = new Set<string>();
  for (const [name, verdict] of decisions)
    if (verdict === 'rejected')
      for (const below of [name, ...vocabulary.descendants(name)])
        if (!isGranted(below)) refused.add(below);

  for (const { scores, threshold } of opinions)
    for (const [name, score] of scores)
      if (score >= threshold && score > (kept.get(name)?.score ?? 0) && !refused.has(name))
        kept.set(name, { name, score, source: 'model' });
  for (const name of decisions.keys())
    if (isGranted(name))
      kept.set(name, { name, score: highest(opinions, name) ?? 1, source: 'person' });

  for (const tag of [...kept.values()])
    for (const above of vocabulary.ancestors(tag.name)) {
      if (refused.has(above)) continue;
      const score = Math.max(tag.score, highest(opinions, above) ?? 0);
      const known = kept.get(above);
      if (known === undefined || known.score < score)
        kept.set(above, { name: above, score, source: known?.source ?? tag.source });
    }
  return kept;
}

function highest(opinions: readonly Opinion[], name: string): number | undefined {
  const scores = opinions.flatMap((opinion) => opinion.scores.get(name) ?? []);
  return scores.length === 0 ? undefined : Math.max(...scores);
}

/**
 * The most telling tags first: a person's own, then by score times surprise, where a tag that covers
 * few labels tells more than one that covers hundreds.
 */
export function mostTelling(vocabulary: Vocabulary, tags: Iterable<PhotoTag>): PhotoTag[] {
  const telling = (tag: PhotoTag) => {
    const labels = Math.max(1, vocabulary.labelsBelow(tag.name).size);
    return tag.score * Math.log((1 + vocabulary.labelCount) / labels);
  };
  const rank = (tag: PhotoTag) => (tag.source === 'person' ? 1 : 0);
  return [...tags].sort((a, b) => rank(b) - rank(a) || telling(b) - telling(a));
}
