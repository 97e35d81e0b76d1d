/** How an engine is started unless the person says otherwise. */
import os from 'node:os';
import path from 'node:path';
import envPaths from 'env-paths';
import type { EngineOptions } from '../common/contract.ts';

/** A photo costs about five times as much to decode as to infer, so one thread in six infers. */
const decodeShare = 5 / 6;
/** Disks and networks that answer slowly keep threads waiting: more of them than cores can pay. */
const decodersPerCore = 4;

/** More decode threads are never tried; where a person sets more, they wait for each other's places. */
export const mostDecodeWorkers = (cores: number) => Math.min(64, cores * decodersPerCore);

/** `given`: what the person chose; the library is made absolute. */
export function engineOptions(given: Partial<EngineOptions> = {}): EngineOptions {
  const cores = os.availableParallelism();
  return {
    packs: null,
    readOnly: false,
    watch: false,
    gentle: null,
    device: null,
    connections: { total: 100, perHost: 50 },
    decodeWorkers: null,
    inferThreads: Math.max(1, Math.floor(cores * (1 - decodeShare))),
    batch: { max: null, preferred: [4, 8, 16], maxDelayMs: null },
    ...given,
    library: path.resolve(given.library ?? process.env['WANWU_LIBRARY'] ?? dataFolder()),
  };
}

function dataFolder(): string {
  return envPaths('wanwu-album', { suffix: '' }).data;
}
