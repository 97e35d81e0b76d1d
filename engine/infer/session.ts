/** The inference session as the rest of the engine sees it: opens its thread, answers batches. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  ContractError,
  type Device,
  type RemoteServer,
  type UsedDevice,
} from '../../common/contract.ts';
import { inputDims, inputShape, outputNames, variantFor, vectorsFile, type Pack } from './pack.ts';
import type { DeviceState, FromInferWorker, InferJob, InferWorkerData } from './worker.ts';

export interface Inferred {
  /** One array an output of the model: photos x values. */
  outputs: Float32Array[];
  ms: number;
}

export interface SessionState extends Omit<DeviceState, 'device'> {
  device: UsedDevice;
  /** None for a session of this machine alone. */
  servers: RemoteServer[];
}

export interface Session {
  readonly state: SessionState;
  /** Rejects only when no device is left that can run the model. */
  run(places: number[]): Promise<Inferred>;
  close(): Promise<void>;
}

export interface SessionOptions {
  pack: Pack;
  device: Device | 'auto';
  places: SharedArrayBuffer;
  threads: number;
  maxBatch: number;
}

/** Best first; what another system has is not asked for. */
const automatic: Partial<Record<NodeJS.Platform, Device[]>> = {
  linux: ['cuda', 'webgpu', 'cpu'],
  win32: ['dml', 'webgpu', 'cpu'],
  darwin: ['coreml', 'webgpu', 'cpu'],
};

/** Batches on their way are waited for so long when the session is closed. */
const patienceMs = 15_000;

/** Devices to try, best first. A wanted device that fails falls back to the CPU, with the reason kept. */
export function candidateDevices(wanted: Device | 'auto', platform: NodeJS.Platform): Device[] {
  if (wanted === 'auto') return automatic[platform] ?? ['cpu'];
  return wanted === 'cpu' ? ['cpu'] : [wanted, 'cpu'];
}

/** Resolves when a device has proved itself; rejects with `model-damaged` when none can run the model. */
export async function openSession(
  options: SessionOptions,
  onDeath: (error: Error) => void,
): Promise<Session> {
  const { pack, places, threads, maxBatch } = options;
  const { type } = inputShape(pack.manifest);
  const data: InferWorkerData = {
    candidates: candidateDevices(options.device, process.platform).flatMap((device) => {
      const file = variantFor(pack, device);
      return file === null ? [] : [{ device, file }];
    }),
    places,
    input: { name: pack.manifest.input.name, type, dims: inputDims(pack.manifest) },
    outputs: outputNames(pack.manifest),
    answer: pack.manifest.output,
    labels: pack.labels.length,
    vectors: vectorsFile(pack),
    fixedBatch: pack.manifest.input.batch ?? null,
    maxBatch,
    threads,
    // What a person chose they get, fast or not.
    mustBeFaster: options.device === 'auto',
  };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data });
  const waiting = new Map<number, PromiseWithResolvers<Inferred>>();
  const opened = Promise.withResolvers<DeviceState>();
  let state: DeviceState | null = null;
  let broken: ContractError | null = null;
  let closing = false;
  let nextBatch = 1;

  worker.on('message', (message: FromInferWorker) => {
    switch (message.kind) {
      case 'open':
        state = message.state;
        opened.resolve(message.state);
        break;
      case 'no-device':
        broken = new ContractError('model-damaged', message.reason);
        opened.reject(broken);
        for (const { reject } of waiting.values()) reject(broken);
        waiting.clear();
        break;
      case 'result':
        waiting.get(message.batch)?.resolve(message);
        waiting.delete(message.batch);
        break;
    }
  });
  const onEnd = (error: Error) => {
    if (closing) return;
    // A thread that cannot even start says why; later only a native fault ends it.
    if (state === null) opened.reject(new ContractError('internal', error.message));
    else onDeath(error);
  };
  worker.on('error', onEnd);
  worker.on('exit', (code) => {
    onEnd(new Error(`inference thread ended with ${String(code)}`));
  });

  const close = async () => {
    closing = true;
    // Ended inside a run the thread takes the whole process with it.
    const answers = [...waiting.values()].map(({ promise }) => promise);
    await Promise.race([Promise.allSettled(answers), sleep(patienceMs, undefined, { ref: false })]);
    await worker.terminate();
  };
  const first = await opened.promise.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    get state() {
      return { ...(state ?? first), servers: [] };
    },
    run: (batchPlaces) => {
      if (broken) return Promise.reject(broken);
      const batch = nextBatch++;
      const answer = Promise.withResolvers<Inferred>();
      waiting.set(batch, answer);
      const job: InferJob = { batch, places: batchPlaces };
      worker.postMessage(job);
      return answer.promise;
    },
    close,
  };
}
