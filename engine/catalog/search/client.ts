/** Starts the search thread and passes questions to it. */
import { Worker } from 'node:worker_threads';
import { connect } from '../../../common/rpc.ts';
import { threadPort } from './port.ts';
import type { PackWords } from '../../vocabulary/pack-tags.ts';
import { smallHeap } from '../../small-heap.ts';
import { questions, type Queries } from './questions.ts';
import type { SearchWorkerData } from './worker.ts';

export interface Search {
  queries: Queries;
  close(): Promise<void>;
}

/**
 * The library must have a catalog. `packs`: the words of the packs in use; `onDeath`: the thread ended by
 * itself, and no question is answered any more.
 */
export function openSearch(
  library: string,
  packs: readonly PackWords[],
  onDeath: (error: Error) => void,
): Search {
  const workerData: SearchWorkerData = { library, packs };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    resourceLimits: smallHeap,
  });
  // Its port is closed then: the waiting calls reject with `engine-gone`.
  worker.on('error', onDeath);
  const { call } = connect(threadPort(worker));
  return {
    queries: Object.fromEntries(
      questions.map((method) => [method, (params: never) => call(method, params)]),
    ) as unknown as Queries,
    close: async () => {
      await worker.terminate();
    },
  };
}
