/** Decodes one picture once: its facts from the header, then thumbnail and model input with sharp. */
import sharp, { type Metadata } from 'sharp';
import type { Reason } from '../../common/contract.ts';
import { readBmpHeader, readBmpPixels } from './bmp.ts';
import { noExif, readExif, type ExifFacts } from './exif.ts';
import { decodeHeic } from './heic.ts';
import { toSrgb } from './icc.ts';
import { readFrame } from './jpeg/frame.ts';
import { readSmall } from './jpeg/small.ts';
import { cutInput, neededScale, type InputShape, type Size } from './model-input.ts';
import { findPreview } from './mpf.ts';
import { choosePreview, previewOrientation, readRaw } from './raw.ts';
import { lanczos, resize, wholeOf } from './resize/resize.ts';
import { turn, turnedSize } from './resize/turn.ts';
import { drop } from './room.ts';
import type { Format } from './sniff.ts';

sharp.cache(false);
sharp.concurrency(1);

export interface Header {
  /** As shown, after orientation. */
  width: number;
  height: number;
  progressive: boolean;
  exif: ExifFacts;
  /** At least `shortest` pixels on the shortest side, where the picture has them. */
  draw(shortest: number): Drawn | Reason | Promise<Drawn | Reason>;
}

/** What sharp is given: a file, or pixels that another reader made. */
interface Drawn {
  bytes: Buffer;
  /** RGB; absent for a file. */
  pixels?: Size;
  /** ICC, of pixels that are not sRGB yet. */
  profile?: Buffer | null;
  /** EXIF 1..8, still to be done; `own`: as the bytes say themselves. */
  orientation: number | 'own';
  damaged: boolean;
  /** Where this cannot be read: the picture itself in place of its preview. */
  instead?: Drawn;
}

export interface Rendered {
  /** JPEG. */
  thumbnail: Buffer;
  /** One a model input, in their order: width x height x 3 bytes, RGB, rows from the top. */
  pixels: Buffer[];
  /** Parts of the file could not be read; what could be is shown. */
  damaged: boolean;
}

const thumbnailShortest = 448;
const thumbnailLongest = 8192;
/** The standard Huffman tables: 2 % larger than optimised ones, and half the time. */
const thumbnailForm = { quality: 75, optimiseCoding: false };
const decodeTimeoutSeconds = 12;
/** Of pixels that are there already; more are left to sharp, which needs no copy of them. */
const mostResized = 8_000_000;

/** 50 MP were measured at 365 MB of heap. */
const heicLimits = { ms: decodeTimeoutSeconds * 1000, heapBytes: 448 * 1024 * 1024 };

const generalLimit = 100_000_000;
const strictLimit = 50_000_000;
/** Of a JPEG in one scan, which is made small while it streams: phones write 108 and 200 MP (ADR 14). */
const streamedLimit = 400_000_000;
const hungry = new Set<Format>(['avif', 'gif', 'heic']);

/** Reads the header only. A Reason where the file cannot or must not be decoded. */
export async function readHeader(bytes: Buffer, format: Format): Promise<Header | Reason> {
  const header = await headerOf(bytes, format);
  if ('code' in header) return header;
  const { width, height, progressive } = header;
  const pixels = width * height;
  const limit = progressive || hungry.has(format) ? strictLimit : generalLimit;
  if (pixels <= limit) return header;
  const isStreamed = format === 'jpeg' && pixels <= streamedLimit && readFrame(bytes) !== null;
  return isStreamed
    ? header
    : { code: 'picture-too-large', detail: `${String(width)} × ${String(height)}` };
}

function headerOf(bytes: Buffer, format: Format): Promise<Header | Reason> | Header | Reason {
  switch (format) {
    case 'bmp':
      return bmpHeader(bytes);
    case 'raw':
      return rawHeader(bytes);
    case 'jpeg':
      return jpegHeader(bytes) ?? sharpHeader(bytes, format);
    default:
      return sharpHeader(bytes, format);
  }
}

