/**
 * `npm run soak -- --minutes 30`: the engine at work without a rest on ordinary and hostile files, each turn
 * a new album that is watched, tagged, asked about and removed. File descriptors, threads and memory are taken
 * whenever it has come to rest, memory also once its garbage is collected; ends with 1 when what it keeps grows,
 * or when anything went wrong.
 */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chartSvg } from '../../engine/bench/chart.ts';
import { keepResult } from '../../engine/bench/results.ts';
import { startEngine, type EngineClient } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import { resultsFolder, root, say } from './places.ts';
import { soakTemplates, writeAlbum, type Album, type Templates } from './soak-album.ts';
import { grows, trendOf, type Sample } from './trend.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
  },
});

/** What may grow: MB for 10,000 files, the others an hour. Two can be a coincidence; so many a turn cannot. */
const limits = { memoryMb: 1, descriptors: 10, threads: 10 };
/** In the first turn, at once: places for pictures and threads' memories are touched, and the tuner tries what it may. */
const firstAlbums = 16;
/** Caches and the allocator's arenas fill up in this share of the time. */
const warmUpShare = 0.25;
const patienceMs = 180_000;
const restMs = 1_000;
const lookMs = 200;
const collectMs = 30_000;
/** Seldom, so that memory also is seen as it is without. */
const collectEveryHours = 1 / 60;

interface Point {
  hours: number;
  turn: number;
  /** As it is: V8 lets garbage lie for minutes, in each of its threads. */
  memoryMb: number;
  /** Null where it was not collected. */
  keptMb: number | null;
  descriptors: number | null;
  threads: number | null;
}

function entriesOf(pid: number | undefined, what: 'fd' | 'task'): number | null {
  try {
    return readdirSync(`/proc/${String(pid)}/${what}`).length;
  } catch {
    return null;
  }
}

async function memoryMb(engine: EngineClient): Promise<number> {
  return (await engine.call('status.get', {})).memoryBytes / 1e6;
}

/** Once the engine has collected its garbage. */
async function keptMb(engine: EngineClient): Promise<number> {
  const { pid } = engine;
  if (pid === undefined) throw new Error('the engine does not run');
  const collected = once(process, 'SIGUSR2', { signal: AbortSignal.timeout(collectMs) });
  process.kill(pid, 'SIGUSR2');
  await collected;
  return memoryMb(engine);
}

async function untilIdle(engine: EngineClient): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await engine.call('status.get', {})).idle) {
    if (performance.now() > end) throw new Error('it does not come to rest');
    await sleep(lookMs);
  }
}

/** Every file must have ended as it should. */
async function check(
  engine: EngineClient,
  folder: string,
  { good, bad }: Pick<Album, 'good' | 'bad'>,
): Promise<void> {
  const { tagged, unchanged, failed, skipped } = await engine.call('folders.summary', {
    paths: [folder],
    since: 0,
  });
  if (tagged + unchanged !== good || failed + skipped !== bad)
    throw new Error(
      `${String(tagged + unchanged)} tagged instead of ${String(good)}, ${String(failed + skipped)} refused instead of ${String(bad)}`,
    );
}

async function ask(engine: EngineClient): Promise<void> {
  await engine.call('photos.search', { query: '猫', limit: 100, offset: 0 });
  const query = { text: '', tags: [], without: [], folder: null, untagged: false };
  await engine.call('tags.tree', { query });
  await engine.call('photos.timeline', { query });
}

