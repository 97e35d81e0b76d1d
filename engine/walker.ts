/**
 * The walking thread as the scanner sees it. Listings cross in a few typed arrays, because an object a file
 * would cost more than the file system does.
 */
import { Worker } from 'node:worker_threads';
import type { SeenFile } from './catalog/files.ts';
import type { Root } from './root.ts';
import type { Listing } from './walk.ts';
import { smallHeap } from './small-heap.ts';

/** What to list: a directory, or some names in it. Paths are absolute, bytes as they are. */
export interface WalkJob {
  job: number;
  root: string;
  directory: Uint8Array;
  names: Uint8Array | null;
}

/** Names are joined by NUL, which none can have. */
export interface PackedListing {
  names: Uint8Array;
  /** size, mtimeNs, device, inode of each file. */
  stamps: BigInt64Array<ArrayBuffer>;
  /** By the number of the file. */
  companions: [file: number, names: readonly string[]][];
  directories: Uint8Array;
}

export interface FromWalker {
  job: number;
  listing: PackedListing | { unreadable: string };
  /** As it was after the listing. */
  root: Root;
}

export interface Walked {
  listing: Listing | { unreadable: string };
  root: Root;
}

export interface Walker {
  list(root: string, directory: Buffer): Promise<Walked>;
  /** Only those of `names` that are there. */
  find(root: string, names: readonly Buffer[]): Promise<Walked>;
  close(): void;
}

/** The thread starts with the first question. After `close` nothing is answered any more. */
export function openWalker(): Walker {
  const waiting = new Map<number, (walked: Walked) => void>();
  let worker: Worker | null = null;
  let nextJob = 1;
  let closed = false;

  function start(): Worker {
    const started = new Worker(new URL('./walk-thread.ts', import.meta.url), {
      resourceLimits: smallHeap,
    });
    started.on('message', ({ job, listing, root }: FromWalker) => {
      const answer = waiting.get(job);
      waiting.delete(job);
      if (closed) return;
      answer?.({ listing: 'unreadable' in listing ? listing : unpackListing(listing), root });
    });
    return started;
  }
  const ask = (root: string, directory: Buffer, names: Uint8Array | null) =>
    new Promise<Walked>((resolve) => {
      const job: WalkJob = { job: nextJob++, root, directory, names };
      waiting.set(job.job, resolve);
      worker ??= start();
      worker.postMessage(job);
    });
  return {
    list: (root, directory) => ask(root, directory, null),
    find: (root, names) => ask(root, Buffer.from(root), joinNames(names)),
    close: () => {
      closed = true;
      // Not waited for: a dead network disk can hold the thread for minutes.
      void worker?.terminate();
    },
  };
}

export function packListing({ files, directories }: Listing): PackedListing {
  const stamps = new BigInt64Array(files.length * 4);
  const companions: PackedListing['companions'] = [];
  files.forEach(({ stamp, companions: parts = [] }, at) => {
    stamps.set([BigInt(stamp.size), stamp.mtimeNs, stamp.device, stamp.inode], at * 4);
    if (parts.length > 0) companions.push([at, parts]);
  });
  const names = joinNames(files.map(({ name }) => name));
  return { names, stamps, companions, directories: joinNames(directories) };
}

export function unpackListing({ names, stamps, companions, directories }: PackedListing): Listing {
  const parts = new Map(companions);
  const files = splitNames(names).map((name, at): SeenFile => {
    const [size = 0n, mtimeNs = 0n, device = 0n, inode = 0n] = stamps.subarray(at * 4, at * 4 + 4);
    return {
      name,
      stamp: { size: Number(size), mtimeNs, device, inode },
      companions: parts.get(at) ?? [],
    };
  });
  return { files, directories: splitNames(directories) };
}

function joinNames(names: readonly Buffer[]): Uint8Array {
  const end = Buffer.from([0]);
  return Buffer.concat(names.flatMap((name) => [name, end]));
}

export function splitNames(joined: Uint8Array): Buffer[] {
  const bytes = Buffer.from(joined.buffer, joined.byteOffset, joined.byteLength);
  const names: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0, from);
    names.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return names;
}
