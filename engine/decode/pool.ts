/** A fixed set of decode threads. Owns which thread is free; the pipeline never gives more than that. */
import { Worker } from 'node:worker_threads';
import type { DecodeWorkerData, FromDecodeWorker, Outcome, ToDecodeWorker } from './worker.ts';

export interface DecodePool {
  readonly size: number;
  /**
   * `path`: absolute, bytes as they are; `place`: where the model input is written. Resolves with
   * what became of the file; at most `size` at a time.
   */
  decode(path: Buffer, place: number): Promise<Outcome>;
  close(): Promise<void>;
}

/**
 * `isKnown`: whether a picture (hex) has its tags already. `onDeath`: a thread ended by itself, which
 * only a native fault does; the engine must be started anew.
 */
export function openDecodePool(
  size: number,
  data: DecodeWorkerData,
  isKnown: (picture: string) => boolean,
  onDeath: (error: Error) => void,
): DecodePool {
  const finish = new Map<number, (outcome: Outcome) => void>();
  let nextJob = 1;
  let closing = false;
  const workers = Array.from({ length: size }, () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: data });
    worker.on('message', (message: FromDecodeWorker) => {
      if ('asks' in message) {
        send(worker, { job: message.job, known: isKnown(message.asks) });
        return;
      }
      free.push(worker);
      finish.get(message.job)?.(message.outcome);
      finish.delete(message.job);
    });
    worker.on('error', onDeath);
    worker.on('exit', (code) => {
      if (!closing) onDeath(new Error(`decode thread ended with ${String(code)}`));
    });
    return worker;
  });
  const free = [...workers];

  return {
    size,
    decode: (path, place) =>
      new Promise((resolve) => {
        const worker = free.pop();
        if (!worker) throw new Error('more photos than decode threads');
        const job = nextJob++;
        finish.set(job, resolve);
        send(worker, { job, path, place });
      }),
    close: async () => {
      closing = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function send(worker: Worker, message: ToDecodeWorker): void {
  worker.postMessage(message);
}
