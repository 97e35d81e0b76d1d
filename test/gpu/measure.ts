/**
 * Runs one pack on one device for some seconds, two batches in flight as the pipeline keeps them; says
 * `started`, then prints one line of JSON. A process of its own: started with the engine's environment, it uses the engine's libraries.
 */
import type { Device } from '../../common/contract.ts';
import { inputBytes } from '../../engine/decode/model-input.ts';
import { inputShape, readPack } from '../../engine/infer/pack.ts';
import { openSession } from '../../engine/infer/session.ts';

export interface MeasureJob {
  pack: string;
  device: Device;
  batch: number;
  seconds: number;
  threads: number;
}

export interface Measured {
  device: string;
  /** Why the wanted one is not used. */
  unused: { device: string; code: string; reason: string }[];
  mostAtOnce: number | null;
  photos: number;
  photosPerSecond: number;
  /** Of the session's thread, from the pixels in shared memory to the answers, ms a batch. */
  batchMs: number;
  /** Every answer was finite and every row added up to one. */
  sound: boolean;
}

const job = JSON.parse(process.argv[2] ?? '') as MeasureJob;
const pack = readPack(job.pack);
const places = new SharedArrayBuffer(2 * job.batch * inputBytes(inputShape(pack.manifest)));
const pixels = new Uint8Array(places);
for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * 31 + (at >>> 10)) & 0xff;
const { device, threads, batch: maxBatch } = job;
const session = await openSession({ pack, device, places, threads, maxBatch }, (error) => {
  throw error;
});

let sound = true;
async function runBatch(lane: number): Promise<number> {
  const mine = Array.from({ length: job.batch }, (_, at) => lane * job.batch + at);
  const { outputs, ms } = await session.run(mine);
  const [values] = outputs;
  for (let row = 0; values && row < job.batch; row += 1) {
    const each = values.length / job.batch;
    const sum = values.subarray(row * each, (row + 1) * each).reduce((a, b) => a + b, 0);
    sound &&= Math.abs(sum - 1) < 1e-2;
  }
  return ms;
}

// The first ones choose algorithms and fill arenas.
await Promise.all([runBatch(0), runBatch(1)]);
console.log('started');
const started = performance.now();
let [photos, batchMs, batches] = [0, 0, 0];
async function lane(number: number): Promise<void> {
  while (performance.now() - started < job.seconds * 1000) {
    batchMs += await runBatch(number);
    batches += 1;
    photos += job.batch;
  }
}
await Promise.all([lane(0), lane(1)]);
const seconds = (performance.now() - started) / 1000;
const { device: used, unused, mostAtOnce } = session.state;
const measured: Measured = {
  device: used,
  unused,
  mostAtOnce,
  photos,
  photosPerSecond: photos / seconds,
  batchMs: batchMs / batches,
  sound,
};
console.log(JSON.stringify(measured));
await session.close();
