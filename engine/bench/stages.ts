/**
 * A process that measures the engine's stages alone, with all cores at work: the decode threads without
 * inference, and sessions without decoding.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { deviceSchema, type DeviceReason } from '../../common/contract.ts';
import { answerParent, ifBrokenOff } from '../child.ts';
import { createBudget } from '../decode/memory.ts';
import { inputBytes } from '../decode/model-input.ts';
import { openDecodePool } from '../decode/pool.ts';
import { withdrawTrials } from '../infer/device-trial.ts';
import { inputShape, readPack } from '../infer/pack.ts';
import { openSession } from '../infer/session.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const stagesJobSchema = v.variant('stage', [
  v.object({
    /** `read`: bytes, header and hashes; `decode`: the same and thumbnail and model input. */
    stage: v.picklist(['read', 'decode']),
    photos: v.array(v.string()),
    /** Each has an input made from every photo. */
    packs: v.array(v.string()),
    rounds: count,
    workers: count,
  }),
  v.object({
    stage: v.literal('infer'),
    pack: v.string(),
    rounds: count,
    device: deviceSchema,
    sessions: count,
    threads: count,
    batch: count,
    /** Photos in each round. */
    photos: count,
  }),
]);
export type StagesJob = v.InferOutput<typeof stagesJobSchema>;
export type InferenceJob = Extract<StagesJob, { stage: 'infer' }>;

/** One round: photos, seconds on the wall, and seconds of CPU of the whole process. */
export interface Round {
  photos: number;
  seconds: number;
  cpuSeconds: number;
}

export interface FilesAnswer {
  rounds: Round[];
  /** Those that could be decoded; only they are measured. */
  photos: string[];
}
export type InferenceAnswer = { rounds: Round[] } | { unused: DeviceReason };

const budgetBytes = 1024 ** 3;

async function measure(rounds: number, photos: number, work: () => Promise<unknown>) {
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - started) / 1000;
    measured.push({ photos, seconds, cpuSeconds: (user + system) / 1e6 });
  }
  return measured;
}

type Files = Extract<StagesJob, { workers: number }>;

async function measureFiles({
  stage,
  photos,
  packs,
  rounds,
  workers,
}: Files): Promise<FilesAnswer> {
  const shapes = packs.map((pack) => inputShape(readPack(pack).manifest));
  const thumbnails = mkdtempSync(path.join(os.tmpdir(), 'wanwu-bench-'));
  ifBrokenOff(() => {
    rmSync(thumbnails, { recursive: true, force: true });
  });
  const pool = openDecodePool(
    workers,
    {
      inputs: shapes.map((shape) => ({
        shape,
        places: new SharedArrayBuffer(workers * inputBytes(shape)),
      })),
      fileBudget: createBudget(budgetBytes),
      decodeBudget: createBudget(budgetBytes),
      thumbnails,
    },
    // A known picture ends after its hashes: that is the first part alone.
    () => stage === 'read',
    fail,
  );
  try {
    const decodeAll = async (wanted: readonly string[]) => {
      const done: string[] = [];
      await share(workers, wanted, async (photo, place) => {
        const { kind } = await pool.decode(Buffer.from(photo), place);
        if (kind === 'decoded' || kind === 'known') done.push(photo);
      });
      return done;
    };
    // The first time warms caches and threads and tells what is no picture.
    const usable = (await decodeAll(photos)).sort();
    return {
      rounds: await measure(rounds, usable.length, () => decodeAll(usable)),
      photos: usable,
    };
  } finally {
    await pool.close();
    rmSync(thumbnails, { recursive: true });
  }
}

async function measureInference(job: InferenceJob): Promise<InferenceAnswer> {
  ifBrokenOff(withdrawTrials);
  const pack = readPack(job.pack);
  const places = new SharedArrayBuffer(job.batch * inputBytes(inputShape(pack.manifest)));
  const pixels = new Uint8Array(places);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * 31) & 0xff;
  const options = { pack, device: job.device, places, threads: job.threads, maxBatch: job.batch };
  const sessions = await Promise.all(
    Array.from({ length: job.sessions }, () => openSession(options, fail)),
  );
  const { device, unused } = sessions[0]?.state ?? { device: null, unused: [] };
  const why = unused[0] ?? { device: job.device, code: 'no-model', reason: '' };
  if (device !== job.device) return { unused: why };
  const batches = Array.from({ length: Math.ceil(job.photos / job.batch) }, () =>
    Array.from({ length: job.batch }, (_, place) => place),
  );
  try {
    // Two batches in flight a session, as the pipeline keeps them.
    const all = () =>
      share(job.sessions * 2, batches, (batch, lane) => sessions[lane % job.sessions]?.run(batch));
    await all();
    return { rounds: await measure(job.rounds, batches.length * job.batch, all) };
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
}

/** Runs `work` on all items, `lanes` at a time. */
async function share<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T, lane: number) => Promise<unknown> | undefined,
): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item, lane);
    }),
  );
}

function fail(error: Error): never {
  throw error;
}

await answerParent((wanted) => {
  const job = v.parse(stagesJobSchema, wanted);
  return job.stage === 'infer' ? measureInference(job) : measureFiles(job);
});
