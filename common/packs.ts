/** What the contract says of model packs: the list, an import's report, and why a model is refused. */
import * as v from 'valibot';

/** Why a model or pack is refused; each is one sentence in texts.ts, filled with the facts. */
export const packProblems = [
  'bad-manifest',
  'beside-another',
  'built-in',
  'cannot-run',
  'cannot-write',
  'cut-off',
  'hash-mismatch',
  'in-use',
  'input-channels',
  'input-rank',
  'input-type',
  'labels-blank',
  'labels-count',
  'labels-empty',
  'labels-encoding',
  'labels-gap',
  'labels-json',
  'labels-list',
  'labels-ragged',
  'many-inputs',
  'many-outputs',
  'missing',
  'name-taken',
  'needs-labels',
  'no-input',
  'no-labels',
  'no-manifest',
  'no-model',
  'no-output',
  'no-samples',
  'no-such-input',
  'no-such-output',
  'not-onnx',
  'other-values',
  'output-rank',
  'too-new',
  'unknown',
  'weights-apart',
] as const;
export type PackProblem = (typeof packProblems)[number];

export const packSummarySchema = v.object({
  name: v.string(),
  version: v.string(),
  /** What people call it. */
  title: v.nullable(v.object({ zh: v.string(), en: v.string() })),
  labels: v.number(),
  kind: v.string(),
  bytes: v.number(),
  builtIn: v.boolean(),
  /** Null: not in use. */
  use: v.nullable(v.picklist(['main', 'extra'])),
  /** Why it cannot be used; null for a whole one. */
  problem: v.nullable(v.string()),
});
export type PackSummary = v.InferOutput<typeof packSummarySchema>;

/** A chosen pack that is left out, because it is not whole. */
export const damagedPackSchema = v.object({
  name: v.string(),
  /** The file, or what is wrong; for people who look for a cause. */
  problem: v.string(),
});
export type DamagedPack = v.InferOutput<typeof damagedPackSchema>;

export const packTrialSchema = v.object({
  /** Wall time a picture on the CPU. */
  msAlone: v.number(),
  msInCompany: v.number(),
  /** The largest difference of a value between a batch of one and of several. */
  difference: v.number(),
  pictures: v.array(
    v.object({
      name: v.string(),
      labels: v.array(v.object({ name: v.string(), score: v.number() })),
    }),
  ),
});
export type PackTrial = v.InferOutput<typeof packTrialSchema>;

export const packReportSchema = v.object({
  name: v.string(),
  labels: v.number(),
  opset: v.number(),
  /** `name: type [dims]`, n where any size goes. */
  inputs: v.array(v.string()),
  outputs: v.array(v.string()),
  /** The graph's fixed batch size; null where any goes. */
  batch: v.nullable(v.number()),
  kind: v.string(),
  /** Parts of the manifest that neither the graph nor the person told. */
  guessed: v.array(v.string()),
  trial: packTrialSchema,
});
export type PackReport = v.InferOutput<typeof packReportSchema>;
