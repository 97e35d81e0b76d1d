/** Threads that decode squares, as the engine decodes photos. */
import { Worker } from 'node:worker_threads';
import type { InputShape } from '../../engine/decode/model-input.ts';

export interface Squares {
  /** Puts the square of a photo into a place; one photo a place at a time. */
  decode(photo: string, place: number): Promise<void>;
  close(): Promise<void>;
}

const script = new URL('./square-worker.ts', import.meta.url);

export function openSquares(count: number, places: SharedArrayBuffer, shape: InputShape): Squares {
  const waiting: { photo: string; place: number }[] = [];
  const done = new Map<number, () => void>();
  const free = Array.from({ length: count }, () => {
    const worker = new Worker(script, { workerData: { places, shape } });
    worker.on('message', (place: number) => {
      free.push(worker);
      done.get(place)?.();
      next();
    });
    worker.on('error', (error) => {
      throw error;
    });
    return worker;
  });
  const workers = [...free];

  function next(): void {
    const worker = waiting.length > 0 ? free.pop() : undefined;
    if (worker) worker.postMessage(waiting.shift());
  }

  return {
    decode: (photo, place) =>
      new Promise((resolve) => {
        done.set(place, resolve);
        waiting.push({ photo, place });
        next();
      }),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
