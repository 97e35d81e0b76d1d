/** Reads a model pack: its manifest, its labels, and the proof that no file was changed or cut. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { ContractError, type Device } from '../../common/contract.ts';
import { conceptsSchema, type Concept, type PackWords } from '../vocabulary/pack-tags.ts';
import { LabelError } from './label-error.ts';
import type { Label } from './label-words.ts';
import { labelText, parseLabels } from './labels.ts';
import { manifestSchema, type Manifest } from './manifest.ts';

export interface Pack {
  folder: string;
  manifest: Manifest;
  /** In the model's output order. */
  labels: Label[];
  /** Words above the labels. */
  concepts: Concept[];
  /** One a label, or none. */
  thresholds: number[];
  /** By word; the words that are missing have the default. */
  tagThresholds: Readonly<Record<string, number>>;
}

/** Throws ContractError `model-damaged`, naming the file, when a pack is not whole. */
export function readPack(folder: string): Pack {
  const pack = describePack(folder);
  const { manifest } = pack;
  for (const [name, facts] of Object.entries(manifest.files)) {
    const file = path.join(folder, name);
    if (!isWhole(file, facts)) throw new ContractError('model-damaged', file);
  }
  return pack;
}

type FileFacts = Manifest['files'][string];

function isWhole(file: string, facts: FileFacts): boolean {
  try {
    return isDeepStrictEqual(fileFacts(file), facts);
  } catch {
    // Gone, or not to be read.
    return false;
  }
}

const chunkBytes = 1024 * 1024;

/** What a manifest says of a file. Read in pieces: weights beside a graph may have more than two gigabytes. */
export function fileFacts(file: string): FileFacts {
  const chunk = Buffer.alloc(chunkBytes);
  const hash = createHash('sha256');
  const handle = openSync(file, 'r');
  try {
    let bytes = 0;
    for (let read = chunkBytes; read > 0; bytes += read) {
      read = readSync(handle, chunk);
      hash.update(chunk.subarray(0, read));
    }
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    closeSync(handle);
  }
}

/** A pack as its words say, its other files not looked at. Throws ContractError `model-damaged`. */
export function describePack(folder: string): Pack {
  const manifest = parseManifest(folder);
  const { concepts, thresholds } = manifest;
  const pack = {
    folder,
    manifest,
    labels: readLabels(folder, manifest),
    concepts: concepts === undefined ? [] : readConcepts(folder, concepts),
    thresholds: thresholds.labels === undefined ? [] : readNumbers(folder, thresholds.labels),
    tagThresholds: thresholds.tags === undefined ? {} : readTagThresholds(folder, thresholds.tags),
  };
  checkLengths(pack);
  return pack;
}

/** One threshold and one vector a label: of another count they are those of other labels. */
function checkLengths({ folder, manifest, labels, thresholds }: Pack): void {
  const check = (name: string, found: number, each: number, unit: string) => {
    const wanted = labels.length * each;
    if (found === wanted) return;
    const detail = `${String(found)} ${unit} and not ${String(wanted)} for ${String(labels.length)} labels`;
    throw new ContractError('model-damaged', `${path.join(folder, name)}: ${detail}`);
  };
  const { output, files } = manifest;
  if (manifest.thresholds.labels !== undefined)
    check(manifest.thresholds.labels, thresholds.length, 1, 'thresholds');
  if (output.kind === 'embedding')
    check(output.vectors, files[output.vectors]?.bytes ?? 0, output.dimensions * 4, 'bytes');
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
    // Sixteen-bit floats are made of these at last.
    type: type === 'uint8' ? ('uint8' as const) : ('float32' as const),
    colour,
    resize,
    size: typeof size === 'number' ? { width: size, height: size } : size,
    mean: isInside || !normalisation ? noMean : normalisation.mean,
    std: isInside ? asBytes : (normalisation?.std ?? noStd),
  };
}

/** One input's dimensions, without the batch. */
export function inputDims(manifest: Manifest): number[] {
  const { layout, size } = inputShape(manifest);
  return layout === 'NHWC' ? [size.height, size.width, 3] : [3, size.height, size.width];
}

/** Bytes of one input. */
export function placeBytes(manifest: Manifest): number {
  const { size, type } = inputShape(manifest);
  return size.width * size.height * 3 * (type === 'float32' ? 4 : 1);
}

/** What a server calls the model. Triton takes the name as it stands in an address, where Chinese cannot stand. */
export function serverName({ name }: Manifest): string {
  return encodeURIComponent(name).replaceAll('%', '_');
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

/** For the vocabulary. */
export function wordsOf({ manifest, labels, concepts }: Pack): PackWords {
  return { name: manifest.name, labels, concepts };
}

function readLabels(folder: string, { labels: name }: Manifest): Label[] {
  if (name === undefined) return [];
  try {
    return parseLabels(labelText(readPackFile(folder, name)), name);
  } catch (error) {
    if (!(error instanceof LabelError)) throw error;
    throw new ContractError('model-damaged', `${path.join(folder, name)}: ${error.message}`);
  }
}

function readConcepts(folder: string, name: string): Concept[] {
  return parse(conceptsSchema, folder, name).tags;
}

function readNumbers(folder: string, name: string): number[] {
  const lines = readPackFile(folder, name).toString('utf8').trim().split(/\s+/);
  const numbers = lines.map(Number);
  if (numbers.every((one) => one >= 0 && one <= 1)) return numbers;
  throw new ContractError('model-damaged', path.join(folder, name));
}

function parseManifest(folder: string): Manifest {
  return parse(manifestSchema, folder, 'manifest.json');
}

function parse<S extends v.GenericSchema>(
  schema: S,
  folder: string,
  name: string,
): v.InferOutput<S> {
  const checked = v.safeParse(schema, parseJson(readPackFile(folder, name)));
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const detail = `${path.join(folder, name)}: ${v.getDotPath(issue) ?? ''} ${issue.message}`;
  throw new ContractError('model-damaged', detail);
}

function readPackFile(folder: string, name: string): Buffer {
  try {
    return readFileSync(path.join(folder, name));
  } catch {
    throw new ContractError('model-damaged', path.join(folder, name));
  }
}

const tagThresholdsSchema = v.record(v.string(), v.pipe(v.number(), v.gtValue(0), v.ltValue(1)));

function readTagThresholds(folder: string, name: string): Record<string, number> {
  const checked = v.safeParse(tagThresholdsSchema, parseJson(readPackFile(folder, name)));
  if (!checked.success) throw new ContractError('model-damaged', path.join(folder, name));
  return checked.output;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
