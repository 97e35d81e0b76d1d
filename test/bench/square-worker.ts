/** A thread that decodes squares into shared places, one at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { decodeSquare } from './square.ts';

const { places, bytes } = workerData as { places: SharedArrayBuffer; bytes: number };

parentPort?.on('message', ({ photo, place }: { photo: string; place: number }) => {
  void decodeSquare(photo).then((pixels) => {
    new Uint8Array(places, place * bytes, bytes).set(pixels);
    parentPort?.postMessage(place);
  });
});
