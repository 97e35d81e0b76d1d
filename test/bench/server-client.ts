/**
 * Our side of `bench:servers`, tagging alone as the story's client does: so many users, each with one photo
 * at a time, decoding here, judged by the engine's own client of a server. One JSON line.
 *
 * server-client.ts URL PACK FOLDER USERS PHOTOS [app | server]
 */
import os from 'node:os';
import { inputBytes } from '../../engine/decode/model-input.ts';
import { createBatcher } from '../../engine/infer/batcher.ts';
import { ownPhotos } from '../../engine/bench/photos.ts';
import { inputShape, readPack } from '../../engine/infer/pack.ts';
import { openServerSession, requestsInFlight } from '../../engine/infer/remote/session.ts';
import { openSquares } from './squares.ts';

const [url = '', packFolder = '', folder = '', usersText = '1', photosText = '30', batchedBy] =
  process.argv.slice(2);
const users = Number(usersText);
const warmUp = 4;

const pack = readPack(packFolder);
const shape = inputShape(pack.manifest);
const places = new SharedArrayBuffer(users * inputBytes(shape));
const session = await openServerSession({
  pack,
  places,
  addresses: [url],
  limits: { total: 100, perHost: 50 },
  token: null,
  openLocal: null,
  ...(batchedBy === 'app' || batchedBy === 'server' ? { batchedBy } : {}),
});

const squares = openSquares(Math.min(users, os.availableParallelism()), places, shape);

interface Waiting {
  place: number;
  done: (values: Float32Array) => void;
  fail: (error: unknown) => void;
}
const batcher = createBatcher<Waiting>(
  { max: 32, preferred: [4, 8, 16], maxDelayMs: 100, inFlight: requestsInFlight },
  async (items) => {
    try {
      const { outputs } = await session.run(items.map(({ place }) => place));
      const values = outputs[0] ?? new Float32Array();
      const labels = values.length / items.length;
      items.forEach(({ done }, at) => {
        done(values.subarray(at * labels, (at + 1) * labels));
      });
    } catch (error) {
      for (const { fail } of items) fail(error);
    }
  },
);

async function tagAll(photos: readonly string[]): Promise<{ tags: number[]; ms: number[] }> {
  const tags = new Array<number>(photos.length).fill(-1);
  const ms: number[] = [];
  const next = photos.keys();
  let decoding = 0;
  const user = async (place: number): Promise<void> => {
    for (const at of next) {
      const began = performance.now();
      decoding += 1;
      await squares.decode(photos[at] ?? '', place);
      decoding -= 1;
      const answer = Promise.withResolvers<Float32Array>();
      batcher.add({ place, done: answer.resolve, fail: answer.reject });
      // Nobody comes after this one until an answer is there.
      if (decoding === 0) batcher.flush();
      const values = await answer.promise;
      tags[at] = values.indexOf(Math.max(...values));
      ms.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: users }, (_, place) => user(place)));
  return { tags, ms };
}

const { photos } = ownPhotos(folder, Infinity);
await tagAll(photos.slice(0, warmUp));
// Nothing here knows a photo again.
const counted = Array.from(
  { length: Number(photosText) },
  (_, at) => photos[at % photos.length] ?? '',
);
const started = performance.now();
const { tags, ms } = await tagAll(counted);
const seconds = (performance.now() - started) / 1000;
const [server] = session.state.servers;
await session.close();
await squares.close();
const result = { photos: counted.length, seconds, tags, ms, batchedBy: server?.batchedBy };
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
