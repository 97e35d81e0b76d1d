/**
 * `npm run bench`: the whole engine on twelve-megapixel photos, beside the naive script and the ceiling
 * of this machine, measured in the same run. --json prints the result for programs.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { measureCeiling, median, type Ceiling } from '../../engine/bench/ceiling.ts';
import { runPipeline, type PipelineRun } from '../../engine/bench/pipeline-run.ts';
import { engineOptions } from '../../engine/options.ts';
import { madePhotos, ownPhotos } from './photos.ts';
import { runPython, type PeerResult } from './peers.ts';
import { packFolder, say } from './places.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    photos: { type: 'string' },
    rounds: { type: 'string', default: '5' },
  },
});

interface Report {
  machine: { cpu: string; cores: number; memoryBytes: number; platform: string };
  photos: { count: number; bytes: number; made: boolean };
  pipeline: { photosPerSecond: number; cpuMs: number | null; runs: PipelineRun[] };
  ceiling: Ceiling;
  efficiency: number;
  naive: PeerResult;
  /** Whole engine / naive script. */
  speedUp: number | null;
}

async function measure(): Promise<Report> {
  const rounds = Number(values.rounds);
  const set = values.photos === undefined ? await madePhotos() : ownPhotos(values.photos);
  const options = engineOptions({ library: '' });
  say('the whole engine ...');
  const runs: PipelineRun[] = [];
  for (let round = 0; round < rounds; round += 1)
    runs.push(await runPipeline(set.folder, set.warmUp, options));
  say('each stage alone ...');
  const ceiling = await measureCeiling({
    photos: set.photos,
    pack: packFolder,
    device: 'cpu',
    cores: os.availableParallelism(),
    rounds,
    batch: 8,
  });
  say('the naive script ...');
  const naive = await runPython('naive.py', [set.folder]);
  const photosPerSecond = median(runs.map((run) => run.photosPerSecond));
  const cpu = runs.flatMap(({ cpuMs }) => cpuMs ?? []);
  return {
    machine: {
      cpu: os.cpus()[0]?.model ?? '',
      cores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      platform: `${process.platform}-${process.arch}`,
    },
    photos: { count: set.photos.length, bytes: set.bytes, made: set.made },
    pipeline: { photosPerSecond, cpuMs: cpu.length > 0 ? median(cpu) : null, runs },
    ceiling,
    efficiency: photosPerSecond / ceiling.photosPerSecond,
    naive,
    speedUp: 'photosPerSecond' in naive ? photosPerSecond / naive.photosPerSecond : null,
  };
}

function table(report: Report): string {
  const { machine, photos, pipeline, ceiling, naive } = report;
  const line = (name: string, value: string) => `${name.padEnd(34)}${value}`;
  const rate = (value: number) => `${value.toFixed(1).padStart(8)} photos/s`;
  const cost = (ms: number) => `${ms.toFixed(2).padStart(8)} ms CPU a photo`;
  return [
    `${machine.cpu}, ${String(machine.cores)} cores, ${machine.platform}`,
    `${String(photos.count)} photos, ${(photos.bytes / photos.count / 1e6).toFixed(2)} MB each`,
    '',
    line('whole engine', rate(pipeline.photosPerSecond)),
    ...(pipeline.cpuMs === null ? [] : [line('', cost(pipeline.cpuMs))]),
    line('read, hash (alone)', cost(ceiling.read.cpuMs)),
    line('decode, thumbnail, input (alone)', cost(ceiling.decode.cpuMs)),
    line('inference (alone)', cost(ceiling.infer.cpuMs)),
    line('ceiling of this machine', rate(ceiling.photosPerSecond)),
    line('share of the ceiling', `${(report.efficiency * 100).toFixed(1).padStart(8)} %`),
    line(
      'naive script (only tags)',
      'photosPerSecond' in naive ? rate(naive.photosPerSecond) : `skipped: ${naive.skipped}`,
    ),
    ...(report.speedUp === null
      ? []
      : [line('engine / naive', `${report.speedUp.toFixed(1).padStart(8)} x`)]),
  ].join('\n');
}

const report = await measure();
process.stdout.write(`${values.json ? JSON.stringify(report) : table(report)}\n`);
