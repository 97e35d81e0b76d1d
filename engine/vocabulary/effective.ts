/**
 * Which tags a photo has: what the model said and what people said, put together. Pure; the same
 * rule serves saving, deciding and moving the threshold.
 */
import type { PhotoTag, Verdict } from '../../common/contract.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The most tags that are shown for a photo; the others still find it. */
export const shownTags = 8;

/**
 * `scores`: summed scores 0..1 by tag name. A tag brings everything above it; a person's no takes a
 * tag and everything below it away, but for what the person said yes to by name.
 */
export function effectiveTags(
  vocabulary: Vocabulary,
  scores: ReadonlyMap<string, number>,
  decisions: ReadonlyMap<string, Verdict>,
  threshold: number,
): Map<string, PhotoTag> {
  const kept = new Map<string, PhotoTag>();
  const isGranted = (name: string) =>
    decisions.get(name) === 'added' || decisions.get(name) === 'confirmed';
  const refused = new Set<string>();
  for (const [name, verdict] of decisions)
    if (verdict === 'rejected')
      for (const below of [name, ...vocabulary.descendants(name)])
        if (!isGranted(below)) refused.add(below);

  for (const [name, score] of scores)
    if (score >= threshold && !refused.has(name)) kept.set(name, { name, score, source: 'model' });
  for (const name of decisions.keys())
    if (isGranted(name)) kept.set(name, { name, score: scores.get(name) ?? 1, source: 'person' });

  for (const tag of [...kept.values()])
    for (const above of vocabulary.ancestors(tag.name)) {
      if (refused.has(above)) continue;
      const score = Math.max(tag.score, scores.get(above) ?? 0);
      const known = kept.get(above);
      if (known === undefined || known.score < score)
        kept.set(above, { name: above, score, source: known?.source ?? tag.source });
    }
  return kept;
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
