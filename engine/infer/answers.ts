/** Turns what a graph gives into what the manifest promises: label probabilities, or a detector's raw outputs. */
import type { OutputSpec } from './manifest.ts';

/** One output of a graph for a batch. */
export interface RawOutput {
  values: Float32Array;
  dims: readonly number[];
}

/**
 * Photos x labels for each output, of any length for a detector. Throws where a value is no number, unless
 * there is no other device to ask (`isLast`): then a photo without numbers has zeros, and stops no other.
 */
export type Finish = (
  raw: readonly RawOutput[],
  photos: number,
  isLast?: boolean,
) => Float32Array[];

/** An embedding is left a vector: compare.ts makes probabilities of it. */
export function finisher(spec: OutputSpec, labels: number): Finish {
  return (raw, photos, isLast = false) =>
    raw.map((output) => {
      const found = shaped(output, photos, widthOf(spec, labels) ?? output.values.length / photos);
      const without = rowsOf(found, photos).filter((row) => !row.every(Number.isFinite));
      if (without.length > 0 && !isLast)
        throw new Error('the model answered with values that are no numbers');
      if ('values' in spec && spec.values === 'logits') activate(found, labels, spec.kind);
      // What a vector lacks shows in its comparison.
      if (spec.kind !== 'embedding') for (const row of without) row.fill(0);
      return found;
    });
}

/** Null where it is the model's to say. */
function widthOf(spec: OutputSpec, labels: number): number | null {
  if (spec.kind === 'embedding') return spec.dimensions;
  return spec.kind === 'faces' ? null : labels;
}

/** What the outputs of a batch say of its photo number `at`. */
export function partOf(
  outputs: readonly Float32Array[],
  at: number,
  photos: number,
): Float32Array[] {
  return outputs.map((output) => {
    const each = output.length / photos;
    return output.subarray(at * each, (at + 1) * each);
  });
}

/** Answers for some photos and for others as one, each of `outputs` outputs by itself. */
export function joined(answers: readonly Float32Array[][], outputs: number): Float32Array[] {
  return Array.from({ length: outputs }, (_, output) =>
    inOne(answers.map((answer) => answer[output] ?? new Float32Array())),
  );
}

function inOne(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A copy: the graph's own memory is used again. */
function shaped({ values, dims }: RawOutput, photos: number, each: number): Float32Array {
  if (!Number.isInteger(each) || values.length !== photos * each)
    throw new Error(
      `the model's output has the shape ${dims.join(' × ')}, not ${String(photos)} × ${String(each)}`,
    );
  return new Float32Array(values);
}

/** Each photo's values, in their place. */
function rowsOf(values: Float32Array, photos: number): Float32Array[] {
  const each = values.length / photos;
  return Array.from({ length: photos }, (_, at) => values.subarray(at * each, (at + 1) * each));
}

/** In place, a row of `width` values at a time. */
function activate(values: Float32Array, width: number, kind: 'softmax' | 'sigmoid'): void {
  if (kind === 'sigmoid') {
    for (let at = 0; at < values.length; at += 1)
      values[at] = 1 / (1 + Math.exp(-(values[at] ?? 0)));
    return;
  }
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    let top = -Infinity;
    for (const value of row) top = Math.max(top, value);
    let sum = 0;
    for (let at = 0; at < width; at += 1) sum += row[at] = Math.exp((row[at] ?? 0) - top);
    for (let at = 0; at < width; at += 1) row[at] = (row[at] ?? 0) / sum;
  }
}
