/**
 * Groups single photos into batches: at once when a preferred size is there and the session is free,
 * at the latest when the oldest has waited long enough. Pure but for the timer it is given.
 */

export interface BatchRules {
  max: number;
  /** Sizes worth closing a batch for, any order. */
  preferred: readonly number[];
  maxDelayMs: number;
  /** Batches the session may hold at once; 2 keep it busy while answers are on their way. */
  inFlight: number;
}

export interface Clock {
  now(): number;
  /** Calls back after `ms`; returns the way to cancel. */
  after(ms: number, callback: () => void): () => void;
}

export interface Batcher<T> {
  add(item: T): void;
  /** Nothing more will come soon: what waits goes as it is. */
  flush(): void;
  /** Other rules from now on, also for what waits already. */
  change(rules: BatchRules): void;
  readonly waiting: number;
  close(): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** `run` must not reject: what a batch's failure means is the caller's to say. */
export function createBatcher<T>(
  firstRules: BatchRules,
  run: (items: T[]) => Promise<void>,
  clock: Clock = systemClock,
): Batcher<T> {
  const queue: { item: T; since: number }[] = [];
  let rules = firstRules;
  let sizes = preferredSizes(rules);
  let running = 0;
  let flushing = false;
  let cancel: (() => void) | null = null;

  function due(): number {
    if (queue.length >= rules.max) return rules.max;
    const oldest = queue[0];
    if (!oldest) return 0;
    if (flushing || clock.now() - oldest.since >= rules.maxDelayMs) return queue.length;
    return sizes.find((size) => size <= queue.length) ?? 0;
  }

  function pump(): void {
    cancel?.();
    cancel = null;
    while (running < rules.inFlight) {
      const size = due();
      if (size === 0) break;
      running += 1;
      const items = queue.splice(0, size).map(({ item }) => item);
      void run(items).finally(() => {
        running -= 1;
        pump();
      });
    }
    if (queue.length === 0) flushing = false;
    const oldest = queue[0];
    if (oldest && running < rules.inFlight)
      cancel = clock.after(Math.max(0, oldest.since + rules.maxDelayMs - clock.now()), pump);
  }

  return {
    add: (item) => {
      queue.push({ item, since: clock.now() });
      pump();
    },
    flush: () => {
      flushing = queue.length > 0;
      pump();
    },
    change: (next) => {
      rules = next;
      sizes = preferredSizes(rules);
      pump();
    },
    get waiting() {
      return queue.length;
    },
    close: () => {
      cancel?.();
      queue.length = 0;
    },
  };
}

/** Largest first. */
function preferredSizes({ preferred, max }: BatchRules): number[] {
  return preferred.filter((size) => size <= max).sort((a, b) => b - a);
}
