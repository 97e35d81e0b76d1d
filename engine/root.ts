/** A root directory on disk: whether it is there, and how it is known again. */
import { opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { ContractError } from '../common/contract.ts';
import type { SeenFile } from './catalog/files.ts';
import { stampOf } from './stamp.ts';

/** What a person gave: a directory, or one file in it. */
export interface Given {
  /** Absolute, links resolved. */
  root: string;
  identity: string;
  file: SeenFile | null;
}

/** Throws `folder-missing` where there is neither a directory nor a regular file. */
export async function readGiven(given: string): Promise<Given> {
  const real = await realpath(given).catch(() => given);
  const stats = await stat(real, { bigint: true }).catch(() => null);
  const file = stats?.isFile()
    ? { name: Buffer.from(path.basename(real)), stamp: stampOf(stats) }
    : null;
  const root = file ? path.dirname(real) : real;
  const identity = await identityOf(root);
  if (identity === null) throw new ContractError('folder-missing', given);
  return { root, identity, file };
}

export async function isEmpty(directory: string): Promise<boolean> {
  try {
    // Without `await using`: Node 22 runs this file as it is, and does not know it yet.
    const entries = await opendir(directory);
    const first = await entries.read();
    await entries.close();
    return first === null;
  } catch {
    return true;
  }
}

/** device:inode of a directory; null where there is none. */
export async function identityOf(directory: string): Promise<string | null> {
  try {
    const stats = await stat(directory, { bigint: true });
    return stats.isDirectory() ? `${String(stats.dev)}:${String(stats.ino)}` : null;
  } catch {
    return null;
  }
}
