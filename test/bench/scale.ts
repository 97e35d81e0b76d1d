/**
 * `npm run scale`: how the engine bears a large library. Makes one (or takes the one that was made), then
 * measures starting, answering and rescanning. Prints a table; --json prints the result for programs.
 * With --samples the photos get real thumbnails, so that the window can be tried on it.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Query } from '../../common/contract.ts';
import { openCatalogReader } from '../../engine/catalog/database.ts';
import { openQueries } from '../../engine/catalog/search/queries.ts';
import { startEngine } from '../../engine/client.ts';
import { openFolderScanner } from '../../engine/folders.ts';
import { engineOptions } from '../../engine/options.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { listDirectory } from '../../engine/walk.ts';
import { makeLibrary, openMadeCatalog } from './made-library.ts';
import { say } from './places.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '100000' },
    library: { type: 'string' },
    samples: { type: 'string' },
    questions: { type: 'string', default: '500' },
    /** Only make the library. */
    only: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Took {
  ms: number;
  cpuMs: number;
}
interface Times {
  p50Ms: number;
  p99Ms: number;
  p99CpuMs: number;
}

function times(all: Took[]): Times {
  const at = (key: keyof Took, share: number) => {
    const sorted = all.map((one) => one[key]).sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  };
  return { p50Ms: at('ms', 0.5), p99Ms: at('ms', 0.99), p99CpuMs: at('cpuMs', 0.99) };
}

/** `cpuMs`: of all threads; steadier than the clock while others use the machine. */
async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ ms: number; cpuMs: number; result: T }> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - started, cpuMs: (user + system) / 1000, result };
}

/** A new engine process: until it answers, until it knows every photo, and what it holds then. */
async function measureStart(library: string) {
  const { ms: startMs, result: engine } = await timed(() =>
    startEngine({ node: process.execPath, options: engineOptions({ library, device: 'cpu' }) }),
  );
  const first = await timed(() => engine.call('photos.timeline', { query: query({}) }));
  await engine.call('tags.tree', { query: query({}) });
  const { memoryBytes } = await engine.call('status.get', {});
  await engine.close();
  return { startMs, firstTimelineMs: first.ms, memoryBytes };
}

function query(parts: Partial<Query>): Query {
  return { text: '', tags: [], without: [], folder: null, untagged: false, ...parts };
}

/** Questions with one to three tags that must be there and up to two that must not, of any frequency. */
async function measureAnswers(library: string, questions: number) {
  const db = openCatalogReader(library);
  const queries = openQueries(db, loadVocabulary());
  const load = await timed(() => queries['tags.list']({}));
  const { tags } = load.result;
  const any = () => tags[Math.floor(Math.random() ** 2 * tags.length)]?.name ?? '';
  const several = (most: number) =>
    Array.from({ length: Math.floor(Math.random() * (most + 1)) }, any);
  const took: Record<'timeline' | 'tree' | 'bucket', Took[]> = {
    timeline: [],
    tree: [],
    bucket: [],
  };
  let found = 0;
  for (let asked = 0; asked < questions; asked += 1) {
    const wanted = query({ tags: several(3), without: several(2) });
    const timeline = await timed(() => queries['photos.timeline']({ query: wanted }));
    took.timeline.push(timeline);
    took.tree.push(await timed(() => queries['tags.tree']({ query: wanted })));
    const [newest] = timeline.result.months;
    found += timeline.result.total;
    if (!newest) continue;
    const bucket = () => queries['photos.bucket']({ query: wanted, month: newest.month });
    took.bucket.push(await timed(bucket));
  }
  const preview = await timed(() => queries['settings.preview']({ threshold: 0.3 }));
  db.close();
  return {
    loadMs: load.ms,
    meanFound: Math.round(found / questions),
    timeline: times(took.timeline),
    tree: times(took.tree),
    bucket: times(took.bucket),
    previewMs: preview.ms,
  };
}

