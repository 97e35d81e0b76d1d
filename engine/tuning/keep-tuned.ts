/** Feeds the tuner with what the pipeline does, and the pipeline with what the tuner finds. */
import os from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { GentleReason, Tuning } from '../../common/contract.ts';
import type { Monitor } from '../monitor.ts';
import type { Pipeline } from '../pipeline.ts';
import { settingAt, type Plan } from '../plan.ts';
import { createTuner } from './tuner.ts';

export interface KeptTuned {
  readonly state: Tuning;
  close(): void;
}

interface Parts {
  plan: Plan;
  pipeline: Pipeline;
  monitor: Monitor;
  /** Photos that are not settled yet. */
  pending: () => number;
  gentle: () => GentleReason | null;
  onChange: () => void;
}

const tickMs = 250;
/** Counting a million rows is not for every tick. */
const countEvery = 8;

export function keepTuned(parts: Parts): KeptTuned {
  const { plan, pipeline, monitor } = parts;
  const tuner = createTuner(plan.ranges, os.availableParallelism());
  let inForce = settingAt(plan, 'start');
  let pending = 0;
  let ticks = 0;

  const timer = setInterval(() => {
    if (ticks % countEvery === 0) pending = parts.pending();
    ticks += 1;
    const { held, claimed, waiting } = pipeline.load;
    const setting = tuner.feed({
      ...pipeline.flow,
      atMs: performance.now(),
      queued: Math.max(0, pending - held) + claimed,
      waiting,
      meanBatch: monitor.meanBatch(),
      inferMs: monitor.meanMs('infer'),
      paused: pipeline.paused !== null,
      gentle: parts.gentle(),
    });
    if (isDeepStrictEqual(setting, inForce)) return;
    inForce = setting;
    pipeline.tune(setting);
    parts.onChange();
  }, tickMs);

  return {
    get state() {
      return tuner.state;
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
