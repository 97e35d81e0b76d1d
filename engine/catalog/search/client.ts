/** Starts the search thread and passes questions to it. */
import { Worker } from 'node:worker_threads';
import { connect } from '../../../common/rpc.ts';
import { threadPort } from './port.ts';
import { questions, type Queries } from './queries.ts';

export interface Search {
  queries: Queries;
  close(): Promise<void>;
}

/** The library must have a catalog. */
export function openSearch(library: string): Search {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { library } });
  // A thread that cannot start closes its port: the waiting calls reject with `engine-gone`.
  worker.on('error', () => undefined);
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
