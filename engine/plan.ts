/** How the work is done: what the command line said, else what the person's settings say, else automatic. */
import os from 'node:os';
import {
  isServers,
  type DeviceChoice,
  type EngineOptions,
  type Settings,
} from '../common/contract.ts';
import { requestsInFlight } from './infer/remote/session.ts';

/** While a thread waits for its next photo another decodes: 10 % more photos here than with one a core. */
const spareDecoders = 2;

export interface Plan {
  device: DeviceChoice;
  /** For inference servers. */
  token: string | null;
  connections: EngineOptions['connections'];
  decodeWorkers: number;
  inferThreads: number;
  batch: {
    max: number;
    preferred: readonly number[];
    maxDelayMs: number;
    /** Batches on their way at once. */
    inFlight: number;
  };
}

const automaticBatch = 32;
/** Two keep a session of this machine busy while answers are on their way. */
const inFlightHere = 2;
const mostInFlight = 17;

export function planFor(
  options: Pick<
    EngineOptions,
    'device' | 'connections' | 'decodeWorkers' | 'inferThreads' | 'batch'
  >,
  settings: Pick<Settings, 'device' | 'serverToken' | 'decodeWorkers' | 'maxBatch'>,
  cores = os.availableParallelism(),
): Plan {
  const device = options.device ?? settings.device;
  const servers = isServers(device) ? device.split(',').length : 0;
  return {
    device,
    token: settings.serverToken ?? process.env['WANWU_SERVER_TOKEN'] ?? null,
    connections: options.connections,
    decodeWorkers:
      options.decodeWorkers ?? settings.decodeWorkers ?? Math.min(64, cores + spareDecoders),
    inferThreads: options.inferThreads,
    batch: {
      ...options.batch,
      max: options.batch.max ?? settings.maxBatch ?? automaticBatch,
      inFlight:
        servers === 0 ? inFlightHere : Math.min(mostInFlight, servers * requestsInFlight + 1),
    },
  };
}

export function isSamePlan(one: Plan, other: Plan): boolean {
  return (
    one.device === other.device &&
    one.token === other.token &&
    one.decodeWorkers === other.decodeWorkers &&
    one.batch.max === other.batch.max
  );
}
