/**
 * The closed loop: always the same number of photos outstanding, each handed in anew as soon as its tags are
 * in the catalog. A photo's latency counts from its handing in, so it waits for all that came before it.
 */
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineOptions } from '../../common/contract.ts';
import { openCatalogReader } from '../../engine/catalog/database.ts';
import { startEngine } from '../../engine/client.ts';

export interface LoopOptions {
  photos: readonly string[];
  outstanding: number;
  seconds: number;
  engine: EngineOptions;
}

export interface LoopResult {
  outstanding: number;
  photos: number;
  photosPerSecond: number;
  latencyMs: { mean: number; p50: number; p99: number };
  /** Share of all cores that the engine used, and of the GPU where there is one, 0..1. */
  cpu: number;
  gpu: number | null;
  /** Mean photos a batch. */
  batch: number;
  memoryBytes: { atFirst: number; atLast: number };
}

const warmUpSeconds = 5;
const pollMs = 10;
const statusMs = 1_000;
/** Every round makes new thumbnails; the engine trims them while it works. */
const thumbnailCapBytes = 200_000_000;

/** Throws when a photo ends without tags. */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'wanwu-loop-')));
  const library = path.join(root, 'library');
  const album = path.join(root, 'album');
  mkdirSync(album);
  // Twice as many as are out, so that none is handed in again while its neighbours are saved.
  const names = Array.from({ length: options.outstanding * 2 }, (_, at) => {
    const photo = options.photos[at % options.photos.length] ?? '';
    const name = `${String(at)}${path.extname(photo)}`;
    copyFileSync(photo, path.join(album, name));
    return name;
  });
  const engine = await startEngine({
    node: process.execPath,
    options: { ...options.engine, library },
  });
  try {
    const settings = await engine.call('settings.get', {});
    await engine.call('settings.set', { ...settings, thumbnailCapBytes });
    const catalog = openCatalogReader(library);
    const settled = catalog.prepare<[], { name: Buffer; state: string; settled_at: number }>(
      'SELECT name, state, settled_at FROM files WHERE settled_at IS NOT NULL',
    );
    const waiting = [...names];
    const out = new Map<string, number>();
    const told = new Map<string, number>();
    const oldest = Date.now() / 1000;
    let handed = 0;
    /** The engine takes the newest first: each is a little older than the one before. */
    const handIn = async (some: string[]) => {
      for (const name of some) {
        const file = path.join(album, name);
        handed += 1;
        appendFileSync(file, String(handed % 10));
        const seconds = oldest - handed / 1000;
        utimesSync(file, seconds, seconds);
        out.set(name, Date.now());
      }
      const paths = some.map((name) => path.join(album, name));
      if (paths.length > 0) await engine.call('folders.add', { paths });
    };

    const latencies: number[] = [];
    const gpu: number[] = [];
    const batches: number[] = [];
    let first: Awaited<ReturnType<typeof look>> | null = null;
    const look = async () => {
      const status = await engine.call('status.get', {});
      return { ...status, at: performance.now(), done: latencies.length };
    };
    const began = performance.now();
    let lastStatus = began;
    await handIn(waiting.splice(0, options.outstanding));
    while (performance.now() - began < (warmUpSeconds + options.seconds) * 1000) {
      await sleep(pollMs);
      for (const { name, state, settled_at: at } of settled.all()) {
        const file = name.toString();
        const since = out.get(file);
        if (since === undefined || told.get(file) === at) continue;
        if (state === 'failed' || state === 'skipped') throw new Error(`${file}: ${state}`);
        if (state !== 'indexed') continue;
        told.set(file, at);
        out.delete(file);
        waiting.push(file);
        latencies.push(at - since);
      }
      if (!first && performance.now() - began > warmUpSeconds * 1000) {
        latencies.length = 0;
        first = await look();
      }
      await handIn(waiting.splice(0, options.outstanding - out.size));
      if (performance.now() - lastStatus < statusMs) continue;
      lastStatus = performance.now();
      const status = await engine.call('status.get', {});
      if (status.gpu) gpu.push(status.gpu.utilisation);
      batches.push(status.batch);
    }
    const last = await look();
    catalog.close();
    if (!first) throw new Error('no photo came through');
    const seconds = (last.at - first.at) / 1000;
    const sorted = [...latencies].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    return {
      outstanding: options.outstanding,
      photos: last.done,
      photosPerSecond: last.done / seconds,
      latencyMs: { mean: mean(latencies), p50: at(0.5), p99: at(0.99) },
      cpu: (last.cpuSeconds - first.cpuSeconds) / seconds / os.availableParallelism(),
      gpu: gpu.length > 0 ? mean(gpu) : null,
      batch: mean(batches),
      memoryBytes: { atFirst: first.memoryBytes, atLast: last.memoryBytes },
    };
  } finally {
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  }
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
