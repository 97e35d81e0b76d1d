/**
 * A budget of decoding memory shared by the decode threads. A thread asks before it decodes and waits
 * while the others hold too much; so admission is by bytes, not by the number of workers.
 */

/** One Int32 in KiB, so that budgets up to 2 TiB fit. */
export type Budget = Int32Array<SharedArrayBuffer>;

export function createBudget(bytes: number): Budget {
  const budget = new Int32Array(new SharedArrayBuffer(8));
  budget[0] = Math.floor(bytes / 1024);
  budget[1] = budget[0];
  return budget;
}

/**
 * Takes `bytes` (at most the whole budget, so that a giant can still run, alone) and returns what was
 * taken. Blocks the calling thread: only for worker threads.
 */
export function acquire(budget: Budget, bytes: number): number {
  const whole = Atomics.load(budget, 1);
  const wanted = Math.min(Math.ceil(bytes / 1024), whole);
  for (;;) {
    const free = Atomics.load(budget, 0);
    if (free < wanted) Atomics.wait(budget, 0, free);
    else if (Atomics.compareExchange(budget, 0, free, free - wanted) === free) return wanted * 1024;
  }
}

export function release(budget: Budget, bytes: number): void {
  Atomics.add(budget, 0, Math.ceil(bytes / 1024));
  Atomics.notify(budget, 0);
}

/**
 * Bytes a decode holds at its peak, from what the header says. A baseline JPEG is shrunk while it
 * streams; a progressive one keeps all coefficients, and an interlaced PNG all pixels, which may be 16 bits
 * deep; AVIF was measured at 17 bytes a pixel, HEIC at 8.
 */
export function decodingBytes(
  format: string,
  { width, height, progressive }: { width: number; height: number; progressive: boolean },
): number {
  const pixels = width * height;
  switch (format) {
    case 'raw':
    case 'jpeg':
      return pixels * (progressive ? 6 : 1);
    case 'png':
      return pixels * (progressive ? 8 : 1);
    case 'avif':
      return pixels * 17;
    case 'heic':
      return pixels * 8;
    default:
      return pixels * 4;
  }
}
