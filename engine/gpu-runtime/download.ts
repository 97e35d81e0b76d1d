/** Downloads a file into its place: goes on where it stopped, and keeps only what has the right sha256. */
import { createHash } from 'node:crypto';
import { createReadStream, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Source } from './package-index.ts';
import { gpuTrouble } from './trouble.ts';

export interface Download {
  /** Asked only where something is missing. */
  source: () => Promise<Source>;
  /** Absolute; `.part` is added while it is not whole. */
  file: string;
  bytes: number;
  sha256: string;
  signal: AbortSignal;
  /** Bytes that are there, of this file. */
  onProgress(bytes: number): void;
}

const partOf = (file: string) => `${file}.part`;

/** In a row that brought nothing. */
const tries = 5;
const pauseMs = 1_000;

/** Throws `gpu-refused`, or the signal's reason. What was put in its place before is only checked. */
export async function download(wanted: Download): Promise<void> {
  const { file, bytes, sha256, signal } = wanted;
  if (sizeOf(file) === bytes) {
    await checkHash(file, sha256);
    return;
  }
  const part = partOf(file);
  const source = sizeOf(part) < bytes ? await wanted.source() : { url: '', headers: {} };
  for (let failed = 0; sizeOf(part) < bytes;) {
    const before = sizeOf(part);
    const why = await goOn(wanted, source, part).then(
      () => 'cut off',
      (error: unknown) => {
        // A disk that is full is nobody else's, and no try helps.
        if (error instanceof Error && 'syscall' in error) throw error;
        return String(error);
      },
    );
    signal.throwIfAborted();
    failed = sizeOf(part) > before ? 0 : failed + 1;
    if (failed >= tries) throw gpuTrouble('no-answer', source.url, why);
    if (failed > 0) await sleep(pauseMs, undefined, { signal });
  }
  await checkHash(part, sha256);
  renameSync(part, file);
}

async function goOn(
  { bytes, signal, onProgress }: Download,
  { url, headers }: Source,
  part: string,
): Promise<void> {
  const have = sizeOf(part);
  const answer = await fetch(url, {
    signal,
    // Compressed, the bytes could not be counted.
    headers: { ...headers, 'accept-encoding': 'identity', range: `bytes=${String(have)}-` },
  });
  if (!answer.ok || !answer.body) throw new Error(`HTTP ${String(answer.status)}`);
  // A server without ranges begins again.
  let at = answer.status === 206 ? have : 0;
  const handle = await open(part, at === 0 ? 'w' : 'a');
  try {
    // Read as a web stream it would never end where it is aborted between two chunks.
    for await (const chunk of Readable.fromWeb(answer.body, { signal }) as AsyncIterable<Buffer>) {
      at += chunk.length;
      if (at > bytes) throw new Error(`more than ${String(bytes)} bytes`);
      await handle.write(chunk);
      onProgress(at);
    }
  } finally {
    await handle.close();
  }
}

/** Other bytes are thrown away. */
async function checkHash(file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  if (hash.digest('hex') === sha256) return;
  rmSync(file, { force: true });
  throw gpuTrouble('wrong-hash', file);
}

/** Of a download, whole or not. */
export function bytesThere(file: string): number {
  return sizeOf(file) || sizeOf(partOf(file));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
