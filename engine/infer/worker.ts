/**
 * The inference thread: the only importer of onnxruntime-node. Opens a session on the first device that
 * proves to work, runs batches from shared memory, and moves to the next device when one breaks.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type * as Onnxruntime from 'onnxruntime-node';
import type { Device, DeviceReason } from '../../common/contract.ts';
import { finisher, joined, type RawOutput } from './answers.ts';
import { runtimeVariable } from '../gpu-runtime/place.ts';
import { absence, failureOf, isOutOfMemory, SlowerThanCpu } from './device.ts';
import { beginTrial, brokenTrial } from './device-trial.ts';
import { fromHalves, toHalves } from './float16.ts';
import type { OutputSpec } from './manifest.ts';

export interface InferWorkerData {
  /** Devices to try, best first, each with its model file, or a graph whose constants lie in a folder. */
  candidates: { device: Device; file: string | { graph: Uint8Array; folder: string } }[];
  places: SharedArrayBuffer;
  /** Places hold bytes, or float32 for both kinds of floats. */
  input: { name: string; type: 'uint8' | 'float32' | 'float16'; dims: readonly number[] };
  /** The graph's outputs to ask for. */
  outputs: readonly string[];
  answer: OutputSpec;
  labels: number;
  /** The only batch size that the graph takes; null where any goes. */
  fixedBatch: number | null;
  maxBatch: number;
  threads: number;
  /** A device other than the CPU is kept only where it is the faster one. */
  mustBeFaster: boolean;
}

export interface InferJob {
  batch: number;
  /** Places in shared memory, one a photo. */
  places: number[];
}

