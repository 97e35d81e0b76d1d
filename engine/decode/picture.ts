/** Decodes one picture once with sharp: its facts from the header, then thumbnail and model input. */
import readExif from 'exif-reader';
import sharp, { type Metadata } from 'sharp';
import type { Reason } from '../../common/contract.ts';
import type { Format } from './sniff.ts';
import type { ExifTime } from './taken.ts';

sharp.cache(false);
sharp.concurrency(1);

/** How a model wants its pixels: resize the shortest side to `resizeTo`, keep the centre `size` x `size`. */
export interface InputShape {
  size: number;
  resizeTo: number;
}

export interface Header {
  /** As shown, after orientation. */
  width: number;
  height: number;
  /** EXIF 1..8. */
  orientation: number;
  progressive: boolean;
  exif: ExifTime | null;
}

export interface Rendered {
  /** JPEG. */
  thumbnail: Buffer;
  /** size x size x 3 bytes, RGB, rows from the top. */
  pixels: Buffer;
  /** Parts of the file could not be read; what could be is shown. */
  damaged: boolean;
}

const thumbnailShortest = 448;
const thumbnailLongest = 8192;
const thumbnailQuality = 75;
const decodeTimeoutSeconds = 12;

const generalLimit = 100_000_000;
const strictLimit = 50_000_000;

/** Reads the header only. A Reason where the file cannot or must not be decoded. */
export async function readHeader(bytes: Buffer, format: Format): Promise<Header | Reason> {
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { failOn: 'none' }).metadata();
  } catch (error) {
    return { code: 'damaged', detail: firstLine(error) };
  }
  const { width, height } = metadata.autoOrient;
  const progressive = metadata.isProgressive;
  const isHungry = format === 'avif' || format === 'gif' || (format === 'jpeg' && progressive);
  if (width * height > (isHungry ? strictLimit : generalLimit))
    return { code: 'picture-too-large', detail: `${String(width)} × ${String(height)}` };
  return {
    width,
    height,
    orientation: metadata.orientation ?? 1,
    progressive,
    exif: exifTime(metadata.exif),
  };
}

/**
 * One decode to the thumbnail's size; thumbnail and model input are made from it. Strict first, then
 * lenient once. A Reason where nothing can be shown.
 */
export async function render(
  bytes: Buffer,
  header: Header,
  input: InputShape,
): Promise<Rendered | Reason> {
  const target = thumbnailSize(header.width, header.height);
  try {
    return { ...(await renderWith(bytes, target, input, 'error')), damaged: false };
  } catch (error) {
    if (isTimeout(error)) return { code: 'timed-out', detail: '' };
  }
  try {
    return { ...(await renderWith(bytes, target, input, 'none')), damaged: true };
  } catch (error) {
    return isTimeout(error)
      ? { code: 'timed-out', detail: '' }
      : { code: 'damaged', detail: firstLine(error) };
  }
}

async function renderWith(
  bytes: Buffer,
  target: { width: number; height: number },
  input: InputShape,
  failOn: 'error' | 'none',
): Promise<Omit<Rendered, 'damaged'>> {
  const { width, height } = target;
  const small = await sharp(bytes, { failOn, limitInputPixels: generalLimit })
    .timeout({ seconds: decodeTimeoutSeconds })
    .autoOrient()
    .resize(width, height, { fit: 'fill' })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
  const raw = { raw: { width, height, channels: 3 as const } };
  const crop = Math.max(1, Math.round((Math.min(width, height) * input.size) / input.resizeTo));
  const thumbnail = await sharp(small, raw).jpeg({ quality: thumbnailQuality }).toBuffer();
  const pixels = await sharp(small, raw)
    .extract({
      left: Math.floor((width - crop) / 2),
      top: Math.floor((height - crop) / 2),
      width: crop,
      height: crop,
    })
    .resize(input.size, input.size, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return { thumbnail, pixels };
}

/** Shortest side 448, never enlarged; a long panorama is held to 8,192 so that it stays a valid JPEG. */
export function thumbnailSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(
    1,
    thumbnailShortest / Math.min(width, height),
    thumbnailLongest / Math.max(width, height),
  );
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

function exifTime(exif: Buffer | undefined): ExifTime | null {
  if (!exif) return null;
  try {
    const { Image: image, Photo: photo } = readExif(exif);
    const date = photo?.DateTimeOriginal ?? photo?.DateTimeDigitized ?? image?.DateTime;
    if (!(date instanceof Date)) return null;
    const offset = photo?.['OffsetTimeOriginal'] ?? photo?.['OffsetTime'];
    return { date, offset: typeof offset === 'string' ? offset : undefined };
  } catch {
    return null;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.includes('timeout');
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
