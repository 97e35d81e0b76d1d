/** The search thread: a read-only connection of its own, so a slow question holds up nobody. */
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../../../common/rpc.ts';
import { withPacks, type PackWords } from '../../vocabulary/pack-tags.ts';
import { loadVocabulary } from '../../vocabulary/vocabulary.ts';
import { openCatalogReader } from '../database.ts';
import { threadPort } from './port.ts';
import { openQueries } from './queries.ts';

export interface SearchWorkerData {
  library: string;
  packs: readonly PackWords[];
}

const { library, packs } = workerData as SearchWorkerData;
if (parentPort) {
  const db = openCatalogReader(library);
  serve(threadPort(parentPort), openQueries(db, withPacks(loadVocabulary(), packs)));
}
