/**
 * Lists the photos and videos of one directory at a time; says which names are left alone. Blocks, which is
 * five times as fast as asking for one file after the other: only for the walking thread.
 */
import { lstatSync, readdirSync, type BigIntStats, type Dirent } from 'node:fs';
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

export function isForeign(name: string): boolean {
  return name.startsWith('.') || foreignNames.has(name.toLowerCase()) || name.endsWith('.part');
}

/** `directory`: absolute, bytes as they are. Null where it cannot be read; throws nothing. */
export function listDirectory(directory: Buffer): Listing | { unreadable: string } {
  let entries: Dirent<Buffer>[];
  try {
    entries = readdirSync(directory, { withFileTypes: true, encoding: 'buffer' });
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
  const files = listNames(
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
export function listNames(directory: Buffer, names: readonly Buffer[]): SeenFile[] {
  return names.flatMap((name) => {
    const found = statOrNull(joinBytes(directory, name));
    return found && !found.isDirectory() ? [{ name, stamp: stampOf(found) }] : [];
  });
}

/** Of the entry itself, never of what a link points to. */
function statOrNull(file: Buffer): BigIntStats | null {
  try {
    return lstatSync(file, { bigint: true });
  } catch {
    return null;
  }
}
