/** What the contract says of GPU support: what would be installed, how far it is, and why it cannot be. */
import * as v from 'valibot';

/** Why GPU support cannot be installed; each is one sentence in texts.ts, filled with the facts. */
export const gpuProblems = [
  'busy',
  'no-answer',
  'no-card',
  'no-driver',
  'no-file',
  'no-index',
  'no-space',
  'old-card',
  'old-driver',
  'other-system',
  'wrong-hash',
] as const;
export type GpuProblem = (typeof gpuProblems)[number];

const problemSchema = v.object({ code: v.picklist(gpuProblems), facts: v.array(v.string()) });

export const gpuSupportSchema = v.object({
  installed: v.boolean(),
  /** This engine was started with it; one that was installed later needs another start. */
  inUse: v.boolean(),
  folder: v.string(),
  /** The graphics card that would work; null with the `problem`. */
  card: v.nullable(v.string()),
  problem: v.nullable(problemSchema),
  packages: v.array(
    v.object({ name: v.string(), version: v.string(), bytes: v.number(), licence: v.string() }),
  ),
  downloadBytes: v.number(),
  installedBytes: v.number(),
  /** Of an installation that runs; `name`: the package. */
  progress: v.nullable(
    v.object({
      step: v.picklist(['download', 'unpack']),
      name: v.string(),
      doneBytes: v.number(),
      totalBytes: v.number(),
    }),
  ),
});
export type GpuSupport = v.InferOutput<typeof gpuSupportSchema>;
