/** How fast the photos go through, over a window of a wanted length that begins when things have settled. */

/** Work done so far at a stage, and when its last photo was done. Only differences count. */
export interface Tally {
  work: number;
  atMs: number;
}

export interface Progress {
  atMs: number;
  decoded: Tally;
  inferred: Tally;
  /** Photos that the model has seen so far. */
  photos: number;
}

/** What a photo costs, about: as much for itself as for each megabyte, which tells small ones from large. */
export function costOf(bytes: number): number {
  return 1 + Math.min(4, bytes / 1e6);
}

export interface Measured {
  /** Work a second. */
  rate: number;
  photosPerSecond: number;
}

export interface Meter {
  /** Forgets what was measured; the next window opens after `settleMs`. */
  restart(settleMs: number): void;
  /** Null until a window is full; the next one begins where it ends. */
  feed(progress: Progress, windowMs: number): Measured | null;
}

/** A window with fewer photos tells nothing. */
const leastPhotos = 20;

export function createMeter(): Meter {
  let settleMs = 0;
  let opensMs: number | null = null;
  let from: Progress | null = null;
  return {
    restart: (ms) => {
      settleMs = ms;
      opensMs = null;
      from = null;
    },
    feed: (now, windowMs) => {
      opensMs ??= now.atMs + settleMs;
      if (now.atMs < opensMs) return null;
      if (from === null) {
        from = now;
        return null;
      }
      if (now.atMs - from.atMs < windowMs || now.photos - from.photos < leastPhotos) return null;
      // A queue between the stages that grows or shrinks makes one of them look faster than both are.
      const rate = Math.min(rateOf(from.decoded, now.decoded), rateOf(from.inferred, now.inferred));
      const seconds = (now.atMs - from.atMs) / 1000;
      const photosPerSecond = (now.photos - from.photos) / seconds;
      from = now;
      return { rate, photosPerSecond };
    },
  };
}

/** From the end of a photo to the end of a photo: batches leave no rounding. */
function rateOf(from: Tally, to: Tally): number {
  return to.atMs > from.atMs ? ((to.work - from.work) * 1000) / (to.atMs - from.atMs) : 0;
}
