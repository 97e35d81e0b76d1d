/** The photos that are measured: made ones, or some of a person's own. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from '../child.ts';

export interface PhotoSet {
  /** Where they lie; made ones alone there. */
  folder: string;
  photos: string[];
  /** A few other photos, to warm up with. */
  warmUp: string[];
  bytes: number;
  made: boolean;
}

const maker = new URL('./make.ts', import.meta.url);
const samplesFolder = fileURLToPath(new URL('../../build/samples', import.meta.url));
const pictures = /\.(jpe?g|png|webp|tiff?|avif|gif|hei[cf]|bmp)$/i;
const warmUpCount = 12;
const makers = 2;

/** `pictures` different ones, each in `versions` files that differ behind the picture's end. */
export interface MadeSize {
  pictures: number;
  versions: number;
}

/** Makes what is missing in `folder`; the same size always gives the same photos. */
export async function madePhotos(
  folder: string,
  { pictures: different, versions }: MadeSize,
  signal?: AbortSignal,
): Promise<PhotoSet> {
  const folders = { photos: path.join(folder, 'photos'), warmUp: path.join(folder, 'warm-up') };
  for (const one of Object.values(folders)) mkdirSync(one, { recursive: true });
  const sources = picturesIn(samplesFolder);
  const warmUps = Math.min(warmUpCount, different);
  const all = Array.from({ length: different }, (_, number) => ({
    number,
    source: sources[number % sources.length] ?? '',
    // The first ones have one version more, to warm up with.
    files: Array.from({ length: versions + (number < warmUps ? 1 : 0) }, (_, version) =>
      path.join(
        version < versions ? folders.photos : folders.warmUp,
        `made-${String(number).padStart(4, '0')}-${String(version)}.jpg`,
      ),
    ),
  }));
  const missing = all.filter(({ files }) => !files.every(isThere));
  const make = async (part: typeof missing) => {
    if (part.length > 0) await runChild(maker, part, makers, signal);
  };
  await Promise.all(
    Array.from({ length: makers }, (_, turn) =>
      make(missing.filter((_, at) => at % makers === turn)),
    ),
  );
  const photos = all.flatMap(({ files }) => files.slice(0, versions));
  const warmUp = all.flatMap(({ files }) => files.slice(versions));
  return { folder: folders.photos, photos, warmUp, bytes: bytesOf(photos), made: true };
}

/** At most `most` photos from all parts of a folder; the samples warm up for them. */
export function ownPhotos(folder: string, most: number): PhotoSet {
  const all = picturesIn(folder);
  const step = Math.max(1, all.length / most);
  const photos = Array.from(
    { length: Math.min(most, all.length) },
    (_, at) => all[Math.floor(at * step)] ?? '',
  );
  return { folder, photos, warmUp: picturesIn(samplesFolder), bytes: bytesOf(photos), made: false };
}

export function bytesOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}

function picturesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => pictures.test(name))
    .sort()
    .map((name) => path.join(folder, name))
    .filter(isThere);
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
