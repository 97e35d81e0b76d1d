/** Runs a whole engine over a folder in a library of its own and tells how fast it was. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineOptions, Status } from '../../common/contract.ts';
import { startEngine, type EngineClient } from '../client.ts';

export interface PipelineRun {
  photos: number;
  seconds: number;
  photosPerSecond: number;
  /** CPU time of the engine's process a photo; null where the system does not tell. */
  cpuMs: number | null;
  peakMemoryBytes: number | null;
  device: string;
}

const coarseMs = 200;
const fineMs = 10;
/** With this few photos left the end is watched closely. */
const nearEnd = 20;

/**
 * `warmUp`: photos that are tagged first and not counted, as the ceiling's stages run warm too.
 * `options.library` is not used: each run has an empty library of its own.
 */
export async function runPipeline(
  folder: string,
  warmUp: string | null,
  options: EngineOptions,
): Promise<PipelineRun> {
  const library = mkdtempSync(path.join(os.tmpdir(), 'wanwu-bench-'));
  const engine = await startEngine({ node: process.execPath, options: { ...options, library } });
  try {
    if (warmUp !== null) await tag(engine, warmUp);
    const before = await engine.call('status.get', {});
    const cpuBefore = cpuSecondsOf(engine.pid);
    const started = performance.now();
    const status = await tag(engine, folder);
    const seconds = (performance.now() - started) / 1000;
    const cpuAfter = cpuSecondsOf(engine.pid);
    const photos = status.counts.indexed - before.counts.indexed;
    return {
      photos,
      seconds,
      photosPerSecond: photos / seconds,
      cpuMs:
        cpuBefore === null || cpuAfter === null ? null : ((cpuAfter - cpuBefore) * 1000) / photos,
      peakMemoryBytes: peakMemoryOf(engine.pid),
      device: status.device.name ?? 'cpu',
    };
  } finally {
    await engine.close();
    rmSync(library, { recursive: true, force: true });
  }
}

/** Adds a folder and resolves when nothing is pending any more. */
async function tag(engine: EngineClient, folder: string): Promise<Status> {
  await engine.call('folders.add', { paths: [folder] });
  for (;;) {
    const status = await engine.call('status.get', {});
    if (status.paused) throw new Error(`the engine is paused: ${status.paused}`);
    if (status.idle) return status;
    await sleep(status.scanning || status.counts.pending > nearEnd ? coarseMs : fineMs);
  }
}

const ticksPerSecond = 100;

function cpuSecondsOf(pid: number | undefined): number | null {
  const stat = proc(pid, 'stat');
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function peakMemoryOf(pid: number | undefined): number | null {
  const kib = /VmHWM:\s+(\d+)/.exec(proc(pid, 'status') ?? '')?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}

/** Linux only. */
function proc(pid: number | undefined, file: string): string | null {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
