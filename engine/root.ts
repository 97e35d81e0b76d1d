/** A root directory on disk: whether it is there, and how it is known again. */
import { opendirSync, statSync, type BigIntStats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
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

/** device:inode of a directory; null where there is none. */
export async function identityOf(directory: string): Promise<string | null> {
  return identityFrom(await stat(directory, { bigint: true }).catch(() => null));
}

/** A root as it is now. Blocks: for the walking thread. */
export interface Root {
  /** device:inode; null where it is not there. */
  identity: string | null;
  isEmpty: boolean;
}

export function lookAtRoot(directory: string): Root {
  try {
    const identity = identityFrom(statSync(directory, { bigint: true }));
    const entries = opendirSync(directory);
    const first = entries.readSync();
    entries.closeSync();
    return { identity, isEmpty: first === null };
  } catch {
    return { identity: null, isEmpty: true };
  }
}

function identityFrom(stats: BigIntStats | null): string | null {
  return stats?.isDirectory() ? `${String(stats.dev)}:${String(stats.ino)}` : null;
}
