/**
 * `npm run bench`: the whole engine on twelve-megapixel photos, beside the naive script and the ceiling
 * of this machine, measured in the same run. --peers: beside everything it is compared with instead.
 * --json prints the result for programs; --photos FOLDER measures on a person's own.
 */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureCeiling, median, type Ceiling } from '../../engine/bench/ceiling.ts';
import { chartSvg } from '../../engine/bench/chart.ts';
import { runPipeline, type PipelineRun } from '../../engine/bench/pipeline-run.ts';
import { change, earlierRates, keepResult, type Rates } from '../../engine/bench/results.ts';
import { engineOptions } from '../../engine/options.ts';
import { madePhotos, ownPhotos } from './photos.ts';
import { peerNames, runPeer, type PeerResult } from './peers.ts';
import { facePackFolder, packFolder, resultsFolder, say } from './places.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    photos: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    peers: { type: 'boolean', default: false },
  },
});

/** The whole engine with some packs, and what the machine could do at most with them. */
interface Measured {
  photosPerSecond: number;
  cpuMs: number | null;
  runs: PipelineRun[];
  ceiling: Ceiling;
  efficiency: number;
}

interface Report {
  machine: { cpu: string; cores: number; memoryBytes: number; platform: string };
  photos: { count: number; bytes: number; made: boolean };
  /** The tagging model alone, as in the naive script; and with the face detector beside it. */
  tagging: Measured;
  people: Measured;
  naive: PeerResult;
  /** The engine with the tagging model / the naive script. */
  speedUp: number | null;
}

type PhotoSet = Awaited<ReturnType<typeof madePhotos>>;

async function measureEngine(set: PhotoSet, packs: string[], rounds: number): Promise<Measured> {
  const options = engineOptions({ library: '', packs });
  say(`the whole engine with ${packs.map((pack) => path.basename(pack)).join(' + ')} ...`);
  const runs: PipelineRun[] = [];
  for (let round = 0; round < rounds; round += 1)
    runs.push(await runPipeline(set.folder, set.warmUp, options));
  say('each stage alone ...');
  const cores = os.availableParallelism();
  const photos = set.photos;
  const ceiling = await measureCeiling({ photos, packs, device: 'cpu', cores, rounds, batch: 8 });
  const photosPerSecond = median(runs.map((run) => run.photosPerSecond));
  const cpu = runs.flatMap(({ cpuMs }) => cpuMs ?? []);
  return {
    photosPerSecond,
    cpuMs: cpu.length > 0 ? median(cpu) : null,
    runs,
    ceiling,
    efficiency: photosPerSecond / ceiling.photosPerSecond,
  };
}

async function measure(): Promise<Report> {
  const rounds = Number(values.rounds);
  const set = values.photos === undefined ? await madePhotos() : ownPhotos(values.photos);
  const tagging = await measureEngine(set, [packFolder], rounds);
  const people = await measureEngine(set, [packFolder, facePackFolder], rounds);
  say('the naive script ...');
  const naive = await runPeer('naive', set.folder);
  return {
    machine: {
      cpu: os.cpus()[0]?.model ?? '',
      cores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      platform: `${process.platform}-${process.arch}`,
    },
    photos: { count: set.photos.length, bytes: set.bytes, made: set.made },
    tagging,
    people,
    naive,
    speedUp: 'photosPerSecond' in naive ? tagging.photosPerSecond / naive.photosPerSecond : null,
  };
}

function table(report: Report): string {
  const { machine, photos, naive } = report;
  const line = (name: string, value: string) => `${name.padEnd(36)}${value}`;
  const rate = (value: number) => `${value.toFixed(1).padStart(8)} photos/s`;
  const cost = (ms: number) => `${ms.toFixed(2).padStart(8)} ms CPU a photo`;
  const part = ({ photosPerSecond, cpuMs, ceiling, efficiency }: Measured) => [
    line('  whole engine', rate(photosPerSecond)),
    ...(cpuMs === null ? [] : [line('', cost(cpuMs))]),
    line('  read, hash (alone)', cost(ceiling.read.cpuMs)),
    line('  decode, thumbnail, inputs (alone)', cost(ceiling.decode.cpuMs)),
    line('  inference (alone)', cost(ceiling.infer.cpuMs)),
    line('  ceiling of this machine', rate(ceiling.photosPerSecond)),
    line('  share of the ceiling', `${(efficiency * 100).toFixed(1).padStart(8)} %`),
  ];
  return [
    `${machine.cpu}, ${String(machine.cores)} cores, ${machine.platform}`,
    `${String(photos.count)} photos, ${(photos.bytes / photos.count / 1e6).toFixed(2)} MB each`,
    '',
    'tagging model alone',
    ...part(report.tagging),
    'with the face detector',
    ...part(report.people),
    line(
      'naive script (only tags)',
      'photosPerSecond' in naive ? rate(naive.photosPerSecond) : `skipped: ${naive.skipped}`,
    ),
    ...(report.speedUp === null
      ? []
      : [line('engine / naive', `${report.speedUp.toFixed(1).padStart(8)} x`)]),
  ].join('\n');
}

/** Every peer once on the same photos, the whole engine before and after them: what disturbs shows. */
async function comparePeers(): Promise<{ text: string; result: { rates: Rates } }> {
  const set = values.photos === undefined ? await madePhotos() : ownPhotos(values.photos);
  const options = engineOptions({ library: '' });
  const whole = async () => (await runPipeline(set.folder, set.warmUp, options)).photosPerSecond;
  const results: PeerResult[] = [];
  const first = await whole();
  for (const name of peerNames) results.push(await runPeer(name, set.folder));
  const engine = 'whole engine (hash, thumbnail, catalog)';
  const rates: Rates = { [engine]: median([first, await whole()]) };
  for (const one of results) if ('photosPerSecond' in one) rates[one.name] = one.photosPerSecond;
  const naive = results.find(({ name }) => name === 'naive');
  const reference = naive && 'tags' in naive ? naive.tags : null;
  const earlier = earlierRates(resultsFolder, 'peers');
  const lines = Object.entries(rates).map(([name, rate]) =>
    [
      name.padEnd(42),
      `${rate.toFixed(1).padStart(7)} photos/s`,
      `${(rate / (rates['naive'] ?? rate)).toFixed(1).padStart(6)} x naive`,
      agreement(
        reference,
        results.find((one) => one.name === name),
      ).padStart(22),
      change(rate, earlier?.[name]),
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
  const result = { rates, results };
  const file = keepResult(resultsFolder, 'peers', result, chart);
  return { text: [...lines, '', file].join('\n'), result };
}

/** How often a peer's first label is the naive script's: that it did the same work. */
function agreement(reference: number[] | null, peer: PeerResult | undefined): string {
  if (!reference || !peer || !('tags' in peer)) return '';
  const same = peer.tags.filter((tag, at) => tag === reference[at]).length;
  return `${String(same)} of ${String(peer.tags.length)} tags alike`;
}

if (values.peers) {
  const { text, result } = await comparePeers();
  process.stdout.write(`${values.json ? JSON.stringify(result) : text}\n`);
} else {
  const report = await measure();
  process.stdout.write(`${values.json ? JSON.stringify(report) : table(report)}\n`);
}
