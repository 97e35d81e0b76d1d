/** Lists the photo files of one directory at a time; says which names are photos and which are left alone. */
import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { joinBytes } from './catalog/folders.ts';
import { stampOf, type Stamp } from './stamp.ts';

export interface Listing {
  files: { name: Buffer; stamp: Stamp }[];
  directories: Buffer[];
}

// What people call a photo. The content decides what it is; these only tell it from documents and videos.
const photoName =
  /\.(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|heic|heif|hif|bmp|jxl|dng|cr2|cr3|nef|arw|raf|orf|rw2|pef|srw)$/i;
const foreignNames = new Set([
  '@eadir',
  '#recycle',
  '#snapshot',
  '$recycle.bin',
  '__macosx',
  'lost+found',
  'system volume information',
]);
const statsAtOnce = 64;

export function isForeign(name: string): boolean {
  return name.startsWith('.') || foreignNames.has(name.toLowerCase()) || name.endsWith('.part');
}

/** `directory`: absolute, bytes as they are. Null where it cannot be read; throws nothing. */
export async function listDirectory(directory: Buffer): Promise<Listing | { unreadable: string }> {
  let entries: Dirent<Buffer>[];
  try {
    entries = await readdir(directory, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    return { unreadable: (error as NodeJS.ErrnoException).code ?? 'EIO' };
  }
  const kept = entries.filter(({ name }) => !isForeign(name.toString('latin1')));
  const listing: Listing = {
    files: [],
    directories: kept.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  };
  const photos = kept.filter(
    (entry) => !entry.isDirectory() && photoName.test(entry.name.toString('latin1')),
  );
  for (let at = 0; at < photos.length; at += statsAtOnce) {
    const some = photos.slice(at, at + statsAtOnce);
    const stats = await Promise.all(some.map(({ name }) => statOrNull(joinBytes(directory, name))));
    some.forEach(({ name }, index) => {
      const found = stats[index];
      if (found && !found.isDirectory()) listing.files.push({ name, stamp: stampOf(found) });
    });
  }
  return listing;
}

/** Of the entry itself, never of what a link points to. */
export async function statOrNull(file: Buffer | string): Promise<BigIntStats | null> {
  try {
    return await lstat(file, { bigint: true });
  } catch {
    return null;
  }
}
