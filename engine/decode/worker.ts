/**
 * One decode thread: reads a file once, knows its picture, decodes it once, writes the thumbnail to
 * disk and each model's input into its place in shared memory. One photo at a time.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parentPort, threadId, workerData } from 'node:worker_threads';
import type { CameraFacts, Reason } from '../../common/contract.ts';
import { isVideoName } from '../companions.ts';
import type { Stamp } from '../stamp.ts';
import { cameraFacts } from './exif.ts';
import { openedBytes, stillIn } from './livp.ts';
import { acquire, decodingBytes, release, type Budget } from './memory.ts';
import { formerHash, pictureHash } from './picture-hash.ts';
import { inputWriter, type InputShape } from './model-input.ts';
import { readHeader, render } from './picture.ts';
import { readOriginal } from './read.ts';
import { createRoom, drop } from './room.ts';
import { sniff, type Sniffed } from './sniff.ts';
import { takenOf, type Taken } from './taken.ts';

export interface DecodeWorkerData {
  /** One a model: how it wants its pictures, and where they go, one a place. */
  inputs: { shape: InputShape; places: SharedArrayBuffer }[];
  /** For the bytes of files, and for what decoding them takes: two, so that no two threads wait for each other. */
  fileBudget: Budget;
  decodeBudget: Budget;
  thumbnails: string;
}

export interface DecodeJob {
  job: number;
  path: Uint8Array;
  place: number;
}

/** What was read from a photo's file. */
export interface Facts {
  /** SHA-256 of the picture, hex: the photo's identity. */
  picture: string;
  /** What the photo may have been known by before; null: by the same. */
  former: string | null;
  format: string;
  width: number;
  height: number;
  taken: Taken;
  camera: CameraFacts;
  stamp: Stamp;
}

export type Outcome =
  | { kind: 'decoded'; facts: Facts; damaged: boolean; readMs: number; decodeMs: number }
  /** The same picture has its tags and thumbnail already. */
  | { kind: 'known'; facts: Facts }
  | { kind: 'refused'; state: 'failed' | 'skipped'; reason: Reason; stamp: Stamp | null }
  | { kind: 'timed-out' }
  | { kind: 'changed' }
  | { kind: 'gone' }
  | { kind: 'disk-full' };

export type FromDecodeWorker = { job: number; asks: string } | { job: number; outcome: Outcome };
export type ToDecodeWorker = DecodeJob | { job: number; known: boolean } | { end: true };

const { inputs, fileBudget, decodeBudget, thumbnails } = workerData as DecodeWorkerData;
const shapes = inputs.map(({ shape }) => shape);
const writers = inputs.map(({ places, shape }) => inputWriter(places, shape));
const skipping = new Set([
  'empty',
  'link',
  'not-a-file',
  'unsupported-format',
  'no-still',
  'video',
  'file-too-large',
  'picture-too-large',
]);
const roomFor = createRoom();
let answerKnown: (known: boolean) => void = () => undefined;
let isBusy = false;
let isEnding = false;

function post(message: FromDecodeWorker): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (message: ToDecodeWorker) => {
  if ('known' in message) answerKnown(message.known);
  else if ('end' in message) {
    isEnding = true;
    endIfFree();
  } else {
    isBusy = true;
    void decode(message).then((outcome) => {
      isBusy = false;
      post({ job: message.job, outcome });
      endIfFree();
    });
  }
});

/** Without its port the thread has nothing to wait for. */
function endIfFree(): void {
  if (isEnding && !isBusy) parentPort?.close();
}

