/**
 * Camera RAW files: never developed, but every one carries its picture as JPEGs of several sizes. Owns
 * finding them, the size of the real picture, and which way up it is.
 */
import { exifFacts, noExif, readExif, type ExifFacts } from './exif.ts';
import { jpegSegments } from './jpeg/segments.ts';
import type { Size } from './model-input.ts';
import { readTiff, type Directory, type Tiff } from './tiff.ts';

export interface Preview extends Size {
  /** Where its JPEG begins; it ends by itself. */
  at: number;
}

export interface RawFile {
  /** As shown, after orientation. */
  size: Size;
  exif: ExifFacts;
  /** As they are stored, largest first. */
  previews: Preview[];
}

const tags = {
  width: 0x0100,
  height: 0x0101,
  photometric: 0x0106,
  exifWidth: 0xa002,
  exifHeight: 0xa003,
  dngVersion: 0xc612,
  dngCrop: 0xc620,
  fujiCrop: 0x0111,
};
const sensorColours = new Set([32803, 34892]);
const mostHits = 4_000;

/** Whether a TIFF file holds what a sensor saw instead of a picture. */
export function isRawTiff(bytes: Buffer): boolean {
  const tiff = readTiff(bytes);
  if (!tiff) return false;
  return (
    tiff.main[0]?.number(tags.dngVersion) != null ||
    [...tiff.main, ...tiff.sub].some((one) => sensorColours.has(one.number(tags.photometric) ?? 0))
  );
}

export function readRaw(bytes: Buffer): RawFile {
  const previews = findJpegs(bytes);
  const tiff = readTiff(bytes) ?? readCanonBoxes(bytes);
  const exif = tiff ? exifFacts(tiff) : exifOfJpegs(bytes, previews);
  const stored = readFujiSize(bytes, previews[0]) ?? storedSize(tiff, previews);
  const isTurned = exif.orientation >= 5;
  return {
    size: isTurned ? { width: stored.height, height: stored.width } : stored,
    exif,
    previews,
  };
}

/**
 * The smallest preview that has at least `shortest` pixels on its shortest side and the picture's own
 * proportions (small ones are often put into black bars); else the largest one.
 */
export function choosePreview({ previews, size }: RawFile, shortest: number): Preview | null {
  const enough = previews.filter(
    (one) => Math.min(one.width, one.height) >= shortest && isAlike(one, size),
  );
  return enough.at(-1) ?? previews[0] ?? null;
}

/** Whether two pictures have the same proportions, upright or not. */
function isAlike(one: Size, other: Size): boolean {
  const long = ({ width, height }: Size) => Math.max(width, height) / Math.min(width, height);
  return Math.abs(long(one) / long(other) - 1) < 0.05;
}

/** A camera that turned its previews already must not have them turned again. */
export function previewOrientation({ exif, size }: RawFile, preview: Size): number {
  const isStoredTurned =
    exif.orientation >= 5 &&
    size.width !== size.height &&
    preview.width > preview.height === size.width > size.height;
  return isStoredTurned ? 1 : exif.orientation;
}

/** The JPEGs in a file by their marks; those that sharp cannot read (lossless sensor data) are left out. */
function findJpegs(bytes: Buffer): Preview[] {
  const found: Preview[] = [];
  const start = Buffer.from([0xff, 0xd8, 0xff]);
  let hits = 0;
  for (let at = bytes.indexOf(start); at >= 0 && hits < mostHits; hits += 1) {
    const size = jpegSize(bytes, at);
    if (size) found.push({ at, ...size });
    at = bytes.indexOf(start, at + 2);
  }
  return found.sort((a, b) => b.width * b.height - a.width * a.height);
}

export function jpegSize(bytes: Buffer, start: number): Size | null {
  for (const { marker, data } of jpegSegments(bytes, start)) {
    // Progressive ones, which no camera writes, would take more memory than is admitted; lossless is what the sensor saw.
    if (marker === 0xc2 || marker === 0xc3) return null;
    if (marker > 0xc3) continue;
    if (data.length < 5 || data[0] !== 8) return null;
    const size = { width: data.readUInt16BE(3), height: data.readUInt16BE(1) };
    return size.width > 0 && size.height > 0 ? size : null;
  }
  return null;
}

