/** The search thread: a read-only connection of its own, so a slow question holds up nobody. */
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../../../common/rpc.ts';
import { withPacks, type PackWords } from '../../vocabulary/pack-tags.ts';
import { loadVocabulary } from '../../vocabulary/vocabulary.ts';
import { guard, openCatalogReader } from '../database.ts';
import { threadPort } from './port.ts';
import { openQueries, type Queries } from './queries.ts';

export interface SearchWorkerData {
  library: string;
  packs: readonly PackWords[];
}

const { library, packs } = workerData as SearchWorkerData;
if (parentPort) {
  const queries = openQueries(openCatalogReader(library), withPacks(loadVocabulary(), packs));
  const guarded = Object.entries(queries).map(([method, answer]) => [
    method,
    (params: never) => guard(library, () => answer(params)),
  ]);
  serve(threadPort(parentPort), Object.fromEntries(guarded) as Queries);
}
