/**
 * The inference thread: the only importer of onnxruntime-node. Opens a session on the first device that
 * proves to work, runs batches from shared memory, and moves to the next device when one breaks.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type * as Onnxruntime from 'onnxruntime-node';
import type { Device, DeviceReason } from '../../common/contract.ts';
import { finisher, normaliseRows, readVectors, type RawOutput } from './answers.ts';
import { runtimeVariable } from '../gpu-runtime/place.ts';
import { absence, codeOfFailure } from './device.ts';
import type { OutputSpec } from './manifest.ts';

export interface InferWorkerData {
  /** Devices to try, best first, each with its model file. */
  candidates: { device: Device; file: string }[];
  places: SharedArrayBuffer;
  input: { name: string; type: 'uint8' | 'float32'; dims: readonly number[] };
  /** The graph's outputs to ask for. */
  outputs: readonly string[];
  answer: OutputSpec;
  labels: number;
  /** The file of an embedding's label vectors. */
  vectors: string | null;
  /** The only batch size that the graph takes; null where any goes. */
  fixedBatch: number | null;
  maxBatch: number;
  threads: number;
}

export interface InferJob {
  batch: number;
  /** Places in shared memory, one a photo. */
  places: number[];
}

export interface DeviceState {
  device: Device;
  unused: DeviceReason[];
  /** The warm-up run, one photo, ms. */
  warmUpMs: number;
}

export type FromInferWorker =
  | { kind: 'open'; state: DeviceState }
  | { kind: 'no-device'; reason: string }
  /** One array an output: photos x values. */
  | { kind: 'result'; batch: number; outputs: Float32Array[]; ms: number };

/**
 * Where the process was started for the GPU's runtime, its onnxruntime is the one with the providers; one
 * that does not load leaves the app's own.
 */
function loadOnnxruntime(from: string | undefined): { ort: typeof Onnxruntime; file: string } {
  const require = createRequire(from === undefined ? import.meta.url : path.join(from, 'x.js'));
  try {
    const ort = require('onnxruntime-node') as typeof Onnxruntime;
    return { ort, file: require.resolve('onnxruntime-node') };
  } catch (error) {
    if (from === undefined) throw error;
    return loadOnnxruntime(undefined);
  }
}

const { ort, file: onnxruntime } = loadOnnxruntime(process.env[runtimeVariable]);
const data = workerData as InferWorkerData;
const inputBytes =
  data.input.dims.reduce((product, side) => product * side, 1) *
  (data.input.type === 'float32' ? 4 : 1);
// Room for a last part that is filled up to the graph's own size.
const staging = new Uint8Array((data.maxBatch + (data.fixedBatch ?? 0)) * inputBytes);
const finish = finisher(data.answer, data.labels, vectors());
const unused: DeviceState['unused'] = [];
const candidates = [...data.candidates];
let session: Onnxruntime.InferenceSession | null = null;

function post(message: FromInferWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/**
 * onnxruntime throws where a provider's library is missing and never says which provider runs, so
 * each device proves itself with one run.
 */
async function open(): Promise<boolean> {
  for (let next = candidates[0]; next; next = candidates[0]) {
    const { device, file } = next;
    const absent = absence(device, ort.listSupportedBackends(), onnxruntime);
    if (absent) {
      candidates.shift();
      unused.push(absent);
      continue;
    }
    try {
      session = await ort.InferenceSession.create(file, {
        executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
        intraOpNumThreads: data.threads,
        interOpNumThreads: 1,
        logSeverityLevel: 4,
      });
      const started = performance.now();
      await infer(session, 1);
      const warmUpMs = performance.now() - started;
      post({ kind: 'open', state: { device, unused: [...unused], warmUpMs } });
      return true;
    } catch (error) {
      await giveUp(error);
    }
  }
  post({ kind: 'no-device', reason: unused.map(({ reason }) => reason).join('; ') });
  return false;
}

/** Sets the current device aside with the reason, so that `open` goes on with the next one. */
async function giveUp(error: unknown): Promise<void> {
  const failed = candidates.shift();
  if (failed) {
    const reason = firstLine(error);
    unused.push({ device: failed.device, code: codeOfFailure(reason), reason });
  }
  await session?.release().catch(() => undefined);
  session = null;
}

/** Answers the first `count` inputs of the staging memory. Throws unless the answer has the right form. */
async function infer(on: Onnxruntime.InferenceSession, count: number): Promise<Float32Array[]> {
  const size = data.fixedBatch;
  if (size === null) return finish(await runGraph(on, 0, count), count);
  const parts: Float32Array[][] = [];
  for (let at = 0; at < count; at += size) {
    const used = Math.min(size, count - at);
    const outputs = finish(await runGraph(on, at, size), size);
    parts.push(outputs.map((values) => values.subarray(0, (values.length / size) * used)));
  }
  return data.outputs.map((_, output) => joined(parts.map((part) => part[output] ?? none)));
}

const none = new Float32Array();

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function runGraph(
  on: Onnxruntime.InferenceSession,
  from: number,
  count: number,
): Promise<RawOutput[]> {
  const bytes = staging.subarray(from * inputBytes, (from + count) * inputBytes);
  const dims = [count, ...data.input.dims];
  const input =
    data.input.type === 'uint8'
      ? new ort.Tensor('uint8', bytes, dims)
      : new ort.Tensor(
          'float32',
          new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
          dims,
        );
  const answer = await on.run({ [data.input.name]: input }, data.outputs);
  return data.outputs.map((name): RawOutput => {
    const output = answer[name];
    if (!output) throw new Error(`the model has no output "${name}"`);
    if (!(output.data instanceof Float32Array))
      throw new Error(`the model's output "${name}" is ${output.type}, not float32`);
    return { values: output.data, dims: output.dims };
  });
}

function vectors(): Float32Array | null {
  if (data.vectors === null || data.answer.kind !== 'embedding') return null;
  return normaliseRows(readVectors(data.vectors), data.answer.dimensions);
}

/** One gathered copy a photo (200 kB for the default pack, about 0.1 % of its cost) makes any places a contiguous batch. */
function gather(places: readonly number[]): void {
  places.forEach((place, at) => {
    staging.set(new Uint8Array(data.places, place * inputBytes, inputBytes), at * inputBytes);
  });
}

async function run({ batch, places }: InferJob): Promise<void> {
  while (session) {
    const started = performance.now();
    try {
      gather(places);
      const outputs = await infer(session, places.length);
      const ms = performance.now() - started;
      const memory = outputs.map(({ buffer }) => buffer as ArrayBuffer);
      post({ kind: 'result', batch, outputs, ms }, memory);
      return;
    } catch (error) {
      await giveUp(error);
      if (!(await open())) return;
    }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

// One batch at a time: the next waits here until the session is free.
let last: Promise<unknown> = open();
parentPort?.on('message', (job: InferJob) => {
  last = last.then(() => run(job));
});
