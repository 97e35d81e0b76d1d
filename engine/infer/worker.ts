/**
 * The inference thread: the only importer of onnxruntime-node. Opens a session on the first device that
 * proves to work, runs batches from shared memory, and moves to the next device when one breaks.
 */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import type { Device } from '../../common/contract.ts';

export interface InferWorkerData {
  /** Devices to try, best first, each with its model file. */
  candidates: { device: Device; file: string }[];
  places: SharedArrayBuffer;
  inputName: string;
  outputName: string;
  /** Side of the square input. */
  size: number;
  labels: number;
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
  unused: { device: Device; reason: string }[];
  /** The warm-up run, one photo, ms. */
  warmUpMs: number;
}

export type FromInferWorker =
  | { kind: 'open'; state: DeviceState }
  | { kind: 'no-device'; reason: string }
  /** `probabilities`: photos x labels. */
  | { kind: 'result'; batch: number; probabilities: Float32Array; ms: number };

const data = workerData as InferWorkerData;
const inputBytes = data.size * data.size * 3;
const staging = new Uint8Array(data.maxBatch * inputBytes);
const unused: DeviceState['unused'] = [];
const candidates = [...data.candidates];
let session: InferenceSession | null = null;

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
    try {
      // onnxruntime drops a provider that its build lacks without a word and runs on the CPU.
      if (!listSupportedBackends().some(({ name }) => name === device))
        throw new Error('not on this system');
      session = await InferenceSession.create(readFileSync(file), {
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
  if (failed) unused.push({ device: failed.device, reason: firstLine(error) });
  await session?.release().catch(() => undefined);
  session = null;
}

/** Runs the first `count` inputs of the staging memory. Throws unless every value is a probability. */
async function infer(on: InferenceSession, count: number): Promise<Float32Array> {
  const pixels = staging.subarray(0, count * inputBytes);
  const input = new Tensor('uint8', pixels, [count, data.size, data.size, 3]);
  const { [data.outputName]: output } = await on.run({ [data.inputName]: input }, [
    data.outputName,
  ]);
  if (!output) throw new Error(`the model has no output "${data.outputName}"`);
  const values = output.data;
  if (!(values instanceof Float32Array) || values.length !== count * data.labels)
    throw new Error(
      `the model's output has the shape ${output.dims.join(' × ')}, not ${String(count)} × ${String(data.labels)}`,
    );
  if (!values.every(Number.isFinite))
    throw new Error('the model answered with values that are no numbers');
  return values;
}

/** One gathered copy a photo (200 kB, about 0.1 % of its cost) makes any places a contiguous batch. */
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
      const probabilities = new Float32Array(await infer(session, places.length));
      const ms = performance.now() - started;
      post({ kind: 'result', batch, probabilities, ms }, [probabilities.buffer]);
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
