/** Makes a pack of a person's ONNX file: reads it, guesses, copies with sha256, tries it, and only then keeps it. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { ContractError, devices, packRefused, type PackReport } from '../../common/contract.ts';
import { isAlive } from '../alive.ts';
import { LabelError } from '../infer/label-error.ts';
import type { Label } from '../infer/label-words.ts';
import { labelText, parseLabels } from '../infer/labels.ts';
import { manifestSchema, type Manifest } from '../infer/manifest.ts';
import { GraphError, readGraph, type OnnxGraph } from '../infer/onnx-graph.ts';
import { fileFacts, readPack } from '../infer/pack.ts';
import { guessPack, type Guess } from './guess.ts';
import { libraryPacks, packsOn, writeProblem } from './shelf.ts';
import { tryPack, type Tried } from './trial.ts';

export interface ImportRequest {
  library: string;
  /** Absolute files. */
  model: string;
  labels: string | null;
  /** A whole or partial manifest: what it says is not guessed. */
  manifest: string | null;
  /** Of the new pack; the model's file name where null. */
  name: string | null;
  threads: number;
}

const partSchema = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value)),
  v.record(v.string(), v.unknown()),
);
/** More than rounding: the graph mixes the pictures of a batch. */
const mixes = 0.01;

/** Throws `pack-refused`; nothing is left behind then. */
export async function importPack(request: ImportRequest): Promise<PackReport> {
  const said = request.manifest === null ? {} : readSaid(request.manifest);
  const name = packName(request, said);
  checkName(request.library, name);
  const graph = graphOf(readNamed(request.model, 'no-model'));
  const labels = labelsOf(request, said);
  const guess = guessPack(graph, labels.length, {
    input: part(said['input']),
    output: part(said['output']),
  });
  const packs = libraryPacks(request.library);
  const staging = makeStaging(packs);
  try {
    copyFiles(staging, request, said, modelsOf(request, said, graph));
    const draft = { ...said, ...manifestOf(name, said, guess, request) };
    const tried = await settle(staging, draft, guess, request.threads);
    // What another model, or another way to prepare pictures, said under this name and version is not believed.
    draft.version += `+${createHash('sha256').update(JSON.stringify(draft)).digest('hex').slice(0, 8)}`;
    writeManifest(staging, draft);
    // Another import may have ended meanwhile.
    checkName(request.library, name);
    renameSync(staging, path.join(packs, name));
    const { values: _, ...trial } = tried;
    return {
      name,
      labels: labels.length,
      opset: graph.opset,
      inputs: graph.inputs.map(describe),
      outputs: graph.outputs.map(describe),
      batch: guess.input.batch ?? null,
      kind: String(draft.output['kind']),
      guessed: guess.guessed,
      trial,
    };
  } catch (error) {
    throw writeProblem(error, packs);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function checkName(library: string, name: string): void {
  if (packsOn(library).some((pack) => pack.name === name)) throw packRefused('name-taken', name);
}

function makeStaging(packs: string): string {
  try {
    mkdirSync(packs, { recursive: true });
    clearBrokenOff(packs);
    return mkdtempSync(path.join(packs, `.import-${String(process.pid)}-`));
  } catch (error) {
    throw writeProblem(error, packs);
  }
}

/** A model may take the process with it that tries it. */
function clearBrokenOff(packs: string): void {
  for (const name of readdirSync(packs)) {
    const process = /^\.import-(\d+)-/.exec(name)?.[1];
    if (process !== undefined && !isAlive(Number(process)))
      rmSync(path.join(packs, name), { recursive: true, force: true });
  }
}

/** Runs the draft; what the graph did not tell of its values, the values themselves tell. */
async function settle(
  staging: string,
  draft: Record<string, unknown> & { output: Guess['output']; input: Guess['input'] },
  guess: Guess,
  threads: number,
): Promise<Tried> {
  const isOpen = guess.values === null && draft.output['values'] !== undefined;
  if (isOpen) draft.output['values'] = 'probabilities';
  let tried = await tryWays(staging, draft, guess, threads);
  if (isOpen) {
    const kind = valuesLookLike(tried.values);
    draft.output['values'] = kind === 'logits' ? 'logits' : 'probabilities';
    if (kind !== 'logits' && guess.guessed.includes('output.kind')) draft.output['kind'] = kind;
    tried = await tryDraft(staging, draft, threads);
  }
  if (tried.difference > mixes && guess.input.batch === undefined) {
    draft.input.batch = guess.input.batch = 1;
    const alone = await tryDraft(staging, draft, threads);
    return { ...alone, difference: tried.difference };
  }
  return tried;
}

/**
 * Runs the draft as it is, and where it cannot run, as what no graph tells: with the colours last, a picture at a
 * time (some say that any batch goes, and mean one). What runs stays in the draft.
 */
async function tryWays(
  staging: string,
  draft: Record<string, unknown> & { input: Guess['input'] },
  { guessed }: Guess,
  threads: number,
): Promise<Tried> {
  const layouts = guessed.includes('layout') ? [{}, { layout: 'NHWC' }] : [{}];
  const batches = draft.input.batch === undefined ? [{}, { batch: 1 }] : [{}];
  const ways = batches.flatMap((batch) => layouts.map((layout) => ({ ...batch, ...layout })));
  const { input } = draft;
  const refusals: unknown[] = [];
  for (const way of ways)
    try {
      const tried = await tryDraft(staging, { ...draft, input: { ...input, ...way } }, threads);
      Object.assign(input, way);
      return tried;
    } catch (error) {
      if (!(error instanceof ContractError) || !error.detail.startsWith('cannot-run')) throw error;
      refusals.push(error);
    }
  throw refusals[0];
}

async function tryDraft(
  staging: string,
  draft: Record<string, unknown>,
  threads: number,
): Promise<Tried> {
  const checked = v.safeParse(manifestSchema, draft);
  if (!checked.success) {
    const [issue] = checked.issues;
    throw packRefused('bad-manifest', v.getDotPath(issue) ?? '', issue.message);
  }
  writeManifest(staging, draft);
  try {
    return await tryPack(readPack(staging), threads);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    // The person knows their files, not where the copies lie.
    const detail = error.detail.replaceAll(`${staging}${path.sep}`, '');
    if (error.code === 'model-damaged') throw packRefused('cannot-run', detail);
    const newest = tooNew.exec(detail)?.[0];
    if (newest !== undefined) throw packRefused('too-new', newest);
    throw new ContractError(error.code, detail);
  }
}

/** What onnxruntime says of a model from the future. */
const tooNew = /max supported IR version: \d+|official support for domain \S+ is till opset \d+/;

function writeManifest(folder: string, manifest: Record<string, unknown>): void {
  writeFileSync(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Probabilities of one label, of many, or no probabilities. */
function valuesLookLike(answers: readonly Float32Array[]): 'softmax' | 'sigmoid' | 'logits' {
  const isShare = answers.every((values) => values.every((value) => value >= 0 && value <= 1));
  if (!isShare) return 'logits';
  const sums = answers.map((values) => values.reduce((sum, value) => sum + value, 0));
  return sums.every((sum) => Math.abs(sum - 1) < 0.01) ? 'softmax' : 'sigmoid';
}

function manifestOf(
  name: string,
  said: Record<string, unknown>,
  guess: Guess,
  { labels }: ImportRequest,
) {
  return {
    name,
    version: typeof said['version'] === 'string' ? said['version'] : '1',
    input: guess.input,
    output: guess.output,
    ...(labels === null ? {} : { labels: labelsFile(labels) }),
    thresholds: said['thresholds'] ?? { default: 0.5 },
    variants: said['variants'] ?? [
      { file: 'model.onnx', precision: 'as-imported', devices: [...devices] },
    ],
  };
}

interface ModelFile {
  /** In the pack. */
  name: string;
  from: string;
  graph: OnnxGraph;
}

/** The imported model for every device, or with the others that the manifest names for some. */
function modelsOf(
  { model, manifest }: ImportRequest,
  said: Record<string, unknown>,
  graph: OnnxGraph,
): ModelFile[] {
  if (manifest === null || said['variants'] === undefined)
    return [{ name: 'model.onnx', from: model, graph }];
  const own = path.basename(model);
  const variants = v.safeParse(manifestSchema.entries.variants, said['variants']);
  if (!variants.success) throw packRefused('bad-manifest', 'variants', variants.issues[0].message);
  const names = [...new Set(variants.output.map(({ file }) => file))];
  if (!names.includes(own)) throw packRefused('bad-manifest', 'variants', own);
  return names.map((name) => {
    if (name === own) return { name, from: model, graph };
    const from = path.join(path.dirname(manifest), name);
    const other = graphOf(readNamed(from, 'no-model'));
    const values = ({ inputs, outputs }: OnnxGraph) => JSON.stringify([inputs, outputs]);
    if (values(other) !== values(graph)) throw packRefused('other-values', name, own);
    return { name, from, graph: other };
  });
}

/** Copies what the pack needs and adds its sha256 to `said.files`. A sum that was said must hold. */
function copyFiles(
  staging: string,
  request: ImportRequest,
  said: Record<string, unknown>,
  models: readonly ModelFile[],
): void {
  const wanted = new Map(models.map(({ name, from }) => [name, from]));
  const beside = (name: string, base: string) => path.join(path.dirname(base), name);
  for (const { graph, from } of models)
    for (const outside of graph.outside) {
      const name = path.normalize(outside);
      if (name !== path.basename(name)) throw packRefused('weights-apart', outside);
      wanted.set(name, beside(name, from));
    }
  if (request.labels !== null) wanted.set(labelsFile(request.labels), request.labels);
  if (request.manifest !== null)
    for (const name of [
      part(said['output'])['vectors'],
      said['concepts'],
      part(said['thresholds'])['labels'],
      part(said['thresholds'])['tags'],
    ])
      if (typeof name === 'string') wanted.set(name, beside(name, request.manifest));
  const sums = part(said['files']);
  const files: Manifest['files'] = {};
  for (const [name, from] of wanted) {
    if (name !== path.basename(name)) throw packRefused('bad-manifest', name, 'not beside it');
    if (!existsSync(from)) throw packRefused('missing', from);
    const to = path.join(staging, name);
    copyFileSync(from, to);
    const facts = fileFacts(to);
    const promised = part(sums[path.basename(from)] ?? sums[name])['sha256'];
    if (promised !== undefined && promised !== facts.sha256)
      throw packRefused('hash-mismatch', path.basename(from));
    files[name] = facts;
  }
  said['files'] = files;
}

function labelsOf({ labels }: ImportRequest, said: Record<string, unknown>): Label[] {
  if (labels === null) {
    if (part(said['output'])['kind'] === 'faces') return [];
    throw packRefused('needs-labels');
  }
  const bytes = readNamed(labels, 'no-labels');
  try {
    return parseLabels(labelText(bytes), path.basename(labels));
  } catch (error) {
    if (error instanceof LabelError) throw packRefused(error.problem, error.fact);
    throw error;
  }
}

function graphOf(bytes: Buffer): OnnxGraph {
  try {
    return readGraph(bytes);
  } catch (error) {
    if (error instanceof GraphError)
      throw packRefused(error.message === 'cut off' ? 'cut-off' : 'not-onnx');
    throw error;
  }
}

function readSaid(file: string): Record<string, unknown> {
  try {
    return v.parse(partSchema, JSON.parse(readNamed(file, 'no-manifest').toString('utf8')));
  } catch (error) {
    if (error instanceof ContractError) throw error;
    throw packRefused('no-manifest', file);
  }
}

function readNamed(file: string, problem: 'no-model' | 'no-labels' | 'no-manifest'): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw packRefused(problem, file);
  }
}

function part(value: unknown): Record<string, unknown> {
  const read = v.safeParse(partSchema, value);
  return read.success ? read.output : {};
}

function packName({ name, model }: ImportRequest, said: Record<string, unknown>): string {
  const wanted = name ?? (typeof said['name'] === 'string' ? said['name'] : path.parse(model).name);
  return (
    wanted
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
      .replace(/^[.-]+|-+$/g, '') || 'pack'
  );
}

/** The name decides how it is read, so its ending stays. */
function labelsFile(labels: string): string {
  const ending = path.extname(labels).toLowerCase();
  return `labels${['.csv', '.tsv', '.json'].includes(ending) ? ending : '.txt'}`;
}

function describe({ name, type, dims }: OnnxGraph['inputs'][number]): string {
  return `${name}: ${type} [${dims.map((dim) => dim ?? 'n').join(', ')}]`;
}
