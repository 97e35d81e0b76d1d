/** What `wanwu doctor` shows: versions, the pack, which devices work here, and whether the library is well. */
import {
  ContractError,
  devices,
  type Device,
  type EngineOptions,
  type Info,
} from '../common/contract.ts';
import { costOf, inferAlone } from './bench/ceiling.ts';
import { hasCatalog, openCatalogReader } from './catalog/database.ts';
import { readHealth } from './catalog/health.ts';
import { readPack, type Pack } from './infer/pack.ts';
import { choosePacks } from './packs.ts';
import { loadVocabulary } from './vocabulary/vocabulary.ts';
import manifest from '../package.json' with { type: 'json' };

const trialPhotos = 8;

/** Tries every device by running the model on it. */
export async function readInfo(options: EngineOptions): Promise<Info> {
  const pack = mainPack(options);
  const vocabulary = loadVocabulary();
  const tried: Info['devices'] = [];
  for (const device of devices) tried.push(await tryDevice(pack, device, options.inferThreads));
  return {
    version: manifest.version,
    versions: {
      node: process.versions.node,
      'onnxruntime-node': manifest.dependencies['onnxruntime-node'],
      sharp: manifest.dependencies.sharp,
      'better-sqlite3': manifest.dependencies['better-sqlite3'],
    },
    pack: {
      name: pack.manifest.name,
      version: pack.manifest.version,
      labels: pack.labels.length,
    },
    vocabulary: { tags: vocabulary.tags.length, labels: vocabulary.labelCount },
    devices: tried,
    library: readLibrary(options.library),
  };
}

/** Throws `model-damaged`. */
function mainPack(options: EngineOptions): Pack {
  const [main] = choosePacks(options, readPack).packs;
  if (!main) throw new ContractError('model-damaged');
  return main;
}

/** In a process of its own: a driver that crashes says no more than that it does not work. */
async function tryDevice(
  pack: Pack,
  device: Device,
  threads: number,
): Promise<Info['devices'][number]> {
  const answer = await inferAlone({
    ...{ stage: 'infer', pack: pack.folder, device, rounds: 1, photos: trialPhotos },
    ...{ sessions: 1, threads, batch: trialPhotos },
  });
  if ('unused' in answer) {
    const { code, reason } = answer.unused;
    return { device, available: false, code, reason, ms: 0 };
  }
  const ms = 1000 / costOf(answer.rounds).photosPerSecond;
  return { device, available: true, code: null, reason: '', ms };
}

function readLibrary(library: string): Info['library'] {
  const empty = { schema: 0, photos: 0, files: 0, catalogBytes: 0 };
  if (!hasCatalog(library)) return { path: library, healthy: true, problems: [], ...empty };
  const db = openCatalogReader(library);
  try {
    return { path: library, ...readHealth(db) };
  } finally {
    db.close();
  }
}
