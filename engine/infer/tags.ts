/** Turns a model's answers into summed scores of tags: labels and concepts alike. */
import { ContractError } from '../../common/contract.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { Pack } from './pack.ts';

/** Sums below this are not kept; a threshold can move down to it without running the model again. */
export const scoreFloor = 0.02;

/** Scores 0..1 by tag name, only those above the floor. */
export type Scores = Map<string, number>;

/** What one pack says of one photo. */
export interface Answer {
  scores: Scores;
}

/** Reads the outputs of one photo, each as long as the model made it. */
export type Reader = (outputs: readonly Float32Array[]) => Answer;

export function readerFor(pack: Pack, vocabulary: Vocabulary): Reader {
  const { kind } = pack.manifest.output;
  switch (kind) {
    case 'softmax':
      return labelReader(buildScorer(vocabulary, pack.labels, add));
    case 'sigmoid':
    case 'embedding':
      return labelReader(buildScorer(vocabulary, pack.labels, Math.max));
    case 'faces':
      throw new ContractError('model-damaged', `${pack.folder}: faces`);
  }
}

const add = (one: number, other: number) => one + other;

function labelReader(score: (probabilities: Float32Array) => Scores): Reader {
  return ([probabilities = new Float32Array()]) => ({ scores: score(probabilities) });
}

/**
 * `labels`: the model's label ids in output order. A concept's score is put together over the set of its
 * labels, so a label that is reached twice counts once: summed where one label excludes the others, the
 * highest where each is judged by itself.
 */
export function buildScorer(
  vocabulary: Vocabulary,
  labels: readonly string[],
  together: (one: number, other: number) => number,
): (probabilities: Float32Array) => Scores {
  const position = new Map(labels.map((label, at) => [label, at]));
  const sets = vocabulary.tags.map((tag) => ({
    name: tag.name,
    at: [...vocabulary.labelsBelow(tag.name)].flatMap((label) => position.get(label) ?? []),
  }));
  return (probabilities) => {
    const scores: Scores = new Map();
    for (const { name, at } of sets) {
      let score = 0;
      for (const one of at) score = together(score, probabilities[one] ?? 0);
      if (score > scoreFloor) scores.set(name, Math.min(1, score));
    }
    return scores;
  };
}
