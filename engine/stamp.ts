/** What a file looked like on disk; decides whether it must be read again and whether it only moved. */
import type { BigIntStats } from 'node:fs';

export interface Stamp {
  size: number;
  mtimeNs: bigint;
  device: bigint;
  inode: bigint;
}

/** Identity numbers as SQLite can hold them: 64 bits, signed (Windows uses all 64). */
export function stampOf(stats: BigIntStats): Stamp {
  return {
    size: Number(stats.size),
    mtimeNs: BigInt.asIntN(64, stats.mtimeNs),
    device: BigInt.asIntN(64, stats.dev),
    inode: BigInt.asIntN(64, stats.ino),
  };
}
