/**
 * The thread that decodes HEIC: the only importer of libheif. A picture inside that is large enough is
 * taken for the whole; the result is made small here, so that little memory crosses over.
 */
import { parentPort } from 'node:worker_threads';
import libheif from 'libheif-js/wasm-bundle.js';
import type { Reason } from '../../common/contract.ts';
import { toSrgb } from './icc.ts';
import { shrink } from './shrink.ts';

export interface HeicJob {
  bytes: Uint8Array;
  /** Pixels that the shortest side must keep. */
  shortest: number;
  /** What the picture inside needs may be another matter than what its header says. */
  heapLimitBytes: number;
}

export type FromHeicWorker =
  | {
      kind: 'decoded';
      /** sRGB, rows from the top, orientation done. */
      pixels: Uint8Array<ArrayBuffer>;
      width: number;
      height: number;
      /** Of the heap, which never shrinks. */
      heapBytes: number;
    }
  | { kind: 'failed'; reason: Reason };

const rgbColours = 1;
const interleavedRgb = 10;
const interleaved = 10;
/** 50 MP: what the header claims was checked, what is inside may be another size. */
const longestSquare = 7_071;
const mostThumbnails = 8;

/** libheif's numbers of errors that are not the file's: what it cannot read, and a limit of memory or size. */
const unsupported = new Set([3, 4, 11]);
const memoryOrSize = 6;
const tooLarge: Reason = { code: 'picture-too-large', detail: '' };

class Refusal extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason.code);
    this.reason = reason;
  }
}

const pageBytes = 65_536;
let heapLimitBytes = Infinity;
// The heap is libheif's own and cannot be given a limit: refusing to let it grow is what there is.
const { prototype } = WebAssembly.Memory;
const grow: WebAssembly.Memory['grow'] = Reflect.get(prototype, 'grow');
prototype.grow = function (pages: number) {
  if (this.buffer.byteLength + pages * pageBytes > heapLimitBytes)
    throw new RangeError('out of memory');
  return grow.call(this, pages);
};

parentPort?.on('message', (job: HeicJob) => {
  heapLimitBytes = job.heapLimitBytes;
  const message = answer(job);
  const transfer = message.kind === 'decoded' ? [message.pixels.buffer] : [];
  parentPort?.postMessage(message, transfer);
});

function answer({ bytes, shortest }: HeicJob): FromHeicWorker {
  const freed: (() => void)[] = [];
  const room = (size: number) => {
    const pointer = libheif._malloc(size);
    if (pointer === 0) throw new Refusal(tooLarge);
    freed.unshift(() => {
      libheif._free(pointer);
    });
    return pointer;
  };
  try {
    return decode(bytes, shortest, room, freed);
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'failed', reason: error.reason };
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', reason: { code: 'damaged', detail } };
  } finally {
    for (const free of freed) free();
  }
}

function decode(
  bytes: Uint8Array,
  shortest: number,
  room: (bytes: number) => number,
  freed: (() => void)[],
): FromHeicWorker {
  const error = room(12);
  const out = room(4);
  const word = (at: number) => new DataView(libheif.HEAPU8.buffer).getUint32(at, true);
  const check = () => {
    const number = word(error);
    if (number === 0) return;
    if (unsupported.has(number)) throw new Refusal({ code: 'unsupported-format', detail: 'HEIC' });
    if (number === memoryOrSize) throw new Refusal(tooLarge);
    throw new Error(cText(word(error + 8)).trimEnd());
  };

  const file = room(bytes.length);
  libheif.HEAPU8.set(bytes, file);
  const context = libheif._heif_context_alloc();
  freed.unshift(() => {
    libheif._heif_context_free(context);
  });
  libheif._heif_context_set_maximum_image_size_limit(context, longestSquare);
  libheif._heif_context_read_from_memory(error, context, file, bytes.length, 0);
  check();

  const opened = () => {
    check();
    const handle = word(out);
    freed.unshift(() => {
      libheif._heif_image_handle_release(handle);
    });
    return handle;
  };
  libheif._heif_context_get_primary_image_handle(error, context, out);
  const primary = opened();
  const ids = room(4 * mostThumbnails);
  const count = libheif._heif_image_handle_get_list_of_thumbnail_IDs(primary, ids, mostThumbnails);
  const thumbnails = Array.from({ length: count }, (_, index) => {
    libheif._heif_image_handle_get_thumbnail(error, primary, word(ids + 4 * index), out);
    return opened();
  }).filter((handle) => isEnough(handle, primary, shortest));

  /** The ICC profile of a picture; empty where it has none. */
  const profileOf = (handle: number) => {
    const size = libheif._heif_image_handle_get_raw_color_profile_size(handle);
    if (size === 0) return new Uint8Array();
    const profile = room(size);
    libheif._heif_image_handle_get_raw_color_profile(error, handle, profile);
    // A picture whose profile cannot be read is shown without.
    if (word(error) !== 0) return new Uint8Array();
    return libheif.HEAPU8.slice(profile, profile + size);
  };

  for (const handle of [...thumbnails, primary]) {
    libheif._heif_decode_image(error, handle, out, rgbColours, interleavedRgb, 0);
    if (handle !== primary && word(error) !== 0) continue;
    check();
    const image = word(out);
    freed.unshift(() => {
      libheif._heif_image_release(image);
    });
    const size = {
      width: libheif._heif_image_get_width(image, interleaved),
      height: libheif._heif_image_get_height(image, interleaved),
    };
    const plane = libheif._heif_image_get_plane_readonly(image, interleaved, out);
    const rowBytes = word(out);
    const rows = libheif.HEAPU8.subarray(plane, plane + rowBytes * size.height);
    const small = shrink(rows, size, rowBytes, shortest);
    toSrgb(small.pixels, profileOf(primary));
    return { kind: 'decoded', ...small, heapBytes: libheif.HEAPU8.length };
  }
  throw new Error('no picture inside');
}

/** Whether a smaller picture inside can stand for the primary one: large enough, and not cut or in bars. */
function isEnough(thumbnail: number, primary: number, shortest: number): boolean {
  const width = libheif._heif_image_handle_get_width(thumbnail);
  const height = libheif._heif_image_handle_get_height(thumbnail);
  const proportion =
    libheif._heif_image_handle_get_width(primary) / libheif._heif_image_handle_get_height(primary);
  return Math.min(width, height) >= shortest && Math.abs(width / height / proportion - 1) < 0.02;
}

function cText(at: number): string {
  const end = libheif.HEAPU8.indexOf(0, at);
  return Buffer.from(libheif.HEAPU8.subarray(at, end)).toString();
}