export interface DeviceState {
  device: Device;
  unused: DeviceReason[];
  /** Photos that its memory has room for at once; null as long as it had room for all. */
  mostAtOnce: number | null;
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
const trialPhotos = 8;
const slowMs = 100;
const data = workerData as InferWorkerData;
/** More at once leave a CPU's caches: sixteen cost 10 to 25 % more a photo than four. */
const cpuBatch = 4 * data.threads;
const inputBytes =
  data.input.dims.reduce((product, side) => product * side, 1) *
  (data.input.type === 'uint8' ? 1 : 4);
// Room for a last part that is filled up to the graph's own size.
const staging = new Uint8Array((data.maxBatch + (data.fixedBatch ?? 0)) * inputBytes);
const finish = finisher(data.answer, data.labels);
const unused: DeviceState['unused'] = [];
const candidates = [...data.candidates];
let session: Onnxruntime.InferenceSession | null = null;
let mostAtOnce: number | null = null;
/** Photos in the last run that was tried. */
let attempted = 0;
/** Ms a photo, once it was asked for. */
let cpuPhotoMs: number | null = null;

function post(message: FromInferWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/**
 * onnxruntime throws where a provider's library is missing and never says which provider runs, so
 * each device proves itself with a run.
 */
async function open(): Promise<boolean> {
  for (let next = candidates[0]; next; next = candidates[0]) {
    const { device } = next;
    const absent =
      absence(device, ort.listSupportedBackends(), onnxruntime) ??
      (data.mustBeFaster ? brokenTrial(device) : null);
    if (absent) {
      candidates.shift();
      unused.push(absent);
      continue;
    }
    const endTrial = beginTrial(device);
    try {
      session = await create(next);
      await infer(session, 1);
      if (data.mustBeFaster && device !== 'cpu') await proveFaster(session);
      post({ kind: 'open', state: { device, unused: [...unused], mostAtOnce } });
      return true;
    } catch (error) {
      await retreat(error);
    } finally {
      endTrial();
    }
  }
  post({ kind: 'no-device', reason: unused.map(({ reason }) => reason).join('; ') });
  return false;
}

function create({ device, file }: (typeof candidates)[number]) {
  const options: Onnxruntime.InferenceSession.SessionOptions = {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: data.threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  };
  if (typeof file === 'string') return ort.InferenceSession.create(file, options);
  const extra = { session: { model_external_initializers_file_folder_path: file.folder } };
  return ort.InferenceSession.create(file.graph, { ...options, extra });
}

/** Throws where the CPU is as fast: a GPU that runs in software, or a model too small for its ways. */
async function proveFaster(on: Onnxruntime.InferenceSession): Promise<void> {
  const ms = await photoMs(on);
  cpuPhotoMs ??= await measureCpu();
  if (ms >= cpuPhotoMs) throw new SlowerThanCpu(ms, cpuPhotoMs);
}

/** Ms a photo in a batch; the better of two, after one that pays for what is done once. */
async function photoMs(on: Onnxruntime.InferenceSession): Promise<number> {
  const count = Math.min(trialPhotos, data.maxBatch);
  await infer(on, count);
  const runs = [await timed(on, count), await timed(on, count)];
  return Math.min(...runs) / count;
}

async function timed(on: Onnxruntime.InferenceSession, count: number): Promise<number> {
  const started = performance.now();
  await infer(on, count);
  return performance.now() - started;
}

async function measureCpu(): Promise<number> {
  const cpu = candidates.find(({ device }) => device === 'cpu');
  if (!cpu) return Infinity;
  const on = await create(cpu);
  try {
    const alone = await timed(on, 1);
    // A model that is slow alone gains nothing in company, and would keep the person waiting.
    return alone > slowMs ? alone : Math.min(alone, await photoMs(on));
  } finally {
    await on.release();
  }
}

/**
 * After an error the session is of no use: out of memory it is made anew for half as many photos at once,
 * else the device is set aside with the reason. `open` goes on from there.
 */
async function retreat(error: unknown): Promise<void> {
  const device = candidates[0]?.device;
  if (isOutOfMemory(error) && attempted > 1 && data.fixedBatch === null)
    mostAtOnce = Math.floor(attempted / 2);
  else if (device) {
    candidates.shift();
    unused.push({ device, ...failureOf(error) });
    mostAtOnce = null;
  }
  await session?.release().catch(() => undefined);
  session = null;
}

/**
 * Answers the first `count` inputs of the staging memory. Throws unless the answer has the right form; `isLast`:
 * see Finish.
 */
async function infer(
  on: Onnxruntime.InferenceSession,
  count: number,
  isLast = false,
): Promise<Float32Array[]> {
  const most = mostAtOnce ?? (candidates[0]?.device === 'cpu' ? cpuBatch : count);
  const size = data.fixedBatch ?? Math.min(count, most);
  const parts: Float32Array[][] = [];
  for (let at = 0; at < count; at += size) {
    const used = Math.min(size, count - at);
    const ran = data.fixedBatch ?? used;
    attempted = ran;
    const outputs = finish(await runGraph(on, at, ran), ran, isLast);
    parts.push(outputs.map((values) => values.subarray(0, (values.length / ran) * used)));
  }
  const [only] = parts;
  if (only && parts.length === 1 && data.fixedBatch === null) return only;
  return joined(parts, data.outputs.length);
}

async function runGraph(
  on: Onnxruntime.InferenceSession,
  from: number,
  count: number,
): Promise<RawOutput[]> {
  const bytes = staging.subarray(from * inputBytes, (from + count) * inputBytes);
  const dims = [count, ...data.input.dims];
  const answer = await on.run({ [data.input.name]: inputOf(bytes, dims) }, data.outputs);
  return data.outputs.map((name): RawOutput => {
    const output = answer[name];
    if (!output) throw new Error(`the model has no output "${name}"`);
    return { values: floatsOf(name, output), dims: output.dims };
  });
}

function inputOf(bytes: Uint8Array, dims: number[]): Onnxruntime.Tensor {
  if (data.input.type === 'uint8') return new ort.Tensor('uint8', bytes, dims);
  const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return data.input.type === 'float32'
    ? new ort.Tensor('float32', floats, dims)
    : new ort.Tensor('float16', toHalves(floats), dims);
}

function floatsOf(name: string, { type, data: values }: Onnxruntime.Tensor): Float32Array {
  if (values instanceof Float32Array) return values;
  if (values instanceof Float64Array) return Float32Array.from(values);
  if (type === 'float16' && values instanceof Uint16Array) return fromHalves(values);
  throw new Error(`the model's output "${name}" is ${type}, no floats`);
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
      const outputs = await infer(session, places.length, candidates.length === 1);
      const ms = performance.now() - started;
      const memory = outputs.map(({ buffer }) => buffer as ArrayBuffer);
      post({ kind: 'result', batch, outputs, ms }, memory);
      return;
    } catch (error) {
      await retreat(error);
      if (!(await open())) return;
    }
  }
}

// One batch at a time: the next waits here until the session is free.
let last: Promise<unknown> = open();
parentPort?.on('message', (job: InferJob) => {
  last = last.then(() => run(job));
});
