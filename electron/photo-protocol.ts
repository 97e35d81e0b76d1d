/**
 * `photo://thumb/<hash>` from the library's thumbnails and `photo://original/<photo>` from where the
 * engine says it lies. Ids and hashes only: no path ever comes out of a URL.
 */
import { constants, readFile } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { ContractError } from '../common/contract.ts';
import type { Client } from '../common/rpc.ts';

export const photoScheme = 'photo';

export type PhotoRequest = { kind: 'thumb'; hash: string } | { kind: 'original'; photo: number };

/** What Chromium shows by itself; others are looked at through their thumbnail. */
const types: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  bmp: 'image/bmp',
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

// A link in the place of a picture is not followed, and a pipe does not hang the shell.
// Windows has neither flag: undefined adds nothing.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Null for every URL that is not one of the two. */
export function parsePhotoUrl(url: string): PhotoRequest | null {
  const thumb = /^photo:\/\/thumb\/([0-9a-f]{64})$/.exec(url)?.[1];
  if (thumb !== undefined) return { kind: 'thumb', hash: thumb };
  const original = /^photo:\/\/original\/([1-9]\d{0,14})$/.exec(url)?.[1];
  return original === undefined ? null : { kind: 'original', photo: Number(original) };
}

export function servePhotos(
  library: string,
  engine: Client,
): (request: Request) => Promise<Response> {
  const thumbnails = path.join(library, 'thumbnails');
  const fileOf = (hash: string) => path.join(thumbnails, hash.slice(0, 2), `${hash}.jpg`);
  return async ({ url, method }) => {
    const request = parsePhotoUrl(url);
    if (!request || method !== 'GET') return new Response(null, { status: 400 });
    try {
      return request.kind === 'thumb'
        ? await thumb(fileOf(request.hash), () =>
            engine.call('thumbnails.make', { picture: request.hash }),
          )
        : await original(await engine.call('photos.original', { photo: request.photo }));
    } catch (error) {
      return new Response(null, { status: statusOf(error) });
    }
  };
}

function statusOf(error: unknown): number {
  if (error instanceof ContractError && error.code === 'engine-gone') return 503;
  return 404;
}

/** One that was trimmed from the cache, or that a power cut left empty, is made again. */
async function thumb(file: string, make: () => Promise<unknown>): Promise<Response> {
  let bytes = await readWhole(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (!bytes || bytes.length === 0) {
    await make();
    bytes = await readWhole(file);
  }
  return new Response(inOnePiece(bytes), {
    headers: {
      'content-type': 'image/jpeg',
      // The name is the picture's hash: another picture has another name.
      'cache-control': 'public, max-age=31536000, immutable',
    },
  });
}

/** A Response that is given bytes copies them and hands them out as they are asked for: 5 % more CPU an answer. */
const inOnePiece = (bytes: Uint8Array) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });

/** By callback: with a handle it takes half as long again, and a grid asks for a thousand in a second. */
const readWhole = (file: string) =>
  new Promise<Buffer<ArrayBuffer>>((resolve, reject) => {
    readFile(file, { flag: flags as unknown as string }, (error, bytes) => {
      if (error) reject(error);
      else resolve(bytes);
    });
  });

async function original({ path: file, format }: { path: string; format: string }) {
  const type = types[format];
  if (type === undefined) return new Response(null, { status: 415 });
  const handle = await open(file, flags);
  const size = await regularSize(handle);
  if (size === null) return new Response(null, { status: 403 });
  return new Response(Readable.toWeb(handle.createReadStream()) as ReadableStream, {
    headers: {
      'content-type': type,
      'content-length': String(size),
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    },
  });
}

/** Closes the handle of anything that is no file. */
async function regularSize(handle: FileHandle): Promise<number | null> {
  const stat = await handle.stat();
  if (stat.isFile()) return stat.size;
  await handle.close();
  return null;
}
