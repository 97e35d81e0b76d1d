/** What the engine is doing now, in one snapshot. */
import type { Status } from '../common/contract.ts';
import type { Catalog } from './catalog/catalog.ts';
import type { FolderScanner } from './folders.ts';
import type { Work } from './work.ts';
import type { Monitor } from './monitor.ts';
import type { Pipeline } from './pipeline.ts';

interface Parts {
  catalog: Catalog;
  work: Work;
  scanner: FolderScanner;
  monitor: Monitor;
}

export function readStatus({ catalog, work, scanner, monitor }: Parts): Status {
  const counts = catalog.files.counts();
  const { load } = work;
  const isAtRest = load.held === 0 && counts.pending === 0 && !catalog.photos.deriving;
  const idle = !scanner.scanning && isAtRest;
  return {
    idle,
    scanning: scanner.scanning,
    counts,
    device: { name: work.device?.device ?? null, unused: work.device?.unused ?? [] },
    photosPerSecond: monitor.photosPerSecond(),
    stages: {
      read: { waiting: 0, active: 0, ms: monitor.meanMs('read'), busy: 0 },
      decode: {
        waiting: load.claimed,
        active: load.decoding,
        ms: monitor.meanMs('decode'),
        busy: 0,
      },
      infer: {
        waiting: load.waiting,
        active: load.inferring,
        ms: monitor.meanMs('infer'),
        busy: 0,
      },
      save: { waiting: load.saving, active: 0, ms: monitor.meanMs('save'), busy: 0 },
    },
    batch: monitor.meanBatch(),
    latency: null,
    gpu: null,
    cpu: 0,
    bottleneck: bottleneck(idle, scanner.scanning, load),
    paused: work.paused,
    unwatched: scanner.unwatched,
    memoryBytes: process.memoryUsage.rss(),
  };
}

/** The stage that the others wait for: the last one with a queue before it. */
function bottleneck(
  idle: boolean,
  scanning: boolean,
  load: Pipeline['load'],
): Status['bottleneck'] {
  if (idle) return 'idle';
  if (load.inferring > 0 && load.waiting > load.decoding) return 'infer';
  if (load.decoding > 0) return 'decode';
  if (load.inferring > 0) return 'infer';
  return scanning ? 'scan' : 'save';
}
