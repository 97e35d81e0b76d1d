/** Reads a model pack: its manifest, its labels, and the proof that no file was changed or cut. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { ContractError, deviceSchema, type Device } from '../../common/contract.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const fileName = v.pipe(v.string(), v.regex(/^[\w.-]+$/));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const three = v.tuple([v.number(), v.number(), v.number()]);

const inputSchema = v.object({
  name: v.string(),
  layout: v.picklist(['NHWC', 'NCHW']),
  type: v.picklist(['uint8', 'float32']),
  colour: v.picklist(['RGB', 'BGR']),
  size: v.union([positive, v.object({ width: positive, height: positive })]),
  resize: v.variant('rule', [
    v.object({ rule: v.literal('shortest-side'), to: positive, crop: v.literal('centre') }),
    v.object({ rule: v.literal('squash') }),
    v.object({ rule: v.literal('pad'), colour: v.optional(three, [0, 0, 0]) }),
  ]),
  /** (byte / 255 - mean) / std, done before the model unless the graph does it itself. */
  normalisation: v.optional(
    v.object({ insideModel: v.optional(v.boolean(), false), mean: three, std: three }),
  ),
});

const values = v.picklist(['probabilities', 'logits']);
const outputSchema = v.variant('kind', [
  /** One label is right: the values add up to 1. */
  v.object({ kind: v.literal('softmax'), name: v.string(), values }),
  /** Any number of labels is right: each has a probability of its own. */
  v.object({ kind: v.literal('sigmoid'), name: v.string(), values }),
  /** A vector, compared with one vector a label: labels x dimensions float32, little endian. */
  v.object({
    kind: v.literal('embedding'),
    name: v.string(),
    dimensions: positive,
    vectors: fileName,
    /** Of scale x cosine + bias. */
    activation: v.picklist(['softmax', 'sigmoid']),
    scale: v.number(),
    bias: v.number(),
  }),
  /** The raw outputs of a face detector. */
  v.object({ kind: v.literal('faces'), names: v.pipe(v.array(v.string()), v.minLength(1)) }),
]);
export type OutputSpec = v.InferOutput<typeof outputSchema>;

export const manifestSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  version: v.string(),
  files: v.record(
    fileName,
    v.object({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), bytes: positive }),
  ),
  input: inputSchema,
  output: outputSchema,
  /** Absent where the outputs are no labels. */
  labels: v.optional(fileName),
  thresholds: v.object({ default: share }),
  variants: v.array(
    v.object({ file: fileName, precision: v.string(), devices: v.array(deviceSchema) }),
  ),
});
export type Manifest = v.InferOutput<typeof manifestSchema>;

export interface Pack {
  folder: string;
  manifest: Manifest;
  /** Label ids in the model's output order. */
  labels: string[];
}

/** Throws ContractError `model-damaged`, naming the file, when a pack is not whole. */
export function readPack(folder: string): Pack {
  const manifest = parseManifest(folder);
  for (const [name, { sha256, bytes }] of Object.entries(manifest.files)) {
    const content = readPackFile(folder, name);
    if (content.length !== bytes || createHash('sha256').update(content).digest('hex') !== sha256)
      throw new ContractError('model-damaged', path.join(folder, name));
  }
  const labels =
    manifest.labels === undefined
      ? []
      : readPackFile(folder, manifest.labels)
          .toString('utf8')
          .split('\n')
          .flatMap((line) => line.trim().split(/\s/)[0] || []);
  return { folder, manifest, labels };
}

const noMean: [number, number, number] = [0, 0, 0];
const noStd: [number, number, number] = [1, 1, 1];
const asBytes: [number, number, number] = [1 / 255, 1 / 255, 1 / 255];

/** How the model wants its pictures, everything said: bytes 0..255 where it normalises by itself. */
export function inputShape({ input }: Manifest) {
  const { layout, type, colour, size, resize, normalisation } = input;
  const isInside = normalisation?.insideModel === true;
  return {
    layout,
    type,
    colour,
    resize,
    size: typeof size === 'number' ? { width: size, height: size } : size,
    mean: isInside || !normalisation ? noMean : normalisation.mean,
    std: isInside ? asBytes : (normalisation?.std ?? noStd),
  };
}

/** The graph's outputs that are asked for, in the order of the answers. */
export function outputNames({ output }: Manifest): string[] {
  return output.kind === 'faces' ? output.names : [output.name];
}

/** The model file for a device, absolute; null where the pack has none for it. */
export function variantFor(pack: Pack, device: Device): string | null {
  const variant = pack.manifest.variants.find(({ devices }) => devices.includes(device));
  return variant ? path.join(pack.folder, variant.file) : null;
}

/** The file of an embedding's label vectors, absolute; null for other packs. */
export function vectorsFile({ folder, manifest: { output } }: Pack): string | null {
  return output.kind === 'embedding' ? path.join(folder, output.vectors) : null;
}

function parseManifest(folder: string): Manifest {
  const checked = v.safeParse(manifestSchema, parseJson(readPackFile(folder, 'manifest.json')));
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const detail = `${path.join(folder, 'manifest.json')}: ${v.getDotPath(issue) ?? ''} ${issue.message}`;
  throw new ContractError('model-damaged', detail);
}

function readPackFile(folder: string, name: string): Buffer {
  try {
    return readFileSync(path.join(folder, name));
  } catch {
    throw new ContractError('model-damaged', path.join(folder, name));
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
