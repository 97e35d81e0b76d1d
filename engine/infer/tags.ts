/** Turns a model's label probabilities into summed scores of tags: labels and concepts alike. */
import type { Vocabulary } from '../vocabulary/vocabulary.ts';

/** Sums below this are not kept; a threshold can move down to it without running the model again. */
export const scoreFloor = 0.02;

/** Scores 0..1 by tag name, only those above the floor. */
export type Scores = Map<string, number>;

/**
 * `labels`: the model's label ids in output order. A concept's score is the sum over the set of its
 * labels, so a label that is reached twice counts once.
 */
export function buildScorer(
  vocabulary: Vocabulary,
  labels: readonly string[],
): (probabilities: Float32Array) => Scores {
  const position = new Map(labels.map((label, at) => [label, at]));
  const sets = vocabulary.tags.map((tag) => ({
    name: tag.name,
    at: [...vocabulary.labelsBelow(tag.name)].flatMap((label) => position.get(label) ?? []),
  }));
  return (probabilities) => {
    const scores: Scores = new Map();
    for (const { name, at } of sets) {
      let sum = 0;
      for (const one of at) sum += probabilities[one] ?? 0;
      if (sum > scoreFloor) scores.set(name, Math.min(1, sum));
    }
    return scores;
  };
}
