/** Reads a model pack: its manifest, its labels, and the proof that no file was changed or cut. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { ContractError, deviceSchema, type Device } from '../../common/contract.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const fileName = v.pipe(v.string(), v.regex(/^[\w.-]+$/));

export const manifestSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  version: v.string(),
  files: v.record(
    fileName,
    v.object({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), bytes: positive }),
  ),
  input: v.object({
    name: v.string(),
    layout: v.literal('NHWC'),
    type: v.literal('uint8'),
    colour: v.literal('RGB'),
    size: positive,
    resize: v.object({ rule: v.literal('shortest-side'), to: positive, crop: v.literal('centre') }),
  }),
  output: v.object({ name: v.string(), values: v.literal('probabilities') }),
  labels: fileName,
  thresholds: v.object({ default: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) }),
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
  const labels = readPackFile(folder, manifest.labels)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => line.trim().split(/\s/)[0] || []);
  return { folder, manifest, labels };
}

/** The model file for a device, absolute; null where the pack has none for it. */
export function variantFor(pack: Pack, device: Device): string | null {
  const variant = pack.manifest.variants.find(({ devices }) => devices.includes(device));
  return variant ? path.join(pack.folder, variant.file) : null;
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
