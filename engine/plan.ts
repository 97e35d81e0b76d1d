/** How the work is done: what the command line said, else what the person's settings say, else automatic. */
import os from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import {
  isServers,
  type DeviceChoice,
  type EngineOptions,
  type Settings,
} from '../common/contract.ts';
import { mostDecodeWorkers } from './options.ts';
import { requestsInFlight } from './infer/remote/session.ts';

/** What may change while the work goes on. */
export interface Setting {
  decodeWorkers: number;
  maxBatch: number;
  maxDelayMs: number;
}
export type Knob = keyof Setting;

/** How far a knob may be turned, and where it stands at first. What a person fixed has one value. */
export interface Range {
  least: number;
  start: number;
  most: number;
}
export type Ranges = Record<Knob, Range>;

export interface Plan {
  device: DeviceChoice;
  /** For inference servers. */
  token: string | null;
  connections: EngineOptions['connections'];
  inferThreads: number;
  ranges: Ranges;
  preferredBatches: readonly number[];
  /** Batches on their way at once. */
  batchesInFlight: number;
}

/** While a thread waits for its next photo another decodes: 10 % more photos here than with one a core. */
const spareDecoders = 2;
const usualBatch = 32;
const mostBatch = 64;
/** Longer gains nothing: a preferred size closes a batch at once. */
const usualDelayMs = 100;
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
  const mostDecoders = mostDecodeWorkers(cores);
  const usualDecoders = Math.min(mostDecoders, cores + spareDecoders);
  const orFixed = (value: number | null, automatic: Range): Range =>
    value === null ? automatic : { least: value, start: value, most: value };
  return {
    device,
    token: settings.serverToken ?? process.env['WANWU_SERVER_TOKEN'] ?? null,
    connections: options.connections,
    inferThreads: options.inferThreads,
    ranges: {
      decodeWorkers: orFixed(options.decodeWorkers ?? settings.decodeWorkers, {
        least: 1,
        start: usualDecoders,
        most: mostDecoders,
      }),
      maxBatch: orFixed(options.batch.max ?? settings.maxBatch, {
        least: 1,
        start: usualBatch,
        // Servers say themselves how much they take at once.
        most: servers > 0 ? usualBatch : mostBatch,
      }),
      maxDelayMs: orFixed(options.batch.maxDelayMs, {
        least: 0,
        start: usualDelayMs,
        most: usualDelayMs,
      }),
    },
    preferredBatches: options.batch.preferred,
    batchesInFlight:
      servers === 0 ? inFlightHere : Math.min(mostInFlight, servers * requestsInFlight + 1),
  };
}

/** One end of every knob's range. */
export function settingAt({ ranges }: Pick<Plan, 'ranges'>, end: keyof Range): Setting {
  const { decodeWorkers, maxBatch, maxDelayMs } = ranges;
  return {
    decodeWorkers: decodeWorkers[end],
    maxBatch: maxBatch[end],
    maxDelayMs: maxDelayMs[end],
  };
}

export function isSamePlan(one: Plan, other: Plan): boolean {
  return isDeepStrictEqual(one, other);
}
