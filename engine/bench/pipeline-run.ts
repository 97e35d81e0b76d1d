/** Runs a whole engine over photos in a library of its own and tells how fast it was. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineOptions, Status, UsedDevice } from '../../common/contract.ts';
import { startEngine, type EngineClient } from '../client.ts';

export interface PipelineRun {
  photos: number;
  seconds: number;
  photosPerSecond: number;
  /** CPU time of the engine's process a photo. */
  cpuMs: number;
  peakMemoryBytes: number;
  device: UsedDevice;
}

const coarseMs = 200;
const fineMs = 10;
/** With this few photos left the end is watched closely. */
const nearEnd = 20;

/**
 * `warmUp`: photos that are tagged first and not counted, as the ceiling's stages run warm too.
 * Each run has an empty library of its own, whatever `options` say. Throws when aborted.
 */
export async function runPipeline(
  photos: readonly string[],
  warmUp: readonly string[],
  options: EngineOptions,
  signal?: AbortSignal,
): Promise<PipelineRun> {
  const library = mkdtempSync(path.join(os.tmpdir(), 'wanwu-bench-'));
  try {
    const own = { ...options, library, readOnly: false, watch: false };
    const engine = await startEngine({ node: process.execPath, options: own });
    try {
      const before = await tag(engine, warmUp, signal);
      const started = performance.now();
      const after = await tag(engine, photos, signal);
      const seconds = (performance.now() - started) / 1000;
      const done = after.counts.indexed - before.counts.indexed;
      return {
        photos: done,
        seconds,
        photosPerSecond: done / seconds,
        cpuMs: ((after.cpuSeconds - before.cpuSeconds) * 1000) / done,
        peakMemoryBytes: after.peakMemoryBytes,
        device: after.device.name ?? 'cpu',
      };
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(library, { recursive: true, force: true });
  }
}

/** Adds photos or folders and resolves when nothing is pending any more. */
async function tag(
  engine: EngineClient,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Status> {
  if (paths.length > 0) await engine.call('folders.add', { paths: [...paths] });
  for (;;) {
    signal?.throwIfAborted();
    const status = await engine.call('status.get', {});
    if (status.paused) throw new Error(`the engine is paused: ${status.paused}`);
    if (status.idle) return status;
    await sleep(status.scanning || status.counts.pending > nearEnd ? coarseMs : fineMs);
  }
}