async function decode({ job, path: file, place }: DecodeJob): Promise<Outcome> {
  const started = performance.now();
  const name = path.basename(Buffer.from(file).toString());
  let held = 0;
  let isArchive = false;
  const read = readOriginal(Buffer.from(file), {
    glance: (head) => {
      const sniffed = sniff(head);
      isArchive = sniffed.kind === 'live-photo';
      return refusal(sniffed, name);
    },
    room: (size) => {
      held = acquire(fileBudget, isArchive ? openedBytes(size) : size);
      return roomFor(size);
    },
  });
  try {
    if (read.kind === 'refused') return refuse(read.reason, read.stamp);
    if (read.kind !== 'read') return read;
    const readMs = performance.now() - started;
    const outcome = await decodeBytes(job, place, name, read);
    return outcome.kind === 'decoded'
      ? { ...outcome, readMs, decodeMs: performance.now() - started - readMs }
      : outcome;
  } finally {
    release(fileBudget, held);
  }
}

async function decodeBytes(
  job: number,
  place: number,
  name: string,
  { bytes, stamp }: { bytes: Buffer; stamp: Stamp },
): Promise<Outcome> {
  const outer = sniff(bytes);
  const isLive = outer.kind === 'live-photo';
  const picture = isLive ? await stillIn(bytes) : bytes;
  if ('code' in picture) return refuse(picture, stamp);
  const sniffed = isLive ? sniff(picture) : outer;
  if (sniffed.kind !== 'readable') return refuse({ code: 'not-a-picture', detail: '' }, stamp);
  const { format } = sniffed;
  const header = await readHeader(picture, format);
  if ('code' in header) return refuse(header, stamp);

  const facts: Facts = {
    picture: pictureHash(picture, format, header.exif.orientation),
    former: formerHash(picture, format, header.exif.orientation),
    format: isLive ? 'livp' : format,
    width: header.width,
    height: header.height,
    taken: takenOf(header.exif.time, name, Number(stamp.mtimeNs / 1_000_000n)),
    camera: cameraFacts(header.exif),
    stamp,
  };
  if (await isKnown(job, facts.picture)) return { kind: 'known', facts };

  const held = acquire(decodeBudget, decodingBytes(format, header));
  try {
    const rendered = await render(header, shapes);
    if ('code' in rendered)
      return rendered.code === 'timed-out' ? { kind: 'timed-out' } : refuse(rendered, stamp);
    rendered.pixels.forEach((pixels, at) => writers[at]?.(pixels, place));
    writeThumbnail(facts.picture, rendered.thumbnail);
    [rendered.thumbnail, ...rendered.pixels].forEach(drop);
    return { kind: 'decoded', facts, damaged: rendered.damaged, readMs: 0, decodeMs: 0 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return { kind: 'disk-full' };
    return refuse({ code: 'read-error', detail: String(error) }, stamp);
  } finally {
    release(decodeBudget, held);
  }
}

/** What the first bytes already tell; a video may be gigabytes and is not read. */
function refusal(sniffed: Sniffed, name: string): Reason | null {
  switch (sniffed.kind) {
    case 'readable':
    case 'live-photo':
      return null;
    case 'unsupported':
      return { code: 'unsupported-format', detail: sniffed.name };
    case 'video':
      return { code: 'video', detail: '' };
    case 'unknown':
      return { code: isVideoName(name) ? 'video' : 'not-a-picture', detail: '' };
  }
}

function refuse(reason: Reason, stamp: Stamp | null): Outcome {
  return {
    kind: 'refused',
    state: skipping.has(reason.code) ? 'skipped' : 'failed',
    reason,
    stamp,
  };
}

/** A copy is never decoded or inferred twice: the catalog is asked before the costly part. */
function isKnown(job: number, picture: string): Promise<boolean> {
  return new Promise((resolve) => {
    answerKnown = resolve;
    post({ job, asks: picture });
  });
}

/** Written beside its place and renamed, so that a reader never meets half a thumbnail. */
function writeThumbnail(picture: string, jpeg: Buffer): void {
  const folder = path.join(thumbnails, picture.slice(0, 2));
  const half = path.join(folder, `${picture}.${String(threadId)}.part`);
  try {
    writeFileSync(half, jpeg);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(folder, { recursive: true });
    writeFileSync(half, jpeg);
  }
  renameSync(half, path.join(folder, `${picture}.jpg`));
}
