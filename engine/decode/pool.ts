/** The decode threads. Owns how many there are, live, and which is free; the pipeline never gives more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { DecodeWorkerData, FromDecodeWorker, Outcome, ToDecodeWorker } from './worker.ts';
import { smallHeap } from '../small-heap.ts';

export interface DecodePool {
  /** As wanted now; threads above it end when their photo is done. */
  readonly size: number;
  /**
   * `path`: absolute, bytes as they are; `place`: where the model input is written. Resolves with
   * what became of the file; at most `size` at a time.
   */
  decode(path: Buffer, place: number): Promise<Outcome>;
  /** No photo is lost or read again. */
  resize(size: number): void;
  close(): Promise<void>;
}

/** A thread that is asked to end finishes its photo; one that takes longer than this is ended in it. */
const patienceMs = 15_000;

/**
 * `isKnown`: whether a picture (hex) has its tags already. `onDeath`: a thread ended by itself, which
 * only a native fault does; the engine must be started anew.
 */
export function openDecodePool(
  firstSize: number,
  data: DecodeWorkerData,
  isKnown: (picture: string) => boolean,
  onDeath: (error: Error) => void,
): DecodePool {
  const finish = new Map<number, (outcome: Outcome) => void>();
  const workers = new Set<Worker>();
  /** Threads that were asked to end, until they have. */
  const ending = new Set<Worker>();
  let allEnded: () => void = () => undefined;
  const free: Worker[] = [];
  let size = firstSize;
  let nextJob = 1;

  function start(): void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: data,
      resourceLimits: smallHeap,
    });
    worker.on('message', (message: FromDecodeWorker) => {
      if ('asks' in message) {
        send(worker, { job: message.job, known: isKnown(message.asks) });
        return;
      }
      if (workers.size > size) end(worker);
      else free.push(worker);
      finish.get(message.job)?.(message.outcome);
      finish.delete(message.job);
    });
    worker.on('error', onDeath);
    worker.on('exit', (code) => {
      if (!ending.delete(worker)) onDeath(new Error(`decode thread ended with ${String(code)}`));
      if (ending.size === 0) allEnded();
    });
    workers.add(worker);
    // Behind those that run already: a new thread needs a moment before it can read.
    free.unshift(worker);
  }

  /** Not by force: inside a native call of sharp that aborts the whole process. */
  function end(worker: Worker): void {
    workers.delete(worker);
    ending.add(worker);
    send(worker, { end: true });
  }

  function resize(wanted: number): void {
    size = wanted;
    while (workers.size < size) start();
    while (workers.size > size) {
      const idle = free.shift();
      if (!idle) break;
      end(idle);
    }
  }

  resize(firstSize);
  return {
    get size() {
      return size;
    },
    resize,
    decode: (path, place) =>
      new Promise((resolve) => {
        const worker = free.pop();
        if (!worker) throw new Error('more photos than decode threads');
        const job = nextJob++;
        finish.set(job, resolve);
        send(worker, { job, path, place });
      }),
    close: async () => {
      for (const worker of [...workers]) end(worker);
      if (ending.size === 0) return;
      const ended = new Promise<void>((resolve) => {
        allEnded = resolve;
      });
      await Promise.race([ended, sleep(patienceMs, undefined, { ref: false })]);
      await Promise.all([...ending].map((worker) => worker.terminate()));
    },
  };
}

function send(worker: Worker, message: ToDecodeWorker): void {
  worker.postMessage(message);
}
