/** Downloads a file into its place: goes on where it stopped, and keeps only what has the right sha256. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gpuTrouble } from './trouble.ts';

export interface Download {
  url: string;
  /** Absolute; `.part` is added while it is not whole. */
  file: string;
  bytes: number;
  sha256: string;
  signal: AbortSignal;
  /** Bytes that are there, of this file. */
  onProgress(bytes: number): void;
}

/** In a row that brought nothing. */
const tries = 5;
const pauseMs = 1_000;

/** Throws `gpu-refused`, or the signal's reason. A damaged part is thrown away. */
export async function download(wanted: Download): Promise<void> {
  const { file, bytes, sha256, signal } = wanted;
  const part = `${file}.part`;
  if (sizeOf(file) === bytes) return;
  for (let failed = 0; sizeOf(part) < bytes;) {
    const before = sizeOf(part);
    const why = await goOn(wanted, part).then(
      () => 'cut off',
      (error: unknown) => String(error),
    );
    signal.throwIfAborted();
    failed = sizeOf(part) > before ? 0 : failed + 1;
    if (failed >= tries) throw gpuTrouble('no-answer', wanted.url, why);
    if (failed > 0) await sleep(pauseMs, undefined, { signal });
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(part), async (source) => {
    for await (const chunk of source) hash.update(chunk as Buffer);
  });
  checkHash(hash, sha256, part);
  renameSync(part, file);
}

async function goOn({ url, bytes, signal, onProgress }: Download, part: string): Promise<void> {
  const have = sizeOf(part);
  const answer = await fetch(url, {
    signal,
    // Compressed, the bytes could not be counted.
    headers: { 'accept-encoding': 'identity', range: `bytes=${String(have)}-` },
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

function checkHash(hash: Hash, sha256: string, part: string): void {
  if (hash.digest('hex') === sha256) return;
  rmSync(part, { force: true });
  throw gpuTrouble('wrong-hash', part);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
