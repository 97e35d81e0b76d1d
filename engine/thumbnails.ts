/**
 * The thumbnails on disk as a bounded cache: what was not looked at for longest goes first, and is made
 * again when somebody asks. They are the engine's own files; originals are never touched.
 */
import { statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Thumbnails {
  readonly folder: string;
  pathOf(picture: string): string;
  /** Whether it can be shown: a power cut leaves empty files behind. */
  has(picture: string): boolean;
  /** Keeps the folder under `capBytes` from now on; null: the automatic cap. */
  limit(capBytes: number | null): void;
  /** One pass now; resolves with the bytes that are left. */
  trim(): Promise<number>;
  close(): Promise<void>;
}

const automaticCapBytes = 16e9;
const firstTrimMs = 60_000;
const betweenTrimsMs = 1_800_000;
/** A full cache is emptied a little further, so that the next photo does not start it again. */
const keptShare = 0.9;
const dayMs = 86_400_000;

export function openThumbnails(folder: string): Thumbnails {
  let capBytes = automaticCapBytes;
  let trimming = Promise.resolve(0);
  const closing = new AbortController();

  // A pass a day is enough for the order of use: most systems write access times only that often.
  async function pass(): Promise<number> {
    const byDay = new Map<number, number>();
    let total = 0;
    await each(folder, closing.signal, (_file, bytes, usedMs) => {
      const day = Math.floor(usedMs / dayMs);
      byDay.set(day, (byDay.get(day) ?? 0) + bytes);
      total += bytes;
      return false;
    });
    if (total <= capBytes) return total;
    const target = capBytes * keptShare;
    const until = lastDayToGo(byDay, total - target);
    await each(folder, closing.signal, (_file, bytes, usedMs) => {
      if (total <= target || usedMs >= (until + 1) * dayMs) return false;
      total -= bytes;
      return true;
    });
    return total;
  }

  const trim = () => (trimming = trimming.then(pass));
  async function keepTrimmed(): Promise<void> {
    for (let wait = firstTrimMs; ; wait = betweenTrimsMs) {
      await sleep(wait, undefined, { signal: closing.signal, ref: false });
      await trim();
    }
  }
  const kept = keepTrimmed().catch((error: unknown) => {
    if (!closing.signal.aborted) console.error('thumbnails', error);
  });

  const pathOf = (picture: string) => path.join(folder, picture.slice(0, 2), `${picture}.jpg`);
  return {
    folder,
    pathOf,
    has: (picture) => (statSync(pathOf(picture), { throwIfNoEntry: false })?.size ?? 0) > 0,
    limit: (bytes) => {
      capBytes = bytes ?? automaticCapBytes;
    },
    trim,
    close: async () => {
      closing.abort();
      await kept;
      await trimming;
    },
  };
}

/** The newest day that must go, with all before it, to free `bytes`. */
export function lastDayToGo(byDay: ReadonlyMap<number, number>, bytes: number): number {
  let freed = 0;
  for (const [day, size] of [...byDay].sort(([a], [b]) => a - b)) {
    freed += size;
    if (freed >= bytes) return day;
  }
  return Infinity;
}

/** Shows every thumbnail to `goes`, which says whether it is to be removed. */
async function each(
  folder: string,
  signal: AbortSignal,
  goes: (file: string, bytes: number, usedMs: number) => boolean,
): Promise<void> {
  for (const part of await namesIn(folder)) {
    for (const name of await namesIn(path.join(folder, part))) {
      if (signal.aborted) return;
      const file = path.join(folder, part, name);
      const stats = await stat(file).catch(() => null);
      if (!stats) continue;
      // One that somebody holds goes another time.
      if (goes(file, stats.size, Math.max(stats.atimeMs, stats.mtimeMs)))
        await rm(file).catch(() => undefined);
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
