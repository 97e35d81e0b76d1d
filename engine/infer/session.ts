/** The inference session as the rest of the engine sees it: opens its thread, answers batches. */
import {
  ContractError,
  type Device,
  type Help,
  type RemoteServer,
  type UsedDevice,
} from '../../common/contract.ts';
import { withComparison } from './compare.ts';
import { inputDims, outputNames, variantFor, type Pack } from './pack.ts';
import { openThread } from './thread.ts';
import type { DeviceState, InferWorkerData } from './worker.ts';

export interface Inferred {
  /** One array an output of the model: photos x values. */
  outputs: Float32Array[];
  ms: number;
}

export interface SessionState extends Omit<DeviceState, 'device'> {
  device: UsedDevice;
  /** None for a session of this machine alone. */
  servers: RemoteServer[];
  /** What this machine did in the last seconds of what servers share with it. */
  help: Help | null;
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
  return withComparison(await openModel(options, onDeath), options, onDeath);
}

/** The model alone: an embedding's answers are still vectors. */
export async function openModel(
  options: SessionOptions,
  onDeath: (error: Error) => void,
): Promise<Session> {
  const { pack, places, threads, maxBatch } = options;
  const { name, type } = pack.manifest.input;
  const candidates = candidateDevices(options.device, process.platform).flatMap((device) => {
    const file = variantFor(pack, device);
    return file === null ? [] : [{ device, file }];
  });
  if (candidates.length === 0)
    throw new ContractError('model-damaged', `variants: none for ${options.device}`);
  const data: InferWorkerData = {
    candidates,
    places,
    input: { name, type, dims: inputDims(pack.manifest) },
    outputs: outputNames(pack.manifest),
    answer: pack.manifest.output,
    labels: pack.labels.length,
    fixedBatch: pack.manifest.input.batch ?? null,
    maxBatch,
    threads,
    // What a person chose they get, fast or not.
    mustBeFaster: options.device === 'auto',
  };
  return openThread(data, onDeath);
}
