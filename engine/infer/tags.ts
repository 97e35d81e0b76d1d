/** Turns a model's answers into summed scores of tags: labels and concepts alike. */
import type { Face } from '../../common/contract.ts';
import { labelId } from '../vocabulary/pack-tags.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { readFaces } from './faces.ts';
import { inputShape, type Pack } from './pack.ts';

/** Sums below this are not kept; a threshold can move down to it without running the model again. */
export const scoreFloor = 0.02;

/** Scores 0..1 by tag name, only those above the floor. */
export type Scores = Map<string, number>;

/** What one pack says of one photo. */
export interface Answer {
  scores: Scores;
  /** Only from packs that look for faces. */
  faces?: Face[];
}

/** Reads the outputs of one photo, each as long as the model made it; `aspect`: its width / height. */
export type Reader = (outputs: readonly Float32Array[], aspect: number) => Answer;

export function readerFor(pack: Pack, vocabulary: Vocabulary): Reader {
  const { name, output, thresholds } = pack.manifest;
  const ids = pack.labels.map(({ wordnet }, at) => labelId(name, at, wordnet));
  switch (output.kind) {
    case 'softmax':
      return labelReader(
        buildScorer(vocabulary, ids, add, (tag, sum) =>
          stretched(sum, pack.tagThresholds[tag] ?? thresholds.default, thresholds.default),
        ),
      );
    case 'sigmoid':
    case 'embedding': {
      const score = buildScorer(vocabulary, ids, Math.max);
      return labelReader((values) =>
        score(calibrated(values, pack.thresholds, thresholds.default)),
      );
    }
    case 'faces': {
      const detector = { size: inputShape(pack.manifest).size.width, grids: output.grids };
      return ([logits = new Float32Array(), boxes = new Float32Array()], aspect) => {
        const faces = readFaces(detector, { logits, boxes }, aspect, thresholds.default);
        // What they mean depends on what the other packs see: people.ts.
        return { scores: new Map(), faces };
      };
    }
  }
}

/**
 * Stretches every label's probability so that its own threshold comes to lie at the pack's: one threshold
 * is right for all of them then, also for a concept that is the highest of its labels.
 */
function calibrated(
  values: Float32Array,
  thresholds: readonly number[],
  common: number,
): Float32Array {
  if (thresholds.length === 0) return values;
  return values.map((value, at) => stretched(value, thresholds[at] ?? common, common));
}

/** Maps 0..own to 0..common and own..1 to common..1, so that the order of photos stays. */
export function stretched(value: number, own: number, common: number): number {
  if (value < own) return (value / own) * common;
  return own < 1 ? common + ((value - own) / (1 - own)) * (1 - common) : common;
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
  finish: (tag: string, score: number) => number = (_tag, score) => score,
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
      const finished = finish(name, Math.min(1, score));
      if (finished > scoreFloor) scores.set(name, finished);
    }
    return scores;
  };
}
