/** What the engine is doing now, in one snapshot. */
import type { DamagedPack, Status } from '../common/contract.ts';
import type { Catalog } from './catalog/catalog.ts';
import type { FolderScanner } from './folders.ts';
import type { GpuWatch } from './gpu.ts';
import type { Monitor, Stage } from './monitor.ts';
import { verdict } from './verdict.ts';
import type { Work } from './work.ts';

interface Parts {
  catalog: Catalog;
  work: Work;
  scanner: FolderScanner;
  monitor: Monitor;
  gpu: GpuWatch;
  damagedPacks: readonly DamagedPack[];
}

export function readStatus({ catalog, work, scanner, monitor, gpu, damagedPacks }: Parts): Status {
  const counts = catalog.files.counts();
  const { load } = work;
  const paused = work.paused ?? (scanner.diskFull ? 'disk-full' : null);
  const { scanning } = scanner;
  const { tuning } = work;
  const { decodeWorkers } = tuning;
  const isAtRest = load.held === 0 && counts.pending === 0 && !catalog.photos.deriving;
  const idle = !scanning && isAtRest;
  const stage = (name: Stage, waiting: number, active: number) => {
    const threads = name === 'read' || name === 'decode' ? decodeWorkers : 1;
    return { waiting, active, ms: monitor.meanMs(name), busy: monitor.busy(name, threads) };
  };
  const stages = {
    // A decode thread reads its file itself: what it works on is counted once, as being decoded.
    read: stage('read', load.claimed, 0),
    decode: stage('decode', 0, load.decoding),
    infer: stage('infer', load.waiting, load.inferring),
    save: stage('save', load.saving, 0),
  };
  const used = process.resourceUsage();
  return {
    idle,
    scanning,
    counts,
    device: {
      name: work.device?.device ?? null,
      unused: work.device?.unused ?? [],
      mostAtOnce: work.device?.mostAtOnce ?? null,
      servers: work.device?.servers ?? [],
      help: work.device?.help ?? null,
    },
    photosPerSecond: monitor.photosPerSecond(),
    stages,
    batch: monitor.meanBatch(tuning.maxBatch),
    tuning,
    latency: monitor.latency(),
    gpu: gpu.latest,
    cpu: monitor.cpu(),
    bottleneck: verdict({
      idle,
      paused,
      scanning,
      inFlight: load.held,
      waitingToInfer: load.waiting,
      decodeThreads: decodeWorkers,
      busy: {
        read: stages.read.busy,
        decode: stages.decode.busy,
        infer: stages.infer.busy,
        save: stages.save.busy,
      },
    }),
    paused,
    unwatched: scanner.unwatched,
    restored: catalog.restored,
    damagedPacks: [...damagedPacks],
    memoryBytes: process.memoryUsage.rss(),
    peakMemoryBytes: used.maxRSS * 1024,
    cpuSeconds: (used.userCPUTime + used.systemCPUTime) / 1e6,
  };
}
