/**
 * What should be in force now. Pure: it is fed what the work did and what the person does. A deep queue is
 * worked off as fast as the search finds out how; a few new photos are done as soon as can be; a person
 * who uses the machine is given way.
 */
import type { GentleReason, Tuning } from '../../common/contract.ts';
import type { Ranges, Setting } from '../plan.ts';
import { createSearch, type Load } from './search.ts';

export interface Sample extends Load {
  /** Mean time of the model a photo lately, ms; 0 where it had nothing to do. */
  inferMs: number;
  paused: boolean;
  /** Why the person is to be given way; null where not. */
  gentle: GentleReason | null;
}

export interface Tuner {
  /** To be called several times a second; answers with what is to be in force from now on. */
  feed(sample: Sample): Setting;
  readonly state: Tuning;
}

/** The queue is deep from so many photos on, until so few are left: each of them is waited for. */
const deepFrom = 50;
const deepUntil = 16;
/** A photo that appears shows its tags within a second: a batch may take half of it. */
const batchBudgetMs = 500;

export function createTuner(ranges: Ranges, cores: number): Tuner {
  const search = createSearch(ranges);
  let inferMs = 0;
  let mode: 'deep' | 'few' | 'gentle' = 'few';
  let gentle: GentleReason | null = null;
  let setting = search.setting;

  function modeFor(sample: Sample): typeof mode {
    if (gentle !== null) return 'gentle';
    const isDeep = sample.queued >= (mode === 'deep' ? deepUntil : deepFrom);
    return isDeep && !sample.paused ? 'deep' : 'few';
  }

  function forFew(): Setting {
    const { best } = search;
    const { maxBatch, maxDelayMs } = ranges;
    const fitting = inferMs === 0 ? best.maxBatch : powerBelow(batchBudgetMs / inferMs);
    return {
      ...best,
      maxBatch: Math.max(maxBatch.least, Math.min(best.maxBatch, fitting)),
      maxDelayMs: maxDelayMs.least,
    };
  }

  function forGentle(): Setting {
    const { best } = search;
    const half = Math.max(1, Math.floor(cores / 2));
    return { ...best, decodeWorkers: Math.min(best.decodeWorkers, half) };
  }

  return {
    feed: (sample) => {
      if (sample.inferMs > 0) ({ inferMs } = sample);
      // How many threads a person fixed stays so; then there is nothing to give way with.
      gentle = ranges.decodeWorkers.least === ranges.decodeWorkers.most ? null : sample.gentle;
      mode = modeFor(sample);
      if (mode === 'deep') search.feed(sample);
      else search.interrupt();
      setting = mode === 'deep' ? search.setting : mode === 'few' ? forFew() : forGentle();
      return setting;
    },
    get state(): Tuning {
      const { phase, ...found } = search.state;
      if (gentle !== null) return { ...setting, phase: 'gentle', reason: gentle, step: null };
      if (mode === 'few' && phase !== 'fixed')
        return { ...setting, phase: 'steady', reason: 'few-photos', step: null };
      return { ...setting, phase, ...found };
    },
  };
}

/** The largest power of two that is not above; 1 at least. */
function powerBelow(value: number): number {
  return value < 1 ? 1 : 2 ** Math.floor(Math.log2(value));
}
