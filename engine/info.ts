/** What `wanwu doctor` shows: versions, the pack, which devices work here, and whether the library is well. */
import {
  ContractError,
  devices,
  type Device,
  type EngineOptions,
  type Info,
} from '../common/contract.ts';
import { openCatalogReader, type Database } from './catalog/database.ts';
import { readHealth } from './catalog/health.ts';
import { inputBytes } from './decode/model-input.ts';
import { inputShape, readPack, type Pack } from './infer/pack.ts';
import { openSession } from './infer/session.ts';
import { choosePacks } from './packs.ts';
import { loadVocabulary } from './vocabulary/vocabulary.ts';
import manifest from '../package.json' with { type: 'json' };

const trialPhotos = 8;

/** `db`: null where there is no library yet. Tries every device by running the model on it. */
export async function readInfo(options: EngineOptions, db: Database | null): Promise<Info> {
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
    library: readLibrary(options.library, db),
  };
}

/** Throws `model-damaged`. */
function mainPack(options: EngineOptions): Pack {
  const [main] = choosePacks(options, readPack).packs;
  if (!main) throw new ContractError('model-damaged');
  return main;
}

async function tryDevice(
  pack: Pack,
  device: Device,
  threads: number,
): Promise<Info['devices'][number]> {
  const places = new SharedArrayBuffer(trialPhotos * inputBytes(inputShape(pack.manifest)));
  const session = await openSession(
    { pack, device, places, threads, maxBatch: trialPhotos },
    () => undefined,
  );
  try {
    const { device: used, unused } = session.state;
    const [why] = unused;
    if (used !== device) {
      const { code, reason } = why ?? { code: 'no-model' as const, reason: '' };
      return { device, available: false, code, reason, ms: 0 };
    }
    const all = Array.from({ length: trialPhotos }, (_, place) => place);
    await session.run(all);
    const { ms } = await session.run(all);
    return { device, available: true, code: null, reason: '', ms: ms / trialPhotos };
  } finally {
    await session.close();
  }
}

function readLibrary(library: string, db: Database | null): Info['library'] {
  if (db) return { path: library, ...readHealth(library, db) };
  const empty = { schema: 0, photos: 0, files: 0, catalogBytes: 0 };
  return { path: library, healthy: true, problems: [], ...empty };
}

/** Ends when no trial of a device runs any more: ending the process inside one would abort it. */
export function trackInfo(options: EngineOptions) {
  const running = new Set<Promise<Info>>();
  return {
    read: async () => {
      const info = infoBeside(options);
      running.add(info);
      try {
        return await info;
      } finally {
        running.delete(info);
      }
    },
    close: async () => {
      await Promise.allSettled(running);
    },
  };
}

async function infoBeside(options: EngineOptions): Promise<Info> {
  const db = openCatalogReader(options.library);
  try {
    return await readInfo(options, db);
  } finally {
    db.close();
  }
}
