/**
 * `npm run bench`: the product's own measurement on twelve-megapixel photos, with the tagging model alone
 * and with the face detector, and the naive script in the same run. --peers: tagging alone, and the whole
 * engine beside everything it is compared with. --loop: photos always outstanding, for some minutes, beside the story's
 * figures, and one at a time for a fifth of that. --steps: without and with threads and batches. --json prints the result for programs; --photos FOLDER measures on a
 * person's own; --only tagging measures nothing else.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { change } from '../../common/bench.ts';
import { benchResultSchema, type BenchResult } from '../../common/contract.ts';
import { measureMachine } from '../../engine/bench/bench.ts';
import { median } from '../../engine/bench/ceiling.ts';
import { benchChart, chartSvg } from '../../engine/bench/chart.ts';
import { madePhotos, ownPhotos, type PhotoSet } from '../../engine/bench/photos.ts';
import { runPipeline } from '../../engine/bench/pipeline-run.ts';
import { keepResult, keptResults } from '../../engine/bench/results.ts';
import { benchTable } from '../../engine/cli/bench-table.ts';
import { cliTexts, languageOf } from '../../engine/cli/texts.ts';
import { engineOptions } from '../../engine/options.ts';
import { runLoop, type LoopResult } from './loop.ts';
import { peerNames, runPeer, type PeerResult } from './peers.ts';
import { measureSteps } from './steps.ts';
import { facePackFolder, packFolder, photosFolder, resultsFolder, say } from './places.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    photos: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    peers: { type: 'boolean', default: false },
    only: { type: 'string' },
    loop: { type: 'boolean', default: false },
    steps: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '5' },
    outstanding: { type: 'string', default: '50' },
  },
});
const language = languageOf(process.env);
const mostOwn = 500;
/** So many that how a run begins and ends does not count: of a hundred photos that is 5 %. */
const made = { pictures: 100, versions: 6 };

function findPhotos(): Promise<PhotoSet> {
  return values.photos === undefined
    ? madePhotos(photosFolder, made)
    : Promise.resolve(ownPhotos(path.resolve(values.photos), mostOwn));
}

async function measureWith(kind: string, packs: string[]): Promise<BenchResult> {
  const result = await measureMachine({
    photos: findPhotos,
    packs,
    engine: engineOptions({ library: '' }),
    rounds: Number(values.rounds),
    onProgress: ({ step, share }) => {
      say(`${kind}: ${cliTexts[language].bench.steps[step]} ${(share * 100).toFixed(0)} %`);
    },
  });
  const [earlier] = keptResults(resultsFolder, kind, benchResultSchema, 1);
  const file = keepResult(resultsFolder, kind, result, benchChart(result));
  const report = { result, earlier: earlier?.result ?? null, file };
  if (!values.json) process.stdout.write(`${benchTable(report, language, cliTexts[language])}\n\n`);
  return result;
}

