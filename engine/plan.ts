/** How the work is done: what the command line said, else what the person's settings say, else automatic. */
import os from 'node:os';
import type { Device, EngineOptions, Settings } from '../common/contract.ts';

export interface Plan {
  device: Device | 'auto';
  decodeWorkers: number;
  inferThreads: number;
  batch: { max: number; preferred: readonly number[]; maxDelayMs: number };
}

const automaticBatch = 32;

export function planFor(
  options: Pick<EngineOptions, 'device' | 'decodeWorkers' | 'inferThreads' | 'batch'>,
  settings: Pick<Settings, 'device' | 'decodeWorkers' | 'maxBatch'>,
  cores = os.availableParallelism(),
): Plan {
  return {
    device: options.device ?? settings.device,
    decodeWorkers: options.decodeWorkers ?? settings.decodeWorkers ?? Math.min(64, cores),
    inferThreads: options.inferThreads,
    batch: {
      ...options.batch,
      max: options.batch.max ?? settings.maxBatch ?? automaticBatch,
    },
  };
}

export function isSamePlan(one: Plan, other: Plan): boolean {
  return (
    one.device === other.device &&
    one.decodeWorkers === other.decodeWorkers &&
    one.batch.max === other.batch.max
  );
}