/** Canon's CR3 keeps what TIFF keeps in one directory each: CMT1 the picture, CMT2 EXIF, CMT4 GPS. */
function readCanonBoxes(bytes: Buffer): Tiff | null {
  const head = bytes.subarray(0, 256 * 1024);
  const box = (name: string): Directory | null => {
    const at = head.indexOf(name, 0, 'latin1');
    return at < 0 ? null : (readTiff(head.subarray(at + 4))?.main[0] ?? null);
  };
  const image = box('CMT1');
  return image && { main: [image], sub: [], exif: box('CMT2'), gps: box('CMT4') };
}

/** Fujifilm's RAF is no TIFF: what it tells stands in its JPEG. */
function exifOfJpegs(bytes: Buffer, previews: readonly Preview[]): ExifFacts {
  for (const { at } of previews) {
    const segment = bytes.subarray(at + 2, at + 6 + 64 * 1024);
    if (segment[1] === 0xe1 && segment.toString('latin1', 4, 8) === 'Exif')
      return readExif(segment.subarray(4, 2 + segment.readUInt16BE(2)));
  }
  return noExif;
}

/**
 * Fujifilm's own table: big endian, entries of tag, length and bytes; the cropped size is height, width.
 * Sensors with turned pixels write other proportions than they show: then the JPEG is right.
 */
function readFujiSize(bytes: Buffer, jpeg: Size | undefined): Size | null {
  if (bytes.length < 100 || bytes.toString('latin1', 0, 8) !== 'FUJIFILM') return null;
  let at = bytes.readUInt32BE(92);
  if (at + 4 > bytes.length) return null;
  const count = Math.min(bytes.readUInt32BE(at), mostHits);
  at += 4;
  for (let entry = 0; entry < count && at + 8 <= bytes.length; entry += 1) {
    if (bytes.readUInt16BE(at) === tags.fujiCrop) {
      const size = { width: bytes.readUInt16BE(at + 6), height: bytes.readUInt16BE(at + 4) };
      return jpeg && isAlike(size, jpeg) ? size : null;
    }
    at += 4 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** The real picture's size before orientation. Sensors have a border that is not shown, so EXIF's word goes first. */
function storedSize(tiff: Tiff | null, previews: readonly Preview[]): Size {
  const [cropped] = [...(tiff?.main ?? []), ...(tiff?.sub ?? [])].flatMap((one) => {
    const [width = 0, height = 0] = one.numbers(tags.dngCrop).map(Math.round);
    return width > 0 && height > 0 ? [{ width, height }] : [];
  });
  if (cropped) return cropped;
  const [panasonic] = (tiff?.main ?? []).flatMap((one) => {
    const [top, left, bottom, right] = [4, 5, 6, 7].map((tag) => one.number(tag) ?? 0);
    const size = { width: (right ?? 0) - (left ?? 0), height: (bottom ?? 0) - (top ?? 0) };
    return size.width > 0 && size.height > 0 ? [size] : [];
  });
  if (panasonic) return panasonic;
  const sizes: Size[] = [...previews];
  for (const one of [...(tiff?.main ?? []), ...(tiff?.sub ?? [])]) {
    const width = one.number(tags.width) ?? 0;
    const height = one.number(tags.height) ?? 0;
    if (width > 0 && height > 0) sizes.push({ width, height });
  }
  const pixels = (size: Size) => size.width * size.height;
  const largest = sizes.reduce((a, b) => (pixels(b) > pixels(a) ? b : a), { width: 0, height: 0 });
  const told = {
    width: tiff?.exif?.number(tags.exifWidth) ?? 0,
    height: tiff?.exif?.number(tags.exifHeight) ?? 0,
  };
  return pixels(told) >= pixels(largest) * 0.9
    ? told
    : { width: largest.width, height: largest.height };
}
