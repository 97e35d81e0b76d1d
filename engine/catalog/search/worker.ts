/** The search thread: a read-only connection of its own, so a slow question holds up nobody. */
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../../../common/rpc.ts';
import { withPacks, type PackWords } from '../../vocabulary/pack-tags.ts';
import { loadVocabulary } from '../../vocabulary/vocabulary.ts';
import { guardEach, openCatalogReader } from '../database.ts';
import { threadPort } from './port.ts';
import { openQueries } from './queries.ts';
import type { Queries } from './questions.ts';

export interface SearchWorkerData {
  library: string;
  packs: readonly PackWords[];
}

/** After a tree of tags: whoever shows one has its first screen by then, and will soon type. */
const warmUpMs = 500;

const { library, packs } = workerData as SearchWorkerData;
if (parentPort) {
  const queries = openQueries(openCatalogReader(library), withPacks(loadVocabulary(), packs));
  let isWarm = false;
  // Reads every word while nobody waits for the first letter typed.
  const warmUp = () => {
    if (isWarm) return;
    isWarm = true;
    setTimeout(() => {
      Promise.resolve(queries['tags.suggest']({ text: 'a', limit: 1 })).catch(() => undefined);
    }, warmUpMs);
  };
  const tree: Queries['tags.tree'] = (params) => {
    warmUp();
    return queries['tags.tree'](params);
  };
  serve(threadPort(parentPort), guardEach(library, { ...queries, 'tags.tree': tree }));
}
