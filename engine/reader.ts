/** Composes what answers questions beside another engine: the catalog is not written. */
import { ContractError, type EngineOptions } from '../common/contract.ts';
import { openBench } from './bench/handlers.ts';
import { hasCatalog, openCatalogReader } from './catalog/database.ts';
import { openMemory } from './catalog/memory.ts';
import { openSearch } from './catalog/search/client.ts';
import { questions, type Queries } from './catalog/search/questions.ts';
import type { Engine, Outside } from './engine.ts';
import { readInfo } from './info.ts';
import { wordsInUse } from './packs.ts';
import { readSettings, withSettings } from './settings.ts';
import { packHandlers } from './shelf/handlers.ts';

/** Every method that would change something answers `read-only`. */
export function openReader(options: EngineOptions, outside: Pick<Outside, 'emit'>): Engine {
  const { library } = options;
  const db = hasCatalog(library) ? openCatalogReader(library) : null;
  const search = db && openSearch(library, wordsInUse(options), () => undefined);
  const bench = openBench(
    library,
    () => (db ? withSettings(options, readSettings(openMemory(db))) : options),
    (progress) => {
      outside.emit('bench.progress', progress);
    },
    (measure) => measure(),
  );
  return {
    handlers: {
      ...(search ? search.queries : absentQueries(library)),
      ...packHandlers(options, [], () => undefined),
      ...bench.handlers,
      'engine.info': () => readInfo(options),
    },
    blames: false,
    close: async () => {
      await bench.close();
      await search?.close();
      db?.close();
    },
  };
}

function absentQueries(library: string): Queries {
  const refuse = () => {
    throw new ContractError('library-missing', library);
  };
  return Object.fromEntries(questions.map((method) => [method, refuse])) as unknown as Queries;
}