/** sharp reads the header of HEIC, but not what follows; of TIFF it leaves out what the camera wrote. */
async function sharpHeader(bytes: Buffer, format: Format): Promise<Header | Reason> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { failOn: 'none', limitInputPixels: false }).metadata();
  } catch (error) {
    return { code: 'damaged', detail: firstLine(error) };
  }
  const exif = readExif(format === 'tiff' ? bytes : metadata.exif);
  const { orientation = 1 } = metadata;
  return {
    ...metadata.autoOrient,
    progressive: metadata.isProgressive,
    // In HEIC only the container says which way up; EXIF repeats it for programs that do not know.
    exif: { ...exif, orientation },
    draw: async (shortest) => {
      const whole: Drawn = { bytes, orientation, damaged: false };
      if (format === 'jpeg') return previewOf(whole, metadata, shortest) ?? whole;
      if (format !== 'heic') return { ...whole, orientation: 'own' };
      const heic = await decodeHeic(bytes, shortest, heicLimits);
      if ('code' in heic) return heic;
      const { pixels, width, height } = heic;
      return { bytes: pixels, pixels: { width, height }, orientation: 1, damaged: false };
    },
  };
}

/** Of a JPEG as cameras write it: sharp would take half a millisecond, a sixtieth of all that a photo needs. */
function jpegHeader(bytes: Buffer): Header | null {
  const frame = readFrame(bytes);
  if (!frame) return null;
  const exif = readExif(frame.exif);
  const { orientation } = exif;
  return {
    ...turnedSize(frame, orientation),
    progressive: false,
    exif,
    draw: (shortest) => {
      const whole: Drawn = { bytes, orientation, damaged: false };
      return previewOf(whole, frame, shortest) ?? smallOf(whole, shortest);
    },
  };
}

/** The camera's own preview, where it is as good for what is made here; it lies as the picture does. */
function previewOf(whole: Drawn, stored: Size, shortest: number): Drawn | null {
  const preview = findPreview(whole.bytes, stored, shortest);
  return preview && { ...whole, bytes: preview.bytes, instead: whole };
}

/** Read by our own reader where that can be done, with the file in reserve. */
function smallOf(whole: Drawn, shortest: number): Drawn {
  const small = readSmall(whole.bytes, shortest);
  if (!small) return whole;
  const { pixels, width, height, profile } = small;
  return { ...whole, bytes: pixels, pixels: { width, height }, profile, instead: whole };
}

function bmpHeader(bytes: Buffer): Header | Reason {
  const bmp = readBmpHeader(bytes);
  if (!bmp) return { code: 'unsupported-format', detail: 'BMP' };
  const { width, height } = bmp;
  return {
    width,
    height,
    progressive: false,
    exif: noExif,
    draw: () => {
      const { rgb, isWhole } = readBmpPixels(bytes, bmp);
      return { bytes: rgb, pixels: { width, height }, orientation: 1, damaged: !isWhole };
    },
  };
}

function rawHeader(bytes: Buffer): Header | Reason {
  const raw = readRaw(bytes);
  const noPreview: Reason = { code: 'unsupported-format', detail: 'RAW' };
  if (raw.previews.length === 0) return noPreview;
  return {
    ...raw.size,
    progressive: false,
    exif: raw.exif,
    draw: (shortest) => {
      const preview = choosePreview(raw, shortest);
      if (!preview) return noPreview;
      const orientation = previewOrientation(raw, preview);
      return { bytes: bytes.subarray(preview.at), orientation, damaged: false };
    },
  };
}

/**
 * One decode to the size that the thumbnail or the largest model input needs; all are made from it. A Reason where
 * nothing can be shown.
 */
