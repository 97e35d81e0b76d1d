/**
 * The engine's stages for tagging alone (no hash, no thumbnail, no catalog), as the peers do it: one
 * decode to the model's square a photo, batches to the engine's own session. Not a mode of the product.
 */
import os from 'node:os';
import { inputBytes } from '../../engine/decode/model-input.ts';
import { inputShape, readPack } from '../../engine/infer/pack.ts';
import { openSession } from '../../engine/infer/session.ts';
import { packFolder } from './places.ts';
import { ownPhotos } from '../../engine/bench/photos.ts';
import { openSquares } from './squares.ts';

const batchSize = 8;
const slots = 4;

const pack = readPack(packFolder);
const shape = inputShape(pack.manifest);
const bytes = inputBytes(shape);
const places = new SharedArrayBuffer(slots * batchSize * bytes);
const session = await openSession(
  { pack, device: 'cpu', places, threads: 1, maxBatch: batchSize },
  (error) => {
    throw error;
  },
);

const lanes = Math.min(slots, os.availableParallelism() + 1);
const squares = openSquares(lanes, places, shape);

async function tagAll(photos: readonly string[]): Promise<number[]> {
  const tags = new Array<number>(photos.length).fill(-1);
  const batches = Array.from({ length: Math.ceil(photos.length / batchSize) }, (_, at) => at);
  const lane = async (slot: number): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const first = batch * batchSize;
      const group = photos.slice(first, first + batchSize);
      const own = group.map((_, at) => slot * batchSize + at);
      for (const [at, photo] of group.entries()) await squares.decode(photo, own[at] ?? 0);
      const { outputs } = await session.run(own);
      const [values] = outputs;
      if (!values) throw new Error('the model has no output');
      const labels = values.length / group.length;
      group.forEach((_, at) => {
        const part = values.subarray(at * labels, (at + 1) * labels);
        tags[first + at] = part.indexOf(Math.max(...part));
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, slot) => lane(slot)));
  return tags;
}

const { photos } = ownPhotos(process.argv[2] ?? '', Infinity);
await tagAll(photos.slice(0, 12));
const started = performance.now();
const tags = await tagAll(photos);
const seconds = (performance.now() - started) / 1000;
await session.close();
await squares.close();
process.stdout.write(`${JSON.stringify({ photos: photos.length, seconds, tags })}\n`, () =>
  process.exit(0),
);
