/** The search thread: a read-only connection of its own, so a slow question holds up nobody. */
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../../../common/rpc.ts';
import { loadVocabulary } from '../../vocabulary/vocabulary.ts';
import { openCatalogReader } from '../database.ts';
import { threadPort } from './port.ts';
import { openQueries } from './queries.ts';

const { library } = workerData as { library: string };
if (parentPort) {
  const db = openCatalogReader(library);
  serve(threadPort(parentPort), openQueries(db, loadVocabulary()));
}
