/** The photos that are measured: made once from the sample album and kept, or a person's own. */
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePhoto } from '../../engine/decode/made-photo.ts';
import { distFolder, root, say } from './places.ts';

export interface PhotoSet {
  folder: string;
  photos: string[];
  /** A few other photos, to warm up with. */
  warmUp: string | null;
  bytes: number;
  made: boolean;
}

const madeCount = 100;
const warmUpCount = 12;
const lanes = 2;
const pictures = /\.(jpe?g|png|webp|tiff?|avif|gif|heic)$/i;

export async function madePhotos(): Promise<PhotoSet> {
  const samples = path.join(root, 'build/samples');
  const sources = readdirSync(samples)
    .filter((name) => name.endsWith('.jpg'))
    .sort()
    .map((name) => path.join(samples, name));
  const base = path.join(distFolder, 'photos');
  const make = async (folder: string, from: number, count: number) => {
    mkdirSync(path.join(base, folder), { recursive: true });
    const file = (number: number) =>
      path.join(base, folder, `made-${String(number).padStart(4, '0')}.jpg`);
    const missing = Array.from({ length: count }, (_, at) => from + at).filter(
      (number) => !statSync(file(number), { throwIfNoEntry: false }),
    );
    if (missing.length > 0) say(`making ${String(missing.length)} photos, once ...`);
    const next = async (): Promise<void> => {
      const number = missing.shift();
      if (number === undefined) return;
      const source = sources[number % sources.length] ?? '';
      const half = `${file(number)}.part`;
      writeFileSync(half, await makePhoto(readFileSync(source), number));
      renameSync(half, file(number));
      await next();
    };
    await Promise.all(Array.from({ length: lanes }, next));
    return path.join(base, folder);
  };
  const folder = await make('made', 0, madeCount);
  const warmUp = await make('warm-up', madeCount, warmUpCount);
  return { ...ownPhotos(folder), warmUp, made: true };
}

export function ownPhotos(folder: string): PhotoSet {
  const photos = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => pictures.test(name))
    .sort()
    .map((name) => path.join(folder, name));
  const bytes = photos.reduce((sum, photo) => sum + statSync(photo).size, 0);
  return { folder, photos, warmUp: null, bytes, made: false };
}
