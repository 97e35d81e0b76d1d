/**
 * The working part of the engine: decode threads, inference session and the pipeline between them. Owns
 * how they are closed and opened anew when the person changes the device, the threads or the batch.
 */
import type { GentleReason, Tuning } from '../common/contract.ts';
import type { Catalog } from './catalog/catalog.ts';
import { createBudget } from './decode/memory.ts';
import { openDecodePool } from './decode/pool.ts';
import type { SessionState } from './infer/session.ts';
import type { Monitor } from './monitor.ts';
import { openPacks, type KnownPack, type Several } from './packs.ts';
import { openPipeline, type Hold, type Pipeline } from './pipeline.ts';
import { isSamePlan, settingAt, type Plan } from './plan.ts';
import { keepTuned } from './tuning/keep-tuned.ts';

export interface Work {
  readonly plan: Plan;
  /** The main pack's; null while the session is being opened anew. */
  readonly device: SessionState | null;
  readonly load: Pipeline['load'];
  readonly tuning: Tuning;
  readonly paused: Pipeline['paused'];
  /** Photos are inside a stage, which no pause takes back. */
  readonly isBusy: boolean;
  wake(): void;
  /** False where the file could not be read now. */
  makeThumbnail(file: string): Promise<boolean>;
  pause(why: Hold | null): void;
  /** Gives way to the person from now on, or no longer. */
  yieldTo(reason: GentleReason | null): void;
  /** Works by another plan from now on; what was in flight goes back to the queue. */
  change(plan: Plan): void;
  close(): Promise<void>;
}

export interface WorkOptions {
  catalog: Catalog;
  packs: Several<KnownPack>;
  monitor: Monitor;
  thumbnails: { folder: string; has(picture: string): boolean };
  isAway: (folder: number) => Promise<boolean>;
  onSaved: () => void;
  /** Paused, resumed, tuned, or another device. */
  onChange: () => void;
  die: (error: Error) => void;
}

const fileBudgetBytes = 320 * 1024 * 1024;
const decodeBudgetBytes = 384 * 1024 * 1024;
const nothing: Pipeline['load'] = {
  held: 0,
  claimed: 0,
  decoding: 0,
  waiting: 0,
  inferring: 0,
  saving: 0,
};

/** Rejects with `model-damaged` when no device can run the model. */
export async function openWork(firstPlan: Plan, options: WorkOptions): Promise<Work> {
  const { onChange, die } = options;
  let plan = firstPlan;
  let hold: Hold | null = null;
  let gentle: GentleReason | null = null;
  let closed = false;
  let parts: Awaited<ReturnType<typeof openParts>> | null = await openParts(
    plan,
    options,
    () => gentle,
  );
  let changing = Promise.resolve();

  async function reopen(): Promise<void> {
    if (closed || (parts && isSamePlan(plan, parts.plan))) return;
    const old = parts;
    parts = null;
    onChange();
    await old?.close();
    parts = await openParts(plan, options, () => gentle);
    parts.pipeline.pause(hold);
    onChange();
  }

  return {
    get plan() {
      return plan;
    },
    get device() {
      return parts?.packs[0].session.state ?? null;
    },
    get load() {
      return parts?.pipeline.load ?? nothing;
    },
    get tuning() {
      return (
        parts?.tuned.state ?? {
          ...settingAt(plan, 'start'),
          phase: 'steady',
          reason: 'usual',
          step: null,
        }
      );
    },
    get paused() {
      return parts ? parts.pipeline.paused : hold;
    },
    get isBusy() {
      const { decoding, waiting, inferring, saving } = parts?.pipeline.load ?? nothing;
      return parts === null || decoding + waiting + inferring + saving > 0;
    },
    wake: () => {
      parts?.pipeline.wake();
    },
    makeThumbnail: async (file) => {
      await changing;
      const kind = await parts?.pipeline.makeThumbnail(Buffer.from(file));
      return kind === 'decoded' || kind === 'known';
    },
    pause: (why) => {
      hold = why;
      parts?.pipeline.pause(why);
      onChange();
    },
    yieldTo: (reason) => {
      gentle = reason;
    },
    change: (next) => {
      plan = next;
      changing = changing.then(reopen).catch((error: unknown) => {
        die(error instanceof Error ? error : new Error(String(error)));
      });
    },
    close: async () => {
      closed = true;
      await changing;
      await parts?.close();
    },
  };
}

async function openParts(plan: Plan, options: WorkOptions, gentle: () => GentleReason | null) {
  const { catalog, monitor, thumbnails, isAway, onSaved, onChange, die } = options;
  const packs = await openPacks(options.packs, plan, die);
  const pool = openDecodePool(
    plan.ranges.decodeWorkers.start,
    {
      inputs: packs.map(({ shape, places }) => ({ shape, places })),
      fileBudget: createBudget(fileBudgetBytes),
      decodeBudget: createBudget(decodeBudgetBytes),
      thumbnails: thumbnails.folder,
    },
    (picture) => catalog.isScored(picture) && thumbnails.has(picture),
    die,
  );
  const pipeline = openPipeline({
    catalog,
    pool,
    packs,
    plan,
    monitor,
    isAway,
    onSaved,
    onHang: () => {
      die(new Error('a file hangs'));
    },
  });
  const pending = () => catalog.files.counts().pending;
  const tuned = keepTuned({ plan, pipeline, monitor, pending, gentle, onChange });
  const close = async () => {
    tuned.close();
    await pipeline.close();
    for (const { session } of packs) await session.close();
  };
  return { plan, packs, pipeline, tuned, close };
}
