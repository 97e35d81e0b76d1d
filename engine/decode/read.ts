/**
 * Reads one original whole, safely: never through a path that libvips would map (a file that shrinks
 * under a mapping kills the process with SIGBUS), never blocking on a FIFO, never through a link.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import type { Reason } from '../../common/contract.ts';
import { stampOf, type Stamp } from '../stamp.ts';

export const maxFileBytes = 256_000_000;
const headBytes = 4_096;

export type ReadResult =
  | { kind: 'read'; bytes: Buffer; stamp: Stamp }
  | { kind: 'refused'; reason: Reason; stamp: Stamp | null }
  /** It changed while it was read: ask again when it has settled. */
  | { kind: 'changed' }
  | { kind: 'gone' };

// Windows has neither flag; there FIFOs do not exist and links are found by lstat.
const isWindows = process.platform === 'win32';
const flags = isWindows
  ? constants.O_RDONLY
  : constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

export interface ReadRules {
  /** Looks at the first bytes: a Reason ends the reading there. */
  glance: (head: Buffer) => Reason | null;
  /** Where the whole is read to, of just that size. */
  room: (bytes: number) => Buffer;
}

/** Opens `path` once and reads it into memory; at most `maxFileBytes`. Never throws for a bad file. */
export function readOriginal(path: Buffer, rules: ReadRules): ReadResult {
  try {
    if (isWindows && lstatSync(path).isSymbolicLink()) return refused('link');
    const file = openSync(path, flags);
    try {
      return readOpen(file, rules);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return fromError(error as NodeJS.ErrnoException);
  }
}

function readOpen(file: number, { glance, room }: ReadRules): ReadResult {
  const before = fstatSync(file, { bigint: true });
  const stamp = stampOf(before);
  if (!before.isFile()) return refused('not-a-file', stamp);
  if (before.size === 0n) return refused('empty', stamp);
  const head = Buffer.alloc(Math.min(headBytes, stamp.size));
  const reason = glance(head.subarray(0, readSync(file, head, 0, head.length, 0)));
  if (reason) return { kind: 'refused', reason, stamp };
  if (stamp.size > maxFileBytes) return refused('file-too-large', stamp);
  const bytes = room(stamp.size);
  let filled = 0;
  while (filled < bytes.length) {
    const got = readSync(file, bytes, filled, bytes.length - filled, filled);
    if (got === 0) return { kind: 'changed' };
    filled += got;
  }
  const after = fstatSync(file, { bigint: true });
  if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) return { kind: 'changed' };
  return { kind: 'read', bytes, stamp };
}

function refused(code: Reason['code'], stamp: Stamp | null = null): ReadResult {
  return { kind: 'refused', reason: { code, detail: '' }, stamp };
}

function fromError(error: NodeJS.ErrnoException): ReadResult {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'gone' };
    case 'ELOOP':
    case 'EMLINK':
      return refused('link');
    case 'ENXIO':
      return refused('not-a-file');
    case 'EACCES':
    case 'EPERM':
      return refused('no-permission');
    default:
      return {
        kind: 'refused',
        reason: { code: 'read-error', detail: error.code ?? error.message },
        stamp: null,
      };
  }
}
