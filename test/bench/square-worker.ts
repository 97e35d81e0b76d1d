/** A thread that decodes squares into shared places as the model wants them, one at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { inputWriter, type InputShape } from '../../engine/decode/model-input.ts';
import { decodeSquare } from './square.ts';

const { places, shape } = workerData as { places: SharedArrayBuffer; shape: InputShape };
const write = inputWriter(places, shape);

parentPort?.on('message', ({ photo, place }: { photo: string; place: number }) => {
  void decodeSquare(photo).then((pixels) => {
    write(pixels, place);
    parentPort?.postMessage(place);
  });
});