export async function render(
  header: Header,
  inputs: readonly InputShape[],
): Promise<Rendered | Reason> {
  const target = decodedSize(header, inputs);
  const drawn = await header.draw(Math.min(target.width, target.height));
  if ('code' in drawn) return drawn;
  try {
    return await renderDrawn(drawn, header, inputs);
  } finally {
    if (drawn.pixels) drop(drawn.bytes);
  }
}

/** Strict first, then lenient once. */
async function renderDrawn(
  drawn: Drawn,
  header: Header,
  inputs: readonly InputShape[],
): Promise<Rendered | Reason> {
  const last = drawn.instead ?? drawn;
  for (const one of new Set([drawn, last]))
    try {
      return { ...(await renderWith(one, header, inputs, 'error')), damaged: one.damaged };
    } catch (error) {
      if (isTimeout(error)) return { code: 'timed-out', detail: '' };
    }
  try {
    return { ...(await renderWith(last, header, inputs, 'none')), damaged: true };
  } catch (error) {
    return isTimeout(error)
      ? { code: 'timed-out', detail: '' }
      : { code: 'damaged', detail: firstLine(error) };
  }
}

async function renderWith(
  drawn: Drawn,
  picture: Size,
  inputs: readonly InputShape[],
  failOn: 'error' | 'none',
): Promise<Omit<Rendered, 'damaged'>> {
  const target = thumbnailSize(picture.width, picture.height);
  const size = decodedSize(picture, inputs);
  const small = await upright(drawn, picture, size, failOn);
  if (drawn.profile) toSrgb(small, drawn.profile);
  const pixels = inputs.map((input) => cutInput(small, size, input));
  const isSame = size.width === target.width && size.height === target.height;
  const shown = isSame ? small : resize(small, size, wholeOf(size), target, lanczos);
  const thumbnail = await sharp(shown, { raw: { ...target, channels: 3 } })
    .jpeg(thumbnailForm)
    .toBuffer();
  new Set([small, shown]).forEach(drop);
  return { thumbnail, pixels };
}

/** Made small as it lies, and turned then: a JPEG that is turned first is decoded in all its pixels. */
async function upright(
  drawn: Drawn,
  picture: Size,
  size: Size,
  failOn: 'error' | 'none',
): Promise<Buffer> {
  const orientation = drawn.orientation === 'own' ? 1 : drawn.orientation;
  const lyingSize = turnedSize(size, orientation);
  const { pixels } = drawn;
  const lying =
    pixels && pixels.width * pixels.height <= mostResized
      ? resize(drawn.bytes, pixels, wholeOf(pixels), lyingSize, lanczos)
      : await resizeBySharp(drawn, picture, lyingSize, failOn);
  const turned = turn(lying, lyingSize, orientation);
  if (turned !== lying) drop(lying);
  return turned;
}

async function resizeBySharp(
  { bytes, pixels, orientation }: Drawn,
  picture: Size,
  { width, height }: Size,
  failOn: 'error' | 'none',
): Promise<Buffer> {
  const source = sharp(bytes, {
    failOn,
    limitInputPixels: Math.max(generalLimit, picture.width * picture.height),
    ...(pixels && { raw: { ...pixels, channels: 3 } }),
  });
  if (orientation === 'own') source.autoOrient();
  return source
    .timeout({ seconds: decodeTimeoutSeconds })
    .resize(width, height, { fit: 'fill' })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
}

/** Shortest side 448, never enlarged; a long panorama is held to 8,192 so that it stays a valid JPEG. */
export function thumbnailSize(width: number, height: number): Size {
  return decodedSize({ width, height }, []);
}

/** What a picture is decoded to: never enlarged, never longer than 8,192. */
export function decodedSize(picture: Size, inputs: readonly InputShape[]): Size {
  const { width, height } = picture;
  const wanted = Math.max(
    thumbnailShortest / Math.min(width, height),
    ...inputs.map((input) => neededScale(input, picture)),
  );
  const scale = Math.min(1, wanted, thumbnailLongest / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.includes('timeout');
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
