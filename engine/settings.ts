/** What the person set, kept in the catalog. Owns what another setting makes the engine do. */
import * as v from 'valibot';
import { settingsSchema, type EngineOptions, type Settings } from '../common/contract.ts';
import type { Memory } from './catalog/memory.ts';

export const automatic: Settings = {
  threshold: null,
  device: 'auto',
  decodeWorkers: null,
  maxBatch: null,
  gentle: 'auto',
  thumbnailCapBytes: null,
};

/** A row that another version wrote and this one cannot read counts as automatic. */
export function readSettings(memory: Memory): Settings {
  const stored: unknown = JSON.parse(memory.get('settings') ?? '{}');
  const parsed = v.safeParse(settingsSchema, { ...automatic, ...(stored as object) });
  return parsed.success ? parsed.output : automatic;
}

export function writeSettings(memory: Memory, settings: Settings): void {
  memory.set('settings', JSON.stringify(settings));
}

/** What the command line said, else what the settings say. */
export function withSettings(options: EngineOptions, settings: Settings): EngineOptions {
  return {
    ...options,
    device: options.device ?? settings.device,
    decodeWorkers: options.decodeWorkers ?? settings.decodeWorkers,
    batch: { ...options.batch, max: options.batch.max ?? settings.maxBatch },
  };
}
