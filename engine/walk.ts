/** Lists the photos and videos of one directory at a time; says which names are left alone. */
import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { joinBytes } from './catalog/folders.ts';
import { companionsOf, isPhotoOrVideo } from './companions.ts';
import type { SeenFile } from './catalog/files.ts';
import { stampOf } from './stamp.ts';

export interface Listing {
  files: SeenFile[];
  directories: Buffer[];
}

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
  // By latin1, which keeps every byte.
  const names = kept
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name.toString('latin1'))
    .filter(isPhotoOrVideo);
  const companions = companionsOf(names);
  const hidden = new Set([...companions.values()].flat());
  const shown = names.filter((name) => !hidden.has(name));
  const files = await listNames(
    directory,
    shown.map((name) => Buffer.from(name, 'latin1')),
  );
  listing.files = files.map((file) => {
    const parts = companions.get(file.name.toString('latin1')) ?? [];
    return { ...file, companions: parts.map((part) => Buffer.from(part, 'latin1').toString()) };
  });
  return listing;
}

/** Those of `names` that are there and no directories. */
export async function listNames(directory: Buffer, names: readonly Buffer[]): Promise<SeenFile[]> {
  const files: SeenFile[] = [];
  for (let at = 0; at < names.length; at += statsAtOnce) {
    const some = names.slice(at, at + statsAtOnce);
    const stats = await Promise.all(some.map((name) => statOrNull(joinBytes(directory, name))));
    some.forEach((name, index) => {
      const found = stats[index];
      if (found && !found.isDirectory()) files.push({ name, stamp: stampOf(found) });
    });
  }
  return files;
}

/** Of the entry itself, never of what a link points to. */
export async function statOrNull(file: Buffer | string): Promise<BigIntStats | null> {
  try {
    return await lstat(file, { bigint: true });
  } catch {
    return null;
  }
}
