/** Turns what a graph gives into what the manifest promises: label probabilities, or a detector's raw outputs. */
import { readFileSync } from 'node:fs';
import type { OutputSpec } from './manifest.ts';

/** One output of a graph for a batch. */
export interface RawOutput {
  values: Float32Array;
  dims: readonly number[];
}

/** Photos x labels for each output, of any length for a detector. Throws where a value is no number. */
export type Finish = (raw: readonly RawOutput[], photos: number) => Float32Array[];

/** `vectors`: labels x dimensions, for an embedding. */
export function finisher(spec: OutputSpec, labels: number, vectors: Float32Array | null): Finish {
  switch (spec.kind) {
    case 'softmax':
    case 'sigmoid':
      return (raw, photos) =>
        raw.map((output) => {
          const found = checked(output, photos, labels);
          if (spec.values === 'logits') activate(found, labels, spec.kind);
          return found;
        });
    case 'embedding':
      return (raw, photos) =>
        raw.map((output) => {
          const found = checked(output, photos, spec.dimensions);
          const scores = compare(found, vectors ?? new Float32Array(), spec, labels);
          activate(scores, labels, spec.activation);
          return scores;
        });
    case 'faces':
      return (raw, photos) =>
        raw.map((output) => checked(output, photos, output.values.length / photos));
  }
}

/** A copy: the graph's own memory is used again. */
function checked({ values, dims }: RawOutput, photos: number, each: number): Float32Array {
  if (!Number.isInteger(each) || values.length !== photos * each)
    throw new Error(
      `the model's output has the shape ${dims.join(' × ')}, not ${String(photos)} × ${String(each)}`,
    );
  if (!values.every(Number.isFinite))
    throw new Error('the model answered with values that are no numbers');
  return new Float32Array(values);
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

/** scale x cosine + bias of every photo with every label. */
function compare(
  photos: Float32Array,
  vectors: Float32Array,
  { dimensions, scale, bias }: { dimensions: number; scale: number; bias: number },
  labels: number,
): Float32Array {
  const count = photos.length / dimensions;
  const scores = new Float32Array(count * labels);
  for (let photo = 0; photo < count; photo += 1) {
    const one = photos.subarray(photo * dimensions, (photo + 1) * dimensions);
    const unit = scale / (length(one) || 1);
    for (let label = 0; label < labels; label += 1) {
      let sum = 0;
      for (let at = 0, from = label * dimensions; at < dimensions; at += 1, from += 1)
        sum += (one[at] ?? 0) * (vectors[from] ?? 0);
      scores[photo * labels + label] = sum * unit + bias;
    }
  }
  return scores;
}

/** labels x dimensions, little endian. */
export function readVectors(file: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(file)).buffer);
}

/** Makes every row a unit vector, in place, so that a product is a cosine. */
export function normaliseRows(vectors: Float32Array, width: number): Float32Array {
  for (let start = 0; start < vectors.length; start += width) {
    const row = vectors.subarray(start, start + width);
    const size = length(row) || 1;
    for (let at = 0; at < width; at += 1) row[at] = (row[at] ?? 0) / size;
  }
  return vectors;
}

function length(vector: Float32Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
