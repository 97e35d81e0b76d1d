/**
 * Looks for the fastest setting while photos are worked off: tries a neighbour of the best one known,
 * keeps what is clearly faster, and goes on from there. Quick at first; later a trial takes a minute.
 */
import type { Tuning } from '../../common/contract.ts';
import type { Ranges, Setting } from '../plan.ts';
import { createMeter, type Measured, type Progress } from './meter.ts';

export interface Load extends Progress {
  /** Photos that are not begun yet. */
  queued: number;
  /** Photos that are decoded and wait for the model. */
  waiting: number;
  /** Mean photos a batch lately. */
  meanBatch: number;
}

export type Found = Pick<Tuning, 'phase' | 'reason' | 'step'>;

export interface Search {
  /** To be called several times a second while there is more to do than can be done at once. */
  feed(load: Load): void;
  /** Other work, or none, comes between: what is being tried is given up. */
  interrupt(): void;
  /** The fastest one known. */
  readonly best: Setting;
  /** `best`, or what is being tried. */
  readonly setting: Setting;
  readonly state: Found;
}

/** Threads start and caches fill: the first moments of a load tell nothing. */
const warmUpMs = 1_500;
/** After a change, until what was in flight is through. */
const settleMs = 700;
/** The first search ends after so much work, whatever was found. */
const searchMs = 19_000;
const quick = { windowMs: 2_000, gain: 0.04, leastLeftMs: 8_000 };
/** A minute: so there is at most one change in it. */
const slow = { windowMs: 60_000, gain: 0.03, leastLeftMs: 180_000 };
/** Nothing is tried for so long after no neighbour was faster; twice as long each time. */
const firstRestMs = 5 * 60_000;
const longestRestMs = 40 * 60_000;
/** A rate so much different is another load: what was found may not hold for it. */
const otherLoad = 0.25;

const searched = ['decodeWorkers', 'maxBatch'] as const;
type Searched = (typeof searched)[number];

interface Trial {
  knob: Searched;
  direction: 1 | -1;
  setting: Setting;
}

export function createSearch(ranges: Ranges): Search {
  const meter = createMeter();
  const isFixed = searched.every((knob) => ranges[knob].least === ranges[knob].most);
  let best: Setting = {
    decodeWorkers: ranges.decodeWorkers.start,
    maxBatch: ranges.maxBatch.start,
    maxDelayMs: ranges.maxDelayMs.start,
  };
  let bestRate: number | null = null;
  let trial: Trial | null = null;
  let accepted: Tuning['step'] = null;
  /** What was no faster than `best`. */
  const refused = new Set<string>();
  let pace = quick;
  let lastMs: number | null = null;
  let workedMs = 0;
  let rest: { rate: number; leftMs: number } | null = null;
  let nextRestMs = firstRestMs;

  meter.restart(warmUpMs);

  function feed(load: Load): void {
    if (isFixed) return;
    const sinceMs = load.atMs - (lastMs ?? load.atMs);
    lastMs = load.atMs;
    workedMs += sinceMs;
    if (rest) rest.leftMs -= sinceMs;
    if (pace === quick && workedMs >= searchMs) {
      pace = slow;
      giveUp();
    }
    const measured = meter.feed(load, pace.windowMs);
    if (!measured) return;
    const isBack = trial !== null && !isFaster(trial, measured.rate);
    if (!isBack) bestRate = measured.rate;
    // Going back was a change too: after the first search a minute passes before the next.
    if (isBack && pace === slow) return;
    goOn(load, measured);
  }

  function goOn(load: Load, { rate, photosPerSecond }: Measured): void {
    if (rest && rest.leftMs > 0 && Math.abs(rate / rest.rate - 1) < otherLoad) return;
    if (rest) {
      rest = null;
      refused.clear();
    }
    const next = nextTrial(load);
    if (!next) {
      pace = slow;
      rest = { rate: bestRate ?? rate, leftMs: nextRestMs };
      nextRestMs = Math.min(longestRestMs, nextRestMs * 2);
    } else if (load.queued * 1000 >= photosPerSecond * pace.leastLeftMs) {
      trial = next;
      meter.restart(settleMs);
    }
  }

  /** Whether what was tried is the best one from now on. */
  function isFaster({ knob, direction, setting }: Trial, rate: number): boolean {
    const gain = bestRate ? rate / bestRate - 1 : 0;
    trial = null;
    meter.restart(settleMs);
    if (gain < pace.gain) {
      refused.add(keyOf(knob, direction));
      return false;
    }
    accepted = { knob, from: best[knob], to: setting[knob], gain };
    best = setting;
    refused.clear();
    refused.add(keyOf(knob, direction === 1 ? -1 : 1));
    nextRestMs = firstRestMs;
    return true;
  }

  function nextTrial({ waiting, meanBatch }: Load): Trial | null {
    for (const knob of searched) {
      // A cap that batches seldom reach changes nothing.
      if (knob === 'maxBatch' && meanBatch <= best.maxBatch / 2) continue;
      const isModelBehind = waiting > best.decodeWorkers;
      const directions = knob === 'decodeWorkers' && isModelBehind ? downFirst : upFirst;
      for (const direction of directions) {
        const value = neighbour(knob, direction);
        if (value === best[knob] || refused.has(keyOf(knob, direction))) continue;
        return { knob, direction, setting: { ...best, [knob]: value } };
      }
    }
    return null;
  }

  /** Threads by half more or less, batches by the double. */
  function neighbour(knob: Searched, direction: 1 | -1): number {
    const { least, most } = ranges[knob];
    const from = best[knob];
    const factor = knob === 'maxBatch' ? 2 : 1.5;
    const value = Math.round(direction === 1 ? from * factor : from / factor);
    return Math.min(most, Math.max(least, value === from ? from + direction : value));
  }

  function giveUp(): void {
    if (trial === null) return;
    trial = null;
    meter.restart(settleMs);
  }

  return {
    feed,
    interrupt: () => {
      trial = null;
      lastMs = null;
      meter.restart(warmUpMs);
    },
    get best() {
      return best;
    },
    get setting() {
      return trial?.setting ?? best;
    },
    get state(): Found {
      if (isFixed) return { phase: 'fixed', reason: 'fixed', step: null };
      if (trial) {
        const { knob, setting } = trial;
        const step = { knob, from: best[knob], to: setting[knob], gain: null };
        return { phase: 'exploring', reason: 'trying', step };
      }
      const phase = pace === quick && workedMs > 0 ? 'exploring' : 'steady';
      if (accepted) return { phase, reason: 'faster', step: accepted };
      return { phase, reason: refused.size > 0 ? 'kept' : 'usual', step: null };
    },
  };
}

const upFirst = [1, -1] as const;
const downFirst = [-1, 1] as const;

function keyOf(knob: Searched, direction: 1 | -1): string {
  return `${knob} ${String(direction)}`;
}