/** New albums: watched, tagged, asked about and forgotten. */
async function takeTurn(engine: EngineClient, turn: number, templates: Templates): Promise<void> {
  const folder = path.join(place, `album-${String(turn)}`);
  mkdirSync(folder);
  try {
    const albums = Array.from({ length: turn === 0 ? firstAlbums : 1 }, (_, part) =>
      writeAlbum(
        path.join(folder, String(part)),
        `turn ${String(turn)}, ${String(part)}`,
        templates,
      ),
    );
    const good = albums.reduce((sum, album) => sum + album.good, 0);
    const bad = albums.reduce((sum, album) => sum + album.bad, 0);
    const [root] = (await engine.call('folders.add', { paths: [folder] })).folders;
    await Promise.all(albums.map((album) => album.disturb()));
    // The watcher and the wait for a file that changes have their delays.
    await sleep(restMs);
    await untilIdle(engine);
    await check(engine, folder, { good, bad });
    await ask(engine);
    photos += good;
    files += good + bad;
    await engine.call('folders.remove', { folder: root?.id ?? 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
  await untilIdle(engine);
}

function lineOf({ hours, turn, memoryMb, keptMb, descriptors, threads }: Point): string {
  return (
    `${(hours * 60).toFixed(1)} min: turn ${String(turn)}, ${memoryMb.toFixed(0)} MB, ` +
    (keptMb === null ? '' : `keeps ${keptMb.toFixed(0)}, `) +
    `${String(descriptors)} descriptors, ${String(threads)} threads, ${String(faults.length)} faults`
  );
}

const minutes = Number(values.minutes);
const place = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'wanwu-soak-')));
const points: Point[] = [];
const faults: string[] = [];
let photos = 0;
let files = 0;
let nextCollection = 0;
try {
  const templates = await soakTemplates(path.join(place, 'made'));
  const options = engineOptions({ library: path.join(place, 'library'), watch: true });
  const engine = await startEngine(
    { node: process.execPath, entry: path.join(root, 'test/bench/soak-engine.ts'), options },
    { onDeath: (why) => faults.push(`the engine ended: ${why}`) },
  );
  const began = performance.now();
  try {
    for (let turn = 0; performance.now() - began < minutes * 60_000; turn += 1)
      try {
        await takeTurn(engine, turn, templates);
        const hours = (performance.now() - began) / 3_600_000;
        const point = {
          hours,
          turn,
          memoryMb: await memoryMb(engine),
          keptMb: hours < nextCollection ? null : await keptMb(engine),
          descriptors: entriesOf(engine.pid, 'fd'),
          threads: entriesOf(engine.pid, 'task'),
        };
        if (point.keptMb !== null) nextCollection = hours + collectEveryHours;
        points.push(point);
        say(lineOf(point));
      } catch (error) {
        // An engine that ended is started again: the soak goes on and has failed.
        faults.push(String(error));
        await sleep(restMs);
      }
  } finally {
    await engine.close();
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}

const warm = points.filter(({ hours }) => hours * 60 > minutes * warmUpShare);
const series = (pick: (point: Point) => number | null): Sample[] =>
  warm.flatMap((point) => {
    const value = pick(point);
    return value === null ? [] : [{ hours: point.hours, value }];
  });
// MB for 10,000 files as MB an hour.
const filesAnHour = files / (points.at(-1)?.hours ?? 1);
const memoryLimit = (limits.memoryMb * filesAnHour) / 10_000;
const judged = [
  { name: 'memory as it is', samples: series((one) => one.memoryMb), limit: Infinity },
  { name: 'memory it keeps', samples: series((one) => one.keptMb), limit: memoryLimit },
  {
    name: 'file descriptors',
    samples: series((one) => one.descriptors),
    limit: limits.descriptors,
  },
  { name: 'threads', samples: series((one) => one.threads), limit: limits.threads },
].flatMap(({ name, samples, limit }) => {
  if (samples.length < 3) return [];
  const trend = trendOf(samples);
  const [first, last] = [samples[0]?.value ?? 0, samples.at(-1)?.value ?? 0];
  const most = Math.max(...samples.map(({ value }) => value));
  return [{ name, first, last, most, ...trend, limit, leaks: grows(trend, limit) }];
});
if (judged.length === 0) faults.push('too few turns for a trend: give it more minutes');
const result = { minutes, turns: points.length, files, photos, judged, faults, points };
const chart = chartSvg(
  'Memory that is kept, MB',
  'MB',
  points.flatMap(({ hours, keptMb }) =>
    keptMb === null
      ? []
      : {
          label: `${(hours * 60).toFixed(1)} min`,
          value: keptMb,
          main: hours * 60 > minutes * warmUpShare,
        },
  ),
);
const file = keepResult(resultsFolder, 'soak', result, chart);
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  process.stdout.write(
    `${String(points.length)} turns, ${String(files)} files, ${String(photos)} tagged, in ${String(minutes)} minutes\n`,
  );
  for (const { name, first, last, most, slope, error, limit, leaks } of judged)
    process.stdout.write(
      `${name.padEnd(20)}${first.toFixed(0)} → ${last.toFixed(0)} (at most ${most.toFixed(0)}), ` +
        `${slope.toFixed(1)} ± ${error.toFixed(1)} an hour` +
        `${Number.isFinite(limit) ? ` (limit ${limit.toFixed(1)})` : ''}${leaks ? '  LEAKS' : ''}\n`,
    );
  for (const fault of faults) process.stdout.write(`FAULT: ${fault}\n`);
  process.stdout.write(`${file}\n`);
}
process.exitCode = faults.length > 0 || judged.some(({ leaks }) => leaks) ? 1 : 0;
