/** What the panel draws over time: samples of the last minutes, and the run that is going on. Pure. */
import type { Status } from '../common/contract.ts';

export interface Sample {
  atMs: number;
  photosPerSecond: number;
  /** Shares, 0..1. */
  device: number;
  decode: number;
  cpu: number;
  latencyP50: number | null;
  latencyP99: number | null;
}
export interface Run {
  startedAtMs: number;
  endedAtMs: number | null;
  /** Photos settled (tagged, failed, skipped) when it started, and now. */
  settledAtStart: number;
  settled: number;
}
export interface Progress {
  samples: readonly Sample[];
  run: Run | null;
}

const keptMs = 5 * 60_000;
const betweenMs = 900;

export function settledOf({ counts }: Pick<Status, 'counts'>): number {
  return counts.indexed + counts.failed + counts.skipped;
}

export function progressAfter(before: Progress, status: Status, atMs: number): Progress {
  return {
    samples: samplesAfter(before.samples, status, atMs),
    run: runAfter(before.run, status, atMs),
  };
}

function samplesAfter(samples: readonly Sample[], status: Status, atMs: number): readonly Sample[] {
  const last = samples.at(-1);
  if (last && atMs - last.atMs < betweenMs) return samples;
  const { stages, gpu, latency } = status;
  const sample: Sample = {
    atMs,
    photosPerSecond: status.photosPerSecond,
    device: gpu ? gpu.utilisation : stages.infer.busy,
    decode: stages.decode.busy,
    cpu: status.cpu,
    latencyP50: latency?.p50 ?? null,
    latencyP99: latency?.p99 ?? null,
  };
  const from = samples.findIndex((one) => one.atMs >= atMs - keptMs);
  return [...(from < 0 ? [] : samples.slice(from)), sample];
}

function runAfter(run: Run | null, status: Status, atMs: number): Run | null {
  const settled = settledOf(status);
  if (!run || run.endedAtMs !== null) {
    if (status.idle) return run;
    return { startedAtMs: atMs, endedAtMs: null, settledAtStart: settled, settled };
  }
  // A folder that was taken away lowers the counts: never below nothing.
  const settledAtStart = Math.min(run.settledAtStart, settled);
  return { ...run, settledAtStart, settled, endedAtMs: status.idle ? atMs : null };
}

export interface Ahead {
  done: number;
  total: number;
  /** 0..1. */
  share: number;
  averagePerSecond: number;
  /** Null while it cannot be told. */
  leftMs: number | null;
}

export function ahead({ run }: Progress, status: Status, nowMs: number): Ahead | null {
  if (!run) return null;
  const done = run.settled - run.settledAtStart;
  const total = done + status.counts.pending;
  const seconds = ((run.endedAtMs ?? nowMs) - run.startedAtMs) / 1000;
  const averagePerSecond = seconds > 0.5 ? done / seconds : status.photosPerSecond;
  // The last seconds tell more of what is left than the start does.
  const rate = status.photosPerSecond > 0 ? status.photosPerSecond : averagePerSecond;
  return {
    done,
    total,
    share: total === 0 ? 0 : done / total,
    averagePerSecond,
    leftMs:
      status.idle || status.scanning || status.paused !== null || rate <= 0
        ? null
        : (status.counts.pending / rate) * 1000,
  };
}

/** How the work stands, in a word. */
export type Standing =
  | 'paused'
  | 'measuring'
  | 'stopped'
  | 'working'
  | 'scanning'
  | 'none'
  | 'nothing-read'
  | 'some-unread'
  | 'done';

export function unreadOf({ counts }: Pick<Status, 'counts'>): number {
  return counts.failed + counts.skipped;
}

export function standing(status: Status, isWorking: boolean): Standing {
  if (status.paused === 'person') return 'paused';
  if (status.paused === 'bench') return 'measuring';
  if (status.paused !== null) return 'stopped';
  if (isWorking) return 'working';
  if (status.scanning) return 'scanning';
  if (settledOf(status) === 0) return 'none';
  if (status.counts.indexed === 0) return 'nothing-read';
  return unreadOf(status) > 0 ? 'some-unread' : 'done';
}