/** The second of two scans of an unchanged tree: what the disk had to be asked for is in memory then. */
async function measureRescan(library: string, photos: number) {
  const { catalog, close } = openMadeCatalog(library);
  const rounds: { ms: number; cpuMs: number }[] = [];
  for (let round = 0; round < 4; round += 1) {
    const done = Promise.withResolvers<undefined>();
    const scanner = openFolderScanner({
      catalog,
      library,
      watch: false,
      onAway: () => undefined,
      onPhotos: () => undefined,
      onChange: () => {
        if (!scanner.scanning) done.resolve(undefined);
      },
    });
    const { ms, cpuMs } = await timed(() => {
      scanner.start(0);
      return done.promise;
    });
    await scanner.close();
    rounds.push({ ms, cpuMs });
  }
  const [root] = catalog.folders.list();
  const stat = await timed(() => statAll(root?.path ?? ''));
  const { pending } = catalog.files.counts();
  close();
  if (pending > 0) throw new Error(`${String(pending)} unchanged files would be read again`);
  const best = rounds.slice(1).reduce((a, b) => (a.ms < b.ms ? a : b));
  return {
    filesPerSecond: photos / (best.ms / 1000),
    cpuUsPerFile: (best.cpuMs * 1000) / photos,
    /** What the file system allows: names and stamps alone, in the same run. */
    statFilesPerSecond: stat.result / (stat.ms / 1000),
    statCpuUsPerFile: (stat.cpuMs * 1000) / photos,
  };
}

function statAll(tree: string): number {
  let files = 0;
  for (const name of readdirSync(tree)) {
    const listing = listDirectory(Buffer.from(path.join(tree, name)));
    if ('files' in listing) files += listing.files.length;
  }
  return files;
}

const photos = Number(values.photos);
const ownFolder =
  values.library === undefined ? mkdtempSync(path.join(os.tmpdir(), 'wanwu-scale-')) : null;
const library = path.resolve(values.library ?? ownFolder ?? '');
try {
  let makeMs: number | null = null;
  if (!existsSync(path.join(library, 'catalog.sqlite'))) {
    const samples = values.samples === undefined ? null : path.resolve(values.samples);
    let told = Date.now();
    const made = await timed(() =>
      makeLibrary(library, photos, samples, (done) => {
        if (Date.now() - told < 2_000) return;
        told = Date.now();
        say(`${String(done)} / ${String(photos)}`);
      }),
    );
    makeMs = made.ms;
    say(`made: ${library}`);
  }
  if (!values.only) {
    const report = {
      machine: { cpu: os.cpus()[0]?.model ?? '', cores: os.availableParallelism() },
      load: (await readFile('/proc/loadavg', 'utf8').catch(() => '')).trim(),
      photos,
      makeMs,
      start: await measureStart(library),
      answers: await measureAnswers(library, Number(values.questions)),
      rescan: await measureRescan(library, photos),
    };
    if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else printReport(report);
  }
} finally {
  if (ownFolder !== null) rmSync(ownFolder, { recursive: true, force: true });
}

function printReport({
  start,
  answers,
  rescan,
}: {
  start: Awaited<ReturnType<typeof measureStart>>;
  answers: Awaited<ReturnType<typeof measureAnswers>>;
  rescan: Awaited<ReturnType<typeof measureRescan>>;
}): void {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const both = ({ p50Ms, p99Ms, p99CpuMs }: Times) =>
    `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)} (${ms(p99CpuMs)} CPU)`;
  const rows: [string, string][] = [
    ['photos', String(photos)],
    ['engine start', ms(start.startMs)],
    ['first timeline after it', ms(start.firstTimelineMs)],
    ['engine memory', `${(start.memoryBytes / 1e6).toFixed(0)} MB`],
    ['index from the catalog', ms(answers.loadMs)],
    ['timeline of AND/NOT', both(answers.timeline)],
    ['tag tree of AND/NOT', both(answers.tree)],
    ['newest month of AND/NOT', both(answers.bucket)],
    ['threshold preview', ms(answers.previewMs)],
    [
      'rescan, unchanged',
      `${rescan.filesPerSecond.toFixed(0)} files/s, ${rescan.cpuUsPerFile.toFixed(1)} µs CPU a file`,
    ],
    [
      'names and stamps alone',
      `${rescan.statFilesPerSecond.toFixed(0)} files/s, ${rescan.statCpuUsPerFile.toFixed(1)} µs CPU a file`,
    ],
  ];
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(26)}${value}\n`);
}
