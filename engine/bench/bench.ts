/** Measures this machine: each stage alone, every device at each batch size, and the whole engine. */
import os from 'node:os';
import path from 'node:path';
import { bestBatch, type BenchProgress } from '../../common/bench.ts';
import {
  ContractError,
  devices,
  type BenchResult,
  type DeviceReason,
  type EngineOptions,
} from '../../common/contract.ts';
import {
  batchSizes,
  ceilingOf,
  measureFiles,
  measureInference,
  median,
  type DeviceInference,
} from './ceiling.ts';
import { bytesOf, type PhotoSet } from './photos.ts';
import { runPipeline, type PipelineRun } from './pipeline-run.ts';

export interface BenchOptions {
  /** Makes or finds the photos. */
  photos: (signal?: AbortSignal) => Promise<PhotoSet>;
  /** Folders of the packs that judge every photo, the main one first. */
  packs: string[];
  /** Of the whole engine; library and packs are not used. */
  engine: EngineOptions;
  rounds: number;
  signal?: AbortSignal;
  onProgress: (progress: BenchProgress) => void;
}

/** Rejects with `no-photos`; when aborted, with whatever was broken off. */
export async function measureMachine(options: BenchOptions): Promise<BenchResult> {
  const { packs, rounds, signal, onProgress } = options;
  const cores = os.availableParallelism();
  const parts = 3 + devices.length * batchSizes.length + rounds;
  let done = 0;
  let step: BenchProgress['step'] = 'photos';
  const tell = () => {
    onProgress({ step, share: done / parts });
  };
  const begin = (next: BenchProgress['step']) => {
    step = next;
    tell();
  };
  const onPart = () => {
    done += 1;
    tell();
  };
  const how = { packs, cores, rounds, onPart, ...(signal ? { signal } : {}) };

  begin('photos');
  const set = await options.photos(signal);
  onPart();
  begin('files');
  const { photos, read, decode } = await measureFiles(set.photos, how);
  if (photos.length === 0) throw new ContractError('no-photos');
  begin('infer');
  const inference: DeviceInference[] = [];
  const unused: DeviceReason[] = [];
  for (const [at, device] of devices.entries()) {
    const measured = await measureInference(device, how);
    if ('code' in measured) unused.push(measured);
    else inference.push(measured);
    done = 3 + (at + 1) * batchSizes.length;
  }
  begin('engine');
  const runs: PipelineRun[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const engine = { ...options.engine, packs };
    runs.push(await runPipeline(photos, set.warmUp, engine, signal));
    onPart();
  }
  const ran = runs[0]?.device ?? 'cpu';
  const device = ran === 'remote' ? 'cpu' : ran;
  const used = inference.find((one) => one.device === device);
  const photosPerSecond = median(runs.map((run) => run.photosPerSecond));
  const infer = used ? bestBatch(used) : null;
  const ceilingPerSecond = ceilingOf(cores, device, { read, decode, infer });
  return {
    at: new Date().toISOString(),
    machine: {
      cpu: os.cpus()[0]?.model ?? '',
      cores,
      memoryBytes: os.totalmem(),
      platform: `${process.platform}-${process.arch}`,
    },
    photos: { count: photos.length, bytes: bytesOf(photos), made: set.made },
    packs: packs.map((pack) => path.basename(pack)),
    device,
    read,
    decode,
    inference,
    unused,
    ceilingPerSecond,
    engine: {
      photosPerSecond,
      cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
      peakMemoryBytes: Math.max(...runs.map(({ peakMemoryBytes }) => peakMemoryBytes)),
    },
    efficiency: photosPerSecond / ceilingPerSecond,
  };
}
