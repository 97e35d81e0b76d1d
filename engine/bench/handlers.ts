/** Answers the calls about measuring: one measurement at a time, kept in the library's `bench` folder. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BenchProgress } from '../../common/bench.ts';
import {
  benchResultSchema,
  ContractError,
  isServers,
  type BenchReport,
  type BenchResult,
  type EngineOptions,
  type Handlers,
} from '../../common/contract.ts';
import { packFolders } from '../packs.ts';
import { measureMachine } from './bench.ts';
import { benchChart } from './chart.ts';
import { madePhotos, ownPhotos, type PhotoSet } from './photos.ts';
import { keepResult, keptResults } from './results.ts';

export interface BenchCalls {
  handlers: Pick<Handlers, 'bench.run' | 'bench.cancel' | 'bench.latest'>;
  /** Breaks off what runs. */
  close(): Promise<void>;
}

const kind = 'bench';
const rounds = 3;
const made = { pictures: 20, versions: 6 };
const mostOwn = 100;
/** Results that are looked through for one to compare with. */
const lookedAt = 20;

/** `around`: runs a measurement while tagging rests, and rejects when aborted before it does; `options`: as the person's work is done now. */
export function openBench(
  library: string,
  options: () => EngineOptions,
  onProgress: (progress: BenchProgress) => void,
  around: (measure: () => Promise<BenchReport>, signal: AbortSignal) => Promise<BenchReport>,
): BenchCalls {
  const results = path.join(library, kind);
  let running: { done: Promise<BenchReport>; abort: AbortController } | null = null;

  async function run(folder: string | null, signal: AbortSignal): Promise<BenchReport> {
    const own = options();
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'wanwu-bench-photos-'));
    try {
      const result = await measureMachine({
        photos: () => photosOf(folder, scratch, signal),
        packs: packFolders(own),
        // Measuring sends no photo to a server.
        engine: { ...own, device: isServers(own.device ?? 'auto') ? 'auto' : own.device },
        rounds,
        signal,
        onProgress,
      });
      const earlier = earlierLike(result, keptResults(results, kind, benchResultSchema, lookedAt));
      const file = keepResult(results, kind, result, benchChart(result));
      return { result, earlier, file };
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  return {
    handlers: {
      'bench.run': ({ folder }) => {
        if (!running) {
          const abort = new AbortController();
          const { signal } = abort;
          const done = around(() => run(folder, signal), signal)
            .catch((error: unknown) => {
              throw signal.aborted ? new ContractError('cancelled') : error;
            })
            .finally(() => {
              running = null;
            });
          running = { done, abort };
        }
        return running.done;
      },
      'bench.cancel': () => {
        running?.abort.abort();
        return {};
      },
      'bench.latest': () => {
        const [now, ...before] = keptResults(results, kind, benchResultSchema, lookedAt);
        return { report: now ? { ...now, earlier: earlierLike(now.result, before) } : null };
      },
    },
    close: async () => {
      running?.abort.abort();
      await running?.done.catch(() => undefined);
    },
  };
}

/** The newest that measured the same: other photos or models have other figures. */
function earlierLike(
  { photos, packs, machine }: BenchResult,
  before: readonly { result: BenchResult }[],
): BenchResult | null {
  const like = before.find(
    ({ result }) =>
      result.photos.made === photos.made &&
      result.photos.count === photos.count &&
      result.machine.cores === machine.cores &&
      result.packs.join() === packs.join(),
  );
  return like?.result ?? null;
}

function photosOf(folder: string | null, scratch: string, signal: AbortSignal): Promise<PhotoSet> {
  if (folder === null) return madePhotos(scratch, made, signal);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new ContractError('folder-missing', folder);
  return Promise.resolve(ownPhotos(folder, mostOwn));
}
