/** The ceiling: what the machine could do at most if nothing but the stages' own work had to be done. */
import {
  ContractError,
  type BenchResult,
  type Device,
  type DeviceReason,
} from '../../common/contract.ts';
import type { StageCost } from '../../common/bench.ts';
import { runChild } from '../child.ts';
import type { FilesAnswer, InferenceAnswer, InferenceJob, Round, StagesJob } from './stages.ts';

export interface Stages {
  read: StageCost;
  decode: StageCost;
  /** Null where it was not measured: what it costs is left out. */
  infer: StageCost | null;
}

export const batchSizes = [1, 4, 8, 16, 32] as const;
const stages = new URL('./stages.ts', import.meta.url);
const photosACore = 64;
const photosElsewhere = 512;

/** What is measured and how; `onPart` hears of each part that is done. */
export interface CeilingOptions {
  /** Folders of the packs that judge every photo. */
  packs: readonly string[];
  cores: number;
  rounds: number;
  signal?: AbortSignal;
  onPart: () => void;
}

/** Reading alone, what decoding adds, and the photos that can be decoded. */
export async function measureFiles(
  photos: readonly string[],
  { packs, cores, rounds, signal, onPart }: CeilingOptions,
): Promise<{ photos: string[]; read: StageCost; decode: StageCost }> {
  const run = async (stage: 'read' | 'decode', files: readonly string[]) => {
    const job: StagesJob = { stage, photos: [...files], packs: [...packs], rounds, workers: cores };
    const answer = (await runChild(stages, job, cores, signal)) as FilesAnswer;
    onPart();
    return { ...answer, cost: costOf(answer.rounds) };
  };
  const whole = await run('decode', photos);
  if (whole.photos.length === 0) return { photos: [], read: whole.cost, decode: whole.cost };
  const { cost: read } = await run('read', whole.photos);
  return { photos: whole.photos, read, decode: difference(whole.cost, read) };
}

export type DeviceInference = BenchResult['inference'][number];

/** All packs on one device, at each batch size; or why the device cannot be used. */
export async function measureInference(
  device: Device,
  { packs, cores, rounds, signal, onPart }: CeilingOptions,
): Promise<DeviceInference | DeviceReason> {
  const sessions = device === 'cpu' ? cores : 1;
  const batches: DeviceInference['batches'] = [];
  for (const batch of batchSizes) {
    const costs: StageCost[] = [];
    for (const pack of packs) {
      const least = device === 'cpu' ? photosACore * cores : photosElsewhere;
      const photos = Math.ceil(least / (batch * sessions)) * batch * sessions;
      const job: InferenceJob = {
        ...{ stage: 'infer', pack, device, rounds, batch, photos },
        ...{ sessions, threads: 1 },
      };
      const answer = await inferAlone(job, signal);
      if ('unused' in answer) return answer.unused;
      costs.push(costOf(answer.rounds));
    }
    batches.push({ batch, ...costs.reduce(oneAfterTheOther) });
    onPart();
  }
  return { device, batches };
}

/** A device that ends the process, or gives it an error, is one that does not work. */
export async function inferAlone(
  job: InferenceJob,
  signal?: AbortSignal,
): Promise<InferenceAnswer> {
  try {
    return (await runChild(stages, job, job.sessions, signal)) as InferenceAnswer;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ContractError)) throw error;
    return { unused: { device: job.device, code: 'failed', reason: error.detail } };
  }
}

/** On the CPU the stages share the cores; another device works beside them and costs what its thread costs. */
export function ceilingOf(cores: number, device: Device, { read, decode, infer }: Stages): number {
  const { cpuMs, photosPerSecond } = infer ?? { cpuMs: 0, photosPerSecond: Infinity };
  const shared = (cores * 1000) / (read.cpuMs + decode.cpuMs + cpuMs);
  return device === 'cpu' ? shared : Math.min(shared, photosPerSecond);
}

export function costOf(rounds: readonly Round[]): StageCost {
  return {
    cpuMs: median(rounds.map(({ cpuSeconds, photos }) => (cpuSeconds * 1000) / photos)),
    photosPerSecond: median(rounds.map(({ photos, seconds }) => photos / seconds)),
  };
}

function oneAfterTheOther(one: StageCost, other: StageCost): StageCost {
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
