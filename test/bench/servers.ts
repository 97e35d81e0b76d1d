/**
 * `npm run bench:servers`: our client beside the story's (asyncio, tensors as JSON) on the same photos and
 * the same real Triton server, by turns, with 1, 8 and 50 users; then the batches that we form beside those
 * that the server forms, and the whole engine. --rounds N; --photos FOLDER; --json.
 */
import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import * as v from 'valibot';
import { median } from '../../engine/bench/ceiling.ts';
import { chartSvg } from '../../engine/bench/chart.ts';
import { madePhotos, ownPhotos } from '../../engine/bench/photos.ts';
import { runPipeline } from '../../engine/bench/pipeline-run.ts';
import { keepResult } from '../../engine/bench/results.ts';
import { engineEnvironment } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import {
  serverScript,
  startTriton,
  tritonPython,
  whyNoTriton,
  type Triton,
} from '../fixtures/triton.ts';
import { packFolder, peersFolder, photosFolder, resultsFolder, root, say } from './places.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    photos: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const usersCounts = [1, 8, 50];
/** Photos a turn, by the number of users: some seconds, of which the beginning and the end are a small part. */
const counted = (users: number) =>
  users === 1 ? { ours: 60, theirs: 30 } : { ours: 600, theirs: 100 };
const mostOwn = 200;

const answerSchema = v.object({
  photos: v.number(),
  seconds: v.number(),
  tags: v.array(v.number()),
  ms: v.array(v.number()),
  batchedBy: v.optional(v.picklist(['app', 'server'])),
});
type Answer = v.InferOutput<typeof answerSchema>;

interface Row {
  users: number;
  who: string;
  photosPerSecond: number;
  meanMs: number;
  p99Ms: number;
  photos: number;
}

async function run(file: string, args: string[], env = process.env): Promise<Answer> {
  const { stdout } = await promisify(execFile)(file, args, { env, maxBuffer: 1e7 });
  return v.parse(answerSchema, JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
}

const theirs = ({ port }: Triton, folder: string, users: number) =>
  run(tritonPython(), [
    path.join(peersFolder, 'triton_client.py'),
    ...[serverScript, packFolder, folder, '--port', String(port)],
    ...['--users', String(users), '--runs', String(counted(users).theirs)],
  ]);

const ours = ({ url }: Triton, folder: string, users: number, ...more: string[]) =>
  run(
    process.execPath,
    [
      path.join(root, 'test/bench/server-client.ts'),
      ...[url, folder, String(users), String(counted(users).ours), ...more],
    ],
    engineEnvironment(os.availableParallelism()),
  );

function rowOf(users: number, who: string, answers: readonly Answer[]): Row {
  const ms = answers.flatMap((answer) => answer.ms).sort((a, b) => a - b);
  return {
    users,
    who,
    photosPerSecond: median(answers.map(({ photos, seconds }) => photos / seconds)),
    meanMs: ms.reduce((sum, one) => sum + one, 0) / ms.length,
    p99Ms: ms[Math.ceil(ms.length * 0.99) - 1] ?? 0,
    photos: ms.length,
  };
}

function lineOf({ users, who, photosPerSecond, meanMs, p99Ms, photos }: Row): string {
  return [
    `${String(users)} users`.padStart(8),
    who.padEnd(34),
    `${photosPerSecond.toFixed(1)} photos/s`.padStart(14),
    `mean ${meanMs.toFixed(0)} ms`.padStart(14),
    `P99 ${p99Ms.toFixed(0)} ms`.padStart(14),
    `(${String(photos)} photos)`,
  ].join('  ');
}

const why = whyNoTriton();
if (why !== false) throw new Error(why);
const photoSet =
  values.photos === undefined
    ? await madePhotos(photosFolder, { pictures: 100, versions: 1 })
    : ownPhotos(path.resolve(values.photos), mostOwn);
const { folder } = photoSet;
say('starting Triton ...');
const server = await startTriton({ pack: packFolder });
if (!server) throw new Error('nvidia-pytriton cannot be installed here');
try {
  const lines: string[] = [];
  const rows: Row[] = [];
  const add = (row: Row) => {
    rows.push(row);
    lines.push(lineOf(row));
    say(lineOf(row));
  };
  const rounds = Array.from({ length: Number(values.rounds) }, (_, at) => at);
  for (const users of usersCounts) {
    const [mine, its]: [Answer[], Answer[]] = [[], []];
    for (const round of rounds) {
      // Whoever comes second in one round comes first in the next.
      const turns = [
        async () => mine.push(await ours(server, folder, users)),
        async () => its.push(await theirs(server, folder, users)),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    const [own, story] = [rowOf(users, 'our client', mine), rowOf(users, 'asyncio, JSON', its)];
    add(own);
    add(story);
    const reference = its[0]?.tags ?? [];
    const alike = reference.filter((tag, at) => tag === mine[0]?.tags[at]).length;
    const ratio = own.photosPerSecond / story.photosPerSecond;
    lines.push(
      `          ratio ${ratio.toFixed(1)} x; ${String(alike)} of ${String(reference.length)} first labels alike`,
    );
    say(lines.at(-1) ?? '');
  }
  const most = usersCounts.at(-1) ?? 1;
  const grouped: Record<'app' | 'server', Answer[]> = { app: [], server: [] };
  for (const _ of rounds)
    for (const who of ['app', 'server'] as const)
      grouped[who].push(await ours(server, folder, most, who));
  add(rowOf(most, 'our client, batches formed here', grouped.app));
  add(rowOf(most, 'our client, by the server', grouped.server));
  const whole = await runPipeline(
    photoSet.photos,
    photoSet.warmUp,
    engineOptions({ library: '', packs: [packFolder], device: server.url }),
  );
  lines.push(
    `whole engine (hash, thumbnail, catalog) over the server: ${whole.photosPerSecond.toFixed(1)} photos/s`,
  );
  const bars = rows.map(({ users, who, photosPerSecond: value }) => ({
    label: `${String(users)} users, ${who}`,
    value,
    main: who !== 'asyncio, JSON',
  }));
  const chart = chartSvg('Photos a second over one Triton server', 'photos/s', bars);
  const result = { rows, whole: whole.photosPerSecond };
  const file = keepResult(resultsFolder, 'servers', result, chart);
  process.stdout.write(
    values.json ? `${JSON.stringify(result)}\n` : `${[...lines, file].join('\n')}\n`,
  );
} finally {
  await server.kill();
}
