/** Decodes one picture once with sharp: its facts from the header, then thumbnail and model input. */
import readExif from 'exif-reader';
import sharp, { type Metadata } from 'sharp';
import type { Reason } from '../../common/contract.ts';
import { cutInput, neededScale, type InputShape, type Size } from './model-input.ts';
import type { Format } from './sniff.ts';
import type { ExifTime } from './taken.ts';

sharp.cache(false);
sharp.concurrency(1);

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
  /** One a model input, in their order: width x height x 3 bytes, RGB, rows from the top. */
  pixels: Buffer[];
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
 * One decode to the size that the thumbnail or the largest model input needs; all are made from it.
 * Strict first, then lenient once. A Reason where nothing can be shown.
 */
export async function render(
  bytes: Buffer,
  header: Header,
  inputs: readonly InputShape[],
): Promise<Rendered | Reason> {
  try {
    return { ...(await renderWith(bytes, header, inputs, 'error')), damaged: false };
  } catch (error) {
    if (isTimeout(error)) return { code: 'timed-out', detail: '' };
  }
  try {
    return { ...(await renderWith(bytes, header, inputs, 'none')), damaged: true };
  } catch (error) {
    return isTimeout(error)
      ? { code: 'timed-out', detail: '' }
      : { code: 'damaged', detail: firstLine(error) };
  }
}

async function renderWith(
  bytes: Buffer,
  picture: Size,
  inputs: readonly InputShape[],
  failOn: 'error' | 'none',
): Promise<Omit<Rendered, 'damaged'>> {
  const target = thumbnailSize(picture.width, picture.height);
  const { width, height } = decodedSize(picture, inputs);
  const small = await sharp(bytes, { failOn, limitInputPixels: generalLimit })
    .timeout({ seconds: decodeTimeoutSeconds })
    .autoOrient()
    .resize(width, height, { fit: 'fill' })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer();
  const raw = { raw: { width, height, channels: 3 as const } };
  const thumbnail = sharp(small, raw);
  if (width !== target.width || height !== target.height)
    thumbnail.resize(target.width, target.height, { fit: 'fill' });
  const pixels: Buffer[] = [];
  for (const input of inputs)
    pixels.push(await cutInput(sharp(small, raw), { width, height }, input).raw().toBuffer());
  return { thumbnail: await thumbnail.jpeg({ quality: thumbnailQuality }).toBuffer(), pixels };
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