async function measure(): Promise<void> {
  const tagging = await measureWith('tagging', [packFolder]);
  if (values.only === 'tagging') return;
  const people = await measureWith('people', [packFolder, facePackFolder]);
  say('the naive script ...');
  const { folder } = await findPhotos();
  const naive = await runPeer('naive', folder);
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ tagging, people, naive })}\n`);
    return;
  }
  const compared =
    'skipped' in naive
      ? `skipped: ${naive.skipped}`
      : `${naive.photosPerSecond.toFixed(1)} photos/s; engine / naive ${(
          tagging.engine.photosPerSecond / naive.photosPerSecond
        ).toFixed(1)} x`;
  process.stdout.write(`naive script (PIL + torch, only tags): ${compared}\n`);
}

const peersSchema = v.object({ rates: v.record(v.string(), v.number()) });
type Rates = v.InferOutput<typeof peersSchema>['rates'];

/** Every peer once on the same photos, the whole engine before and after them: what disturbs shows. */
async function comparePeers(): Promise<{ text: string; result: { rates: Rates } }> {
  const tagging = await measureWith('tagging', [packFolder]);
  const { folder, photos, warmUp } = await findPhotos();
  const options = engineOptions({ library: '' });
  const whole = async () => (await runPipeline(photos, warmUp, options)).photosPerSecond;
  const results: PeerResult[] = [];
  const first = await whole();
  for (const name of peerNames) results.push(await runPeer(name, folder));
  const engine = 'whole engine (hash, thumbnail, catalog)';
  const rates: Rates = {
    [engine]: tagging.engine.photosPerSecond,
    'the same with faces, as it ships': median([first, await whole()]),
  };
  for (const one of results) if ('photosPerSecond' in one) rates[one.name] = one.photosPerSecond;
  const naive = results.find(({ name }) => name === 'naive');
  const reference = naive && 'tags' in naive ? naive.tags : null;
  const [earlier] = keptResults(resultsFolder, 'peers', peersSchema, 1);
  const lines = Object.entries(rates).map(([name, rate]) =>
    [
      name.padEnd(42),
      `${rate.toFixed(1).padStart(7)} photos/s`,
      `${(rate / (rates['naive'] ?? rate)).toFixed(1).padStart(6)} x naive`,
      agreement(
        reference,
        results.find((one) => one.name === name),
      ).padStart(22),
      change(rate, earlier?.result.rates[name]),
    ].join('  '),
  );
  for (const one of results)
    if ('skipped' in one) lines.push(`${one.name.padEnd(42)}  skipped: ${one.skipped}`);
  const bars = Object.entries(rates).map(([label, value]) => ({
    label,
    value,
    main: label === engine,
  }));
  const chart = chartSvg('Photos a second, 12 megapixels', 'photos/s', bars);
  const result = { rates, results, tagging };
  const file = keepResult(resultsFolder, 'peers', result, chart);
  return { text: [...lines, '', file].join('\n'), result };
}

/** How often a peer's first label is the naive script's: that it did the same work. */
function agreement(reference: number[] | null, peer: PeerResult | undefined): string {
  if (!reference || !peer || !('tags' in peer)) return '';
  const same = peer.tags.filter((tag, at) => tag === reference[at]).length;
  return `${String(same)} of ${String(peer.tags.length)} tags alike`;
}

/** What the story was about: one picture at a time on a T4, and what batching and pipelining made of it. */
const story = [
  { name: 'story, before (T4)', used: '30 %', rate: '21.0' },
  { name: 'story, after (T4)', used: '85 %', rate: '63.0' },
];

async function compareLoop(): Promise<void> {
  const { photos } = await findPhotos();
  const seconds = Number(values.minutes) * 60;
  const engine = engineOptions({ library: '' });
  const single = { ...engine, decodeWorkers: 1, batch: { ...engine.batch, max: 1 } };
  say(`one at a time, ${String(seconds / 5)} s ...`);
  const alone = await runLoop({ photos, outstanding: 1, seconds: seconds / 5, engine: single });
  say(`${values.outstanding} outstanding, ${String(seconds)} s ...`);
  const outstanding = Number(values.outstanding);
  const together = await runLoop({ photos, outstanding, seconds, engine });
  const result = { alone, together };
  const bars = [
    { label: 'one at a time', value: alone.photosPerSecond },
    { label: `${values.outstanding} outstanding`, value: together.photosPerSecond, main: true },
  ];
  const file = keepResult(resultsFolder, 'loop', result, chartSvg('Closed loop', 'photos/s', bars));
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const row = (...cells: string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(11))).join('');
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const line = (name: string, { cpu, gpu, photosPerSecond, latencyMs, batch }: LoopResult) =>
    row(
      name,
      gpu === null ? `CPU ${percent(cpu)}` : `GPU ${percent(gpu)}`,
      photosPerSecond.toFixed(1),
      ms(latencyMs.mean),
      ms(latencyMs.p50),
      ms(latencyMs.p99),
      batch.toFixed(1),
    );
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  const { atFirst, atLast } = together.memoryBytes;
  const lines = [
    row('', 'used', 'photos/s', 'mean', 'P50', 'P99', 'batch'),
    ...story.map(({ name, used, rate }) => row(name, used, rate)),
    line('one at a time', alone),
    line(`${values.outstanding} outstanding`, together),
    `memory ${megabytes(atFirst)} → ${megabytes(atLast)} MB, ${String(together.photos)} photos`,
    file,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function compareSteps(): Promise<void> {
  const steps = await measureSteps(await findPhotos(), [packFolder], Number(values.rounds));
  const [first] = steps;
  const lines = steps.map(({ name, photosPerSecond }) => {
    const times = photosPerSecond / (first?.photosPerSecond ?? photosPerSecond);
    return `${name.padEnd(46)}${photosPerSecond.toFixed(1).padStart(6)} photos/s  ${times.toFixed(2)} x`;
  });
  process.stdout.write(values.json ? `${JSON.stringify(steps)}\n` : `${lines.join('\n')}\n`);
}

if (values.loop) await compareLoop();
else if (values.steps) await compareSteps();
else if (values.peers) {
  const { text, result } = await comparePeers();
  process.stdout.write(`${values.json ? JSON.stringify(result) : text}\n`);
} else await measure();
