/** The active model packs, each with its inputs' shared memory, its session and the reader of its answers. */
import { isServers, type EngineOptions } from '../common/contract.ts';
import { inputBytes, type InputShape } from './decode/model-input.ts';
import { describePack, inputShape, readPack, wordsOf, type Pack } from './infer/pack.ts';
import { openServerSession } from './infer/remote/session.ts';
import { openSession, type Session } from './infer/session.ts';
import { readerFor, type Reader } from './infer/tags.ts';
import { placesFor } from './pipeline.ts';
import { settingAt, type Plan } from './plan.ts';
import { foldersInUse } from './shelf/shelf.ts';
import type { PackWords } from './vocabulary/pack-tags.ts';
import type { Vocabulary } from './vocabulary/vocabulary.ts';

/** A pack that was found whole. */
export interface KnownPack {
  pack: Pack;
  shape: InputShape;
  read: Reader;
}

export interface ActivePack extends KnownPack {
  /** One input a place; the same photo has the same place in every pack. */
  places: SharedArrayBuffer;
  session: Session;
}

/** One or more; the first is the main one. */
export type Several<T> = readonly [T, ...T[]];

/** What the options say, else what the library chose; the main one first. */
export function packFolders({ packs, library }: EngineOptions): string[] {
  return packs ?? foldersInUse(library);
}

export function wordsInUse(options: EngineOptions): PackWords[] {
  return packFolders(options).map((folder) => wordsOf(describePack(folder)));
}

/** Throws `model-damaged`. */
export function readPacks(folders: readonly string[], vocabulary: Vocabulary): Several<KnownPack> {
  const read = (folder: string): KnownPack => {
    const pack = readPack(folder);
    return { pack, shape: inputShape(pack.manifest), read: readerFor(pack, vocabulary) };
  };
  const [main = '', ...others] = folders;
  return [read(main), ...others.map(read)];
}

/** A session on the plan's device of this machine, or over its servers. */
function openOn(
  pack: Pack,
  places: SharedArrayBuffer,
  { device, inferThreads: threads, ranges, connections: limits, token }: Plan,
  onDeath: (error: Error) => void,
): Promise<Session> {
  const here = { pack, places, threads, maxBatch: ranges.maxBatch.most };
  if (!isServers(device)) return openSession({ ...here, device }, onDeath);
  return openServerSession({
    pack,
    places,
    addresses: device.split(','),
    limits,
    token,
    openLocal: () => openSession({ ...here, device: 'auto' }, onDeath),
  });
}

/** Opens every pack's session or none. Rejects with `model-damaged`. */
export async function openPacks(
  [main, ...others]: Several<KnownPack>,
  plan: Plan,
  onDeath: (error: Error) => void,
): Promise<Several<ActivePack>> {
  const opened: ActivePack[] = [];
  const open = async (known: KnownPack): Promise<ActivePack> => {
    const most = placesFor(settingAt(plan, 'most'), plan.batchesInFlight);
    const places = new SharedArrayBuffer(most * inputBytes(known.shape));
    const session = await openOn(known.pack, places, plan, onDeath);
    const active = { ...known, places, session };
    opened.push(active);
    return active;
  };
  try {
    const first = await open(main);
    for (const one of others) await open(one);
    return [first, ...opened.slice(1)];
  } catch (error) {
    for (const { session } of opened) await session.close();
    throw error;
  }
}
