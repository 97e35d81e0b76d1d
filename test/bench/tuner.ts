/**
 * `npm run bench:tuner`: the tuner beside every fixed setting of a small grid, in turns, on the same photos.
 * Prints the median of the rounds, how near the tuner comes to the best of them, and how soon.
 * --rounds N (5); --quick leaves most of the grid out; --json.
 */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { EngineOptions, Tuning } from '../../common/contract.ts';
import { median } from '../../engine/bench/ceiling.ts';
import { madePhotos } from '../../engine/bench/photos.ts';
import { startEngine } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import { distFolder, photosFolder, say } from './places.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Moment {
  seconds: number;
  indexed: number;
  pending: number;
  tuning: Tuning;
}

const tunedSeconds = 45;
const fixedSeconds = 10;
const mostSets = 80;
const pollMs = 100;
/** Photos at the beginning and the end that are not counted: threads start, and stand idle one by one. */
const edge = 20;

/** Sets of a hundred photos each; what lies behind a JPEG's end makes every one another picture. */
function photoSets(originals: readonly string[], count: number): string[] {
  return Array.from({ length: count }, (_, set) => {
    const folder = path.join(distFolder, 'tuner', `set-${String(set).padStart(3, '0')}`);
    if (statSync(folder, { throwIfNoEntry: false })) return folder;
    const half = `${folder}.part`;
    mkdirSync(half, { recursive: true });
    for (const original of originals) {
      const bytes = Buffer.concat([readFileSync(original), Buffer.from(`set ${String(set)}`)]);
      writeFileSync(path.join(half, path.basename(original)), bytes);
    }
    renameSync(half, folder);
    return folder;
  });
}

/** Tags the folders in an empty library and tells what happened when. */
async function watchWork(
  folders: string[],
  warmUp: string[],
  options: Partial<EngineOptions>,
): Promise<Moment[]> {
  const library = mkdtempSync(path.join(os.tmpdir(), 'wanwu-tuner-'));
  const engine = await startEngine({
    node: process.execPath,
    options: engineOptions({ ...options, library }),
  });
  const moments: Moment[] = [];
  const tag = async (paths: string[], isWatched: boolean) => {
    const started = performance.now();
    await engine.call('folders.add', { paths });
    for (;;) {
      const { idle, counts, tuning } = await engine.call('status.get', {});
      const { indexed, pending } = counts;
      const seconds = (performance.now() - started) / 1000;
      if (isWatched) moments.push({ seconds, indexed, pending, tuning });
      if (idle) return;
      await sleep(pollMs);
    }
  };
  try {
    await tag(warmUp, false);
    await tag(folders, true);
    return moments;
  } finally {
    await engine.close();
    rmSync(library, { recursive: true, force: true });
  }
}

/** Photos a second between two moments, without the edges of the work. */
function rateOf(moments: readonly Moment[], fromSeconds = 0): number {
  const begin = moments[0]?.indexed ?? 0;
  const inside = moments.filter(
    ({ seconds, indexed, pending }) =>
      seconds >= fromSeconds && indexed >= begin + edge && pending >= edge,
  );
  const [first, last] = [inside[0], inside.at(-1)];
  if (!first || !last || last.seconds === first.seconds) return NaN;
  return (last.indexed - first.indexed) / (last.seconds - first.seconds);
}

/** When the search was over; null where the photos ended before. */
function convergence(moments: readonly Moment[]): number | null {
  const lastTry = moments.findLastIndex(({ tuning }) => tuning.phase === 'exploring');
  const steady = moments.slice(lastTry + 1).find(({ tuning }) => tuning.reason !== 'few-photos');
  return lastTry < 0 ? 0 : (steady?.seconds ?? null);
}

interface Fixed {
  decodeWorkers: number;
  max: number;
}

function fix({ decodeWorkers, max }: Fixed): Partial<EngineOptions> {
  return { decodeWorkers, batch: { max, preferred: [4, 8, 16], maxDelayMs: 100 } };
}

const nameOf = ({ decodeWorkers, max }: Fixed) =>
  `${String(decodeWorkers)} threads, batch ${String(max)}`;

const workers = values.quick ? [2, 4, 6] : [1, 2, 3, 4, 6];
const grid = workers.flatMap((decodeWorkers) =>
  (values.quick ? [32] : [8, 32]).map((max): Fixed => ({ decodeWorkers, max })),
);
const { photos, warmUp } = await madePhotos(photosFolder, { pictures: 100, versions: 1 });
const usual: Fixed = { decodeWorkers: os.availableParallelism() + 2, max: 32 };
say('how fast this machine is ...');
const guess = rateOf(await watchWork(photoSets(photos, 2), warmUp, fix(usual)));
const setsFor = (seconds: number) => {
  const sets = Math.ceil((guess * seconds) / photos.length);
  return photoSets(photos, Math.min(mostSets, Math.max(2, sets)));
};
const few = setsFor(fixedSeconds);
const many = setsFor(tunedSeconds);
const fixedRates = new Map<string, number[]>(grid.map((cell) => [nameOf(cell), []]));
const tuned: { whole: number; after: number; seconds: number | null; setting: string }[] = [];
for (let round = 0; round < Number(values.rounds); round += 1) {
  say(`round ${String(round + 1)} ...`);
  for (const cell of grid)
    fixedRates.get(nameOf(cell))?.push(rateOf(await watchWork(few, warmUp, fix(cell))));
  const moments = await watchWork(many, warmUp, {});
  const seconds = convergence(moments);
  const last = moments.findLast(({ tuning }) => tuning.reason !== 'few-photos')?.tuning;
  const setting = last ? nameOf({ decodeWorkers: last.decodeWorkers, max: last.maxBatch }) : '';
  tuned.push({ whole: rateOf(moments), after: rateOf(moments, seconds ?? 0), seconds, setting });
}
const fixed = [...fixedRates].map(([name, rates]) => ({ name, rate: median(rates) }));
const best = fixed.reduce((one, other) => (other.rate > one.rate ? other : one));
const whole = median(tuned.map((one) => one.whole));
const after = median(tuned.map((one) => one.after));
if (values.json)
  process.stdout.write(`${JSON.stringify({ guess, fixed: [...fixedRates], best, tuned })}\n`);
else {
  const rate = (value: number) => `${value.toFixed(1).padStart(7)} photos/s`;
  const ratio = (value: number) =>
    `${((value / best.rate) * 100).toFixed(1).padStart(6)} % of the best`;
  const lines = [
    ...fixed.map((one) => `${one.name.padEnd(28)}${rate(one.rate)}${one === best ? '  best' : ''}`),
    `${'tuner, after its search'.padEnd(28)}${rate(after)}  ${ratio(after)}`,
    `${'tuner, search included'.padEnd(28)}${rate(whole)}  ${ratio(whole)}`,
    ...tuned.map(
      ({ seconds, setting }) =>
        `  ${setting} after ${seconds === null ? 'more than there were photos' : `${seconds.toFixed(1)} s`}`,
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
