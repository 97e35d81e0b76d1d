/** What the contract says of a measurement of this machine: its steps, its result and the one before. */
import * as v from 'valibot';

/** In the order in which they are taken. */
export const benchSteps = ['photos', 'files', 'infer', 'engine'] as const;
export const benchProgressSchema = v.object({
  step: v.picklist(benchSteps),
  /** Of all the work, 0..1. */
  share: v.number(),
});
export type BenchProgress = v.InferOutput<typeof benchProgressSchema>;

const stageCostSchema = v.object({
  /** CPU time a photo. */
  cpuMs: v.number(),
  /** With all cores at work on this stage alone. */
  photosPerSecond: v.number(),
});
/** CPU time a photo, ms, median of the rounds; and photos a second with all cores at work. */
export type StageCost = v.InferOutput<typeof stageCostSchema>;

/** `devices`: the contract's own names of what can infer here; `reasons`: why one cannot. */
export function benchSchemas<D extends v.GenericSchema, R extends v.GenericSchema>(
  devices: D,
  reasons: R,
) {
  const result = v.object({
    /** ISO 8601. */
    at: v.string(),
    machine: v.object({
      cpu: v.string(),
      cores: v.number(),
      memoryBytes: v.number(),
      platform: v.string(),
    }),
    photos: v.object({ count: v.number(), bytes: v.number(), made: v.boolean() }),
    /** Names of the packs that judged every photo. */
    packs: v.array(v.string()),
    /** What the whole engine inferred on. */
    device: devices,
    /** Bytes, header and hashes. */
    read: stageCostSchema,
    /** Thumbnail and model inputs, without `read`. */
    decode: stageCostSchema,
    /** All packs, one after the other, at each batch size. */
    inference: v.array(
      v.object({
        device: devices,
        batches: v.array(v.object({ batch: v.number(), ...stageCostSchema.entries })),
      }),
    ),
    unused: v.array(reasons),
    ceilingPerSecond: v.number(),
    engine: v.object({
      photosPerSecond: v.number(),
      cpuMs: v.number(),
      peakMemoryBytes: v.number(),
    }),
    /** Whole engine / ceiling. */
    efficiency: v.number(),
  });
  /** A finished measurement, the one before it, and where it was written. */
  const report = v.object({ result, earlier: v.nullable(result), file: v.string() });
  return { result, report };
}

/** The batch size that serves best: the least CPU time on the CPU, which the stages share; else the rate. */
export function bestBatch<B extends StageCost>({
  device,
  batches,
}: {
  device: string;
  batches: readonly B[];
}): B {
  const isBetter = (one: StageCost, other: StageCost) =>
    device === 'cpu' ? one.cpuMs < other.cpuMs : one.photosPerSecond > other.photosPerSecond;
  return batches.reduce((best, one) => (isBetter(one, best) ? one : best));
}

/** Else its ceiling leaves inference out: the device was found wanting alone and worked in the whole engine. */
export function isInferenceMeasured({
  device,
  inference,
}: {
  device: string;
  inference: readonly { device: string }[];
}): boolean {
  return inference.some((one) => one.device === device);
}

/** `+12 %`, or nothing where there is no earlier figure. */
export function change(now: number, before: number | undefined): string {
  if (before === undefined || before === 0) return '';
  const percent = (now / before - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(0)} %`;
}
