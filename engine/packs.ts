/** The active model packs, each with its inputs' shared memory, its session and the reader of its answers. */
import {
  ContractError,
  isServers,
  type DamagedPack,
  type EngineOptions,
} from '../common/contract.ts';
import { inputBytes, type InputShape } from './decode/model-input.ts';
import { withComparison } from './infer/compare.ts';
import { describePack, inputShape, readPack, wordsOf, type Pack } from './infer/pack.ts';
import { openServerSession } from './infer/remote/session.ts';
import { openModel, openSession, type Session } from './infer/session.ts';
import { readerFor, type Reader } from './infer/tags.ts';
import { placesFor } from './pipeline.ts';
import { settingAt, type Plan } from './plan.ts';
import { choiceWithout, findPack, readChoice } from './shelf/shelf.ts';
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

/**
 * The packs that judge photos, the main one first: what the options say, else what the library chose. A
 * chosen pack that is not whole is left out, and the app's own takes a main one's place: photos are
 * looked at all the same. `read` decides how closely is looked. Throws `model-damaged` when there is no other.
 */
export function choosePacks(
  { packs, library }: EngineOptions,
  read: (folder: string) => Pack,
): { packs: Pack[]; damaged: DamagedPack[] } {
  if (packs) return { packs: packs.map(read), damaged: [] };
  const found = new Map<string, Pack>();
  const damaged: DamagedPack[] = [];
  const choice = readChoice(library);
  for (const name of [choice.main, ...choice.extra])
    try {
      found.set(name, read(findPack(library, name).folder));
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      damaged.push({ name, problem: error.detail });
    }
  const { main, extra } = choiceWithout(choice, damaged);
  const whole = [main, ...extra].map(
    (name) => found.get(name) ?? read(findPack(library, name).folder),
  );
  return { packs: whole, damaged };
}

/** Throws `model-damaged`. */
export function packFolders(options: EngineOptions): string[] {
  return choosePacks(options, readPack).packs.map(({ folder }) => folder);
}

/** For readers, which run no model. */
export function wordsInUse(options: EngineOptions): PackWords[] {
  return choosePacks(options, describePack).packs.map(wordsOf);
}

export function knowPacks(packs: readonly Pack[], vocabulary: Vocabulary): Several<KnownPack> {
  const know = (pack: Pack): KnownPack => ({
    pack,
    shape: inputShape(pack.manifest),
    read: readerFor(pack, vocabulary),
  });
  const [main, ...others] = packs;
  if (!main) throw new ContractError('model-damaged');
  return [know(main), ...others.map(know)];
}

/** A session on the plan's device of this machine, or over its servers. */
async function openOn(
  pack: Pack,
  places: SharedArrayBuffer,
  { device, inferThreads: threads, ranges, connections: limits, token }: Plan,
  onDeath: (error: Error) => void,
): Promise<Session> {
  const here = { pack, places, threads, maxBatch: ranges.maxBatch.most };
  if (!isServers(device)) return openSession({ ...here, device }, onDeath);
  const remote = await openServerSession({
    pack,
    places,
    addresses: device.split(','),
    limits,
    token,
    openLocal: () => openModel({ ...here, device: 'auto' }, onDeath),
  });
  return withComparison(remote, here, onDeath);
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
