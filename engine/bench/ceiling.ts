/** The ceiling: what the machine could do at most if nothing but the stages' own work had to be done. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Device } from '../../common/contract.ts';
import { engineEnvironment } from '../client.ts';
import type { Round, StagesJob } from './stages.ts';

/** CPU time a photo, ms, median of the rounds; and photos a second with all cores at work. */
export interface StageCost {
  cpuMs: number;
  photosPerSecond: number;
}

export interface Ceiling {
  cores: number;
  device: Device;
  /** Bytes, header and hashes. */
  read: StageCost;
  /** Thumbnail and model inputs, without `read`. */
  decode: StageCost;
  infer: StageCost;
  photosPerSecond: number;
}

export interface CeilingOptions {
  photos: string[];
  /** Folders of the packs that judge every photo. */
  packs: readonly string[];
  device: Device;
  cores: number;
  rounds: number;
  batch: number;
}

const photosOfInference = 200;
const bigOutputBytes = 1e6;

export async function measureCeiling(options: CeilingOptions): Promise<Ceiling> {
  const { photos, packs, device, cores, rounds, batch } = options;
  const files = { photos, packs: [...packs], rounds, workers: cores };
  const read = costOf(await runStages({ stage: 'read', ...files }));
  const whole = costOf(await runStages({ stage: 'decode', ...files }));
  const sessions = { device, sessions: device === 'cpu' ? cores : 1, threads: 1 };
  const inference = { stage: 'infer', rounds, batch, photos: photosOfInference } as const;
  const models: StageCost[] = [];
  for (const pack of packs)
    models.push(costOf(await runStages({ ...inference, ...sessions, pack })));
  const infer = models.reduce(sum);
  const decode = difference(whole, read);
  return {
    cores,
    device,
    read,
    decode,
    infer,
    photosPerSecond: ceilingOf(cores, device, { read, decode, infer }),
  };
}

/** On the CPU the stages share the cores; another device works beside them and costs what its thread costs. */
export function ceilingOf(
  cores: number,
  device: Device,
  { read, decode, infer }: Pick<Ceiling, 'read' | 'decode' | 'infer'>,
): number {
  const shared = (cores * 1000) / (read.cpuMs + decode.cpuMs + infer.cpuMs);
  return device === 'cpu' ? shared : Math.min(shared, infer.photosPerSecond);
}

export function costOf(rounds: readonly Round[]): StageCost {
  return {
    cpuMs: median(rounds.map(({ cpuSeconds, photos }) => (cpuSeconds * 1000) / photos)),
    photosPerSecond: median(rounds.map(({ photos, seconds }) => photos / seconds)),
  };
}

/** One after the other on the same device. */
function sum(one: StageCost, other: StageCost): StageCost {
  const rate = 1 / (1 / one.photosPerSecond + 1 / other.photosPerSecond);
  return { cpuMs: one.cpuMs + other.cpuMs, photosPerSecond: rate };
}

function difference(whole: StageCost, part: StageCost): StageCost {
  const rate = 1 / (1 / whole.photosPerSecond - 1 / part.photosPerSecond);
  return { cpuMs: whole.cpuMs - part.cpuMs, photosPerSecond: rate };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** In a process of its own, started like the engine, so that nothing else is counted. */
export async function runStages(job: StagesJob): Promise<Round[]> {
  const entry = fileURLToPath(new URL('./stages.ts', import.meta.url));
  const workers = job.stage === 'infer' ? job.sessions : job.workers;
  const { stdout } = await promisify(execFile)(process.execPath, [entry, JSON.stringify(job)], {
    env: engineEnvironment(workers),
    maxBuffer: bigOutputBytes,
  });
  return JSON.parse(stdout) as Round[];
}
