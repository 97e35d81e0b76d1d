/** One thread that runs one graph: opened, asked for batches, closed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ContractError } from '../../common/contract.ts';
import type { Inferred, Session } from './session.ts';
import type { DeviceState, FromInferWorker, InferJob, InferWorkerData } from './worker.ts';
import { smallHeap } from '../small-heap.ts';

/** Batches on their way are waited for so long when the session is closed. */
const patienceMs = 15_000;

/** Resolves when a device has proved itself; rejects with `model-damaged` when none can run the graph. */
export async function openThread(
  data: InferWorkerData,
  onDeath: (error: Error) => void,
): Promise<Session> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    resourceLimits: smallHeap,
  });
  const waiting = new Map<number, PromiseWithResolvers<Inferred>>();
  const opened = Promise.withResolvers<DeviceState>();
  let state: DeviceState | null = null;
  let broken: ContractError | null = null;
  let closing = false;
  let nextBatch = 1;

  worker.on('message', (message: FromInferWorker) => {
    switch (message.kind) {
      case 'open':
        state = message.state;
        opened.resolve(message.state);
        break;
      case 'no-device':
        broken = new ContractError('model-damaged', message.reason);
        opened.reject(broken);
        for (const { reject } of waiting.values()) reject(broken);
        waiting.clear();
        break;
      case 'result':
        waiting.get(message.batch)?.resolve(message);
        waiting.delete(message.batch);
        break;
    }
  });
  const onEnd = (error: Error) => {
    if (closing) return;
    // A thread that cannot even start says why; later only a native fault ends it.
    if (state === null) opened.reject(new ContractError('internal', error.message));
    else onDeath(error);
  };
  worker.on('error', onEnd);
  worker.on('exit', (code) => {
    onEnd(new Error(`inference thread ended with ${String(code)}`));
  });

  const close = async () => {
    closing = true;
    // Ended inside a run the thread takes the whole process with it.
    const answers = [...waiting.values()].map(({ promise }) => promise);
    await Promise.race([Promise.allSettled(answers), sleep(patienceMs, undefined, { ref: false })]);
    await worker.terminate();
  };
  const first = await opened.promise.catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    get state() {
      return { ...(state ?? first), servers: [], help: null };
    },
    run: (batchPlaces) => {
      if (broken) return Promise.reject(broken);
      const batch = nextBatch++;
      const answer = Promise.withResolvers<Inferred>();
      waiting.set(batch, answer);
      const job: InferJob = { batch, places: batchPlaces };
      worker.postMessage(job);
      return answer.promise;
    },
    close,
  };
}
