/** Where the benchmarks keep things: made photos, Python, earlier results; all below dist/bench. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const distFolder = path.join(root, 'dist/bench');
export const photosFolder = path.join(distFolder, 'photos');
export const resultsFolder = path.join(distFolder, 'results');
export const peersFolder = path.join(root, 'test/bench/peers');
export const packFolder = path.join(root, 'models/efficientnet-lite2');
export const facePackFolder = path.join(root, 'models/blazeface');

/** Progress is for stderr; stdout has the result. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
