/** Counts what the pipeline does: rates, stage times, busy shares and latencies over the last seconds. */
import os from 'node:os';

export type Stage = 'read' | 'decode' | 'infer' | 'save';

interface Sample {
  at: number;
  photos: number;
  /** Wall time of the work, ms. */
  ms: number;
}

export interface Monitor {
  /** `photos` went through `stage` together in `ms`. */
  record(stage: Stage, photos: number, ms: number): void;
  /** A photo is in the catalog, `ms` after its first byte was read. */
  arrived(ms: number): void;
  /** Mean wall ms a photo over the last seconds; 0 where nothing happened. */
  meanMs(stage: Stage): number;
  /** Share of the last seconds that `threads` threads worked at a stage, 0..1. */
  busy(stage: Stage, threads: number): number;
  /** Mean photos a batch over the last seconds; those of more than `most`, made under another cap, left out. */
  meanBatch(most?: number): number;
  photosPerSecond(): number;
  /** Over the last photos, ms; null before any. */
  latency(): { p50: number; p99: number } | null;
  /** Share of all cores that this process used over the last seconds, 0..1. */
  cpu(): number;
}

/** What is read of the machine; a test gives its own. */
export interface Machine {
  now(): number;
  /** CPU time of this process so far, ms. */
  cpuMs(): number;
  cores: number;
}

const windowMs = 5_000;
const latenciesKept = 1_000;
const cpuSampleMs = 500;

const thisMachine: Machine = {
  now: () => performance.now(),
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  cores: os.availableParallelism(),
};

export function createMonitor(machine: Machine = thisMachine): Monitor {
  const { now, cpuMs, cores } = machine;
  const samples: Record<Stage, Sample[]> = { read: [], decode: [], infer: [], save: [] };
  const latencies: number[] = [];
  const usage = [{ at: now(), ms: cpuMs() }];
  let arrivals = 0;

  const recent = (stage: Stage): Sample[] => {
    const list = samples[stage];
    dropBefore(list, now() - windowMs);
    return list;
  };
  const sum = (list: Sample[], key: 'photos' | 'ms') =>
    list.reduce((total, one) => total + one[key], 0);
  return {
    record: (stage, photos, ms) => {
      samples[stage].push({ at: now(), photos, ms });
      recent(stage);
    },
    arrived: (ms) => {
      latencies[arrivals % latenciesKept] = ms;
      arrivals += 1;
    },
    meanMs: (stage) => {
      const list = recent(stage);
      const photos = sum(list, 'photos');
      return photos === 0 ? 0 : sum(list, 'ms') / photos;
    },
    busy: (stage, threads) => {
      const list = recent(stage);
      const first = list[0];
      if (!first) return 0;
      // Work that has just begun is measured over the time since it began.
      const spanMs = Math.min(windowMs, now() - first.at + first.ms);
      return spanMs <= 0 ? 0 : Math.min(1, sum(list, 'ms') / (spanMs * threads));
    },
    meanBatch: (most = Infinity) => {
      const list = recent('infer').filter(({ photos }) => photos <= most);
      return list.length === 0 ? 0 : sum(list, 'photos') / list.length;
    },
    photosPerSecond: () => {
      const list = recent('save');
      const first = list[0];
      if (!first) return 0;
      const seconds = Math.max(1, (now() - first.at) / 1000);
      return sum(list, 'photos') / seconds;
    },
    latency: () => {
      if (latencies.length === 0) return null;
      const sorted = [...latencies].sort((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
      return { p50: at(0.5), p99: at(0.99) };
    },
    cpu: () => {
      const at = now();
      if (at - (usage.at(-1)?.at ?? 0) >= cpuSampleMs) usage.push({ at, ms: cpuMs() });
      while (usage.length > 2 && (usage[1]?.at ?? at) < at - windowMs) usage.shift();
      const [first, last] = [usage[0], usage.at(-1)];
      if (!first || !last || last.at === first.at) return 0;
      return Math.min(1, (last.ms - first.ms) / ((last.at - first.at) * cores));
    },
  };
}

function dropBefore(list: Sample[], from: number): void {
  let old = 0;
  while (old < list.length && (list[old]?.at ?? 0) < from) old += 1;
  if (old > 0) list.splice(0, old);
}
