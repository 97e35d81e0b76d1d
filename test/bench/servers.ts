/**
 * `npm run bench:servers`: our client beside the story's (asyncio, tensors as JSON) on the same photos, the
 * same network and the same real Triton server, by turns, with 1, 8 and 50 users: once as our pack has the
 * network (bytes), once as the story had its own (floats, normalised by the client). Then the batches that we
 * form beside those that the server forms, and the whole engine. --rounds N; --photos FOLDER; --json.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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
/** What the served network is given. */
type Takes = 'bytes' | 'floats';
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
  takes: Takes;
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

interface Served extends Triton {
  pack: string;
}

const theirs = ({ port, pack }: Served, users: number) =>
  run(tritonPython(), [
    path.join(peersFolder, 'triton_client.py'),
    ...[serverScript, pack, folder, '--port', String(port)],
    ...['--users', String(users), '--runs', String(counted(users).theirs)],
  ]);

const ours = ({ url, pack }: Served, users: number, ...more: string[]) =>
  run(
    process.execPath,
    [
      path.join(root, 'test/bench/server-client.ts'),
      ...[url, pack, folder, String(users), String(counted(users).ours), ...more],
    ],
    engineEnvironment(os.availableParallelism()),
  );

function rowOf(users: number, takes: Takes, who: string, answers: readonly Answer[]): Row {
  const ms = answers.flatMap((answer) => answer.ms).sort((a, b) => a - b);
  return {
    users,
    takes,
    who,
    photosPerSecond: median(answers.map(({ photos, seconds }) => photos / seconds)),
    meanMs: ms.reduce((sum, one) => sum + one, 0) / ms.length,
    p99Ms: ms[Math.ceil(ms.length * 0.99) - 1] ?? 0,
    photos: ms.length,
  };
}

function lineOf({ users, takes, who, photosPerSecond, meanMs, p99Ms, photos }: Row): string {
  return [
    `${String(users)} users`.padStart(8),
    takes.padEnd(6),
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
const rounds = Array.from({ length: Number(values.rounds) }, (_, at) => at);
const rows: Row[] = [];
const lines: string[] = [];

function tell(line: string): void {
  lines.push(line);
  say(line);
}

function add(...row: Parameters<typeof rowOf>): Row {
  const added = rowOf(...row);
  rows.push(added);
  tell(lineOf(added));
  return added;
}

async function compareClients(server: Served, takes: Takes): Promise<void> {
  for (const users of usersCounts) {
    const [mine, its]: [Answer[], Answer[]] = [[], []];
    for (const round of rounds) {
      // Whoever comes second in one round comes first in the next.
      const turns = [
        async () => mine.push(await ours(server, users)),
        async () => its.push(await theirs(server, users)),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    const own = add(users, takes, 'our client', mine);
    const story = add(users, takes, 'asyncio, JSON', its);
    const reference = its[0]?.tags ?? [];
    const alike = reference.filter((tag, at) => tag === mine[0]?.tags[at]).length;
    const ratio = own.photosPerSecond / story.photosPerSecond;
    tell(
      `          ratio ${ratio.toFixed(1)} x; ${String(alike)} of ${String(reference.length)} first labels alike`,
    );
  }
}

async function compareGrouping(server: Served): Promise<void> {
  const most = usersCounts.at(-1) ?? 1;
  const grouped: Record<'app' | 'server', Answer[]> = { app: [], server: [] };
  for (const _ of rounds)
    for (const who of ['app', 'server'] as const) grouped[who].push(await ours(server, most, who));
  add(most, 'bytes', 'our client, batches formed here', grouped.app);
  add(most, 'bytes', 'our client, by the server', grouped.server);
}

async function wholeEngine({ url }: Served): Promise<number> {
  const { photosPerSecond } = await runPipeline(
    photoSet.photos,
    photoSet.warmUp,
    engineOptions({ library: '', packs: [packFolder], device: url }),
  );
  tell(
    `whole engine (hash, thumbnail, catalog) over the server: ${photosPerSecond.toFixed(1)} photos/s`,
  );
  return photosPerSecond;
}

async function withServer<T>(pack: string, task: (server: Served) => Promise<T>): Promise<T> {
  say('starting Triton ...');
  const server = await startTriton({ pack });
  if (!server) throw new Error('nvidia-pytriton cannot be installed here');
  try {
    return await task({ ...server, pack });
  } finally {
    await server.kill();
  }
}

const whole = await withServer(packFolder, async (server) => {
  await compareClients(server, 'bytes');
  await compareGrouping(server);
  return wholeEngine(server);
});
const work = mkdtempSync(path.join(os.tmpdir(), 'wanwu-floats-'));
try {
  const pack = path.join(work, 'pack');
  const script = path.join(peersFolder, 'float_pack.py');
  await promisify(execFile)(tritonPython(), [script, packFolder, pack]);
  await withServer(pack, (server) => compareClients(server, 'floats'));
} finally {
  rmSync(work, { recursive: true });
}
const bars = rows.map(({ users, takes, who, photosPerSecond: value }) => ({
  label: `${String(users)} users, ${takes}, ${who}`,
  value,
  main: who !== 'asyncio, JSON',
}));
const chart = chartSvg('Photos a second over one Triton server', 'photos/s', bars);
const result = { rows, whole };
const file = keepResult(resultsFolder, 'servers', result, chart);
process.stdout.write(
  values.json ? `${JSON.stringify(result)}\n` : `${[...lines, file].join('\n')}\n`,
);
