/** The active model packs, each with its inputs' shared memory, its session and the reader of its answers. */
import type { EngineOptions } from '../common/contract.ts';
import { inputBytes, type InputShape } from './decode/model-input.ts';
import { inputShape, readPack, type Pack } from './infer/pack.ts';
import { openSession, type Session } from './infer/session.ts';
import { readerFor, type Reader } from './infer/tags.ts';
import { placesFor } from './pipeline.ts';
import type { Vocabulary } from './vocabulary/vocabulary.ts';

export interface ActivePack {
  pack: Pack;
  shape: InputShape;
  /** One input a place; the same photo has the same place in every pack. */
  places: SharedArrayBuffer;
  session: Session;
  read: Reader;
}

/** Opens every pack or none. The first is the main one. Rejects with `model-damaged`. */
export async function openPacks(
  options: EngineOptions,
  vocabulary: Vocabulary,
  onDeath: (error: Error) => void,
): Promise<[ActivePack, ...ActivePack[]]> {
  const open = async (folder: string): Promise<ActivePack> => {
    const pack = readPack(folder);
    const read = readerFor(pack, vocabulary);
    const shape = inputShape(pack.manifest);
    const room = placesFor(options.decodeWorkers, options.batch.max) * inputBytes(shape);
    const places = new SharedArrayBuffer(room);
    const { device, inferThreads: threads, batch } = options;
    const session = await openSession(
      { pack, device, places, threads, maxBatch: batch.max },
      onDeath,
    );
    return { pack, shape, places, session, read };
  };
  const opened: ActivePack[] = [];
  try {
    const [main = '', ...others] = options.packs;
    const first = await open(main);
    opened.push(first);
    for (const folder of others) opened.push(await open(folder));
    return [first, ...opened.slice(1)];
  } catch (error) {
    for (const { session } of opened) await session.close();
    throw error;
  }
}
