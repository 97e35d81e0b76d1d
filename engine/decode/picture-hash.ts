/**
 * A photo is its picture. Owns the hash that stays the same when only metadata (a rating, XMP, EXIF)
 * is written into a JPEG, PNG, WebP, HEIC or AVIF file; other formats are known by all their bytes.
 */
import { createHash } from 'node:crypto';
import { heifRanges, type Range } from './heif.ts';
import { isProfile, jpegSegments, startOfScan } from './jpeg/segments.ts';
import type { Format } from './sniff.ts';

/**
 * SHA-256, hex. `orientation` (EXIF 1..8) is part of it: a turned photo is another picture.
 * A file whose structure cannot be walked is known by all its bytes.
 */
export function pictureHash(bytes: Buffer, format: Format, orientation: number): string {
  return hashOf(bytes, format, orientation, pictureRanges(bytes, format));
}

/** What a HEIC or AVIF was known by when all its bytes still counted; null for other formats. */
export function formerHash(bytes: Buffer, format: Format, orientation: number): string | null {
  return format === 'heic' || format === 'avif' ? hashOf(bytes, format, orientation, null) : null;
}

/** `ranges` null: all bytes. */
function hashOf(
  bytes: Buffer,
  format: Format,
  orientation: number,
  ranges: Range[] | null,
): string {
  const hash = createHash('sha256').update(`${format} ${String(orientation)}\n`);
  for (const [from, to] of ranges ?? [[0, bytes.length]]) hash.update(bytes.subarray(from, to));
  return hash.digest('hex');
}

function pictureRanges(bytes: Buffer, format: Format): Range[] | null {
  switch (format) {
    case 'jpeg':
      return jpegRanges(bytes);
    case 'png':
      return pngRanges(bytes);
    case 'webp':
      return webpRanges(bytes);
    case 'heic':
    case 'avif':
      return heifRanges(bytes);
    default:
      return null;
  }
}

/** Everything but APPn and comments; the ICC profile (APP2) and Adobe's colour transform (APP14) stay. */
function jpegRanges(bytes: Buffer): Range[] | null {
  const ranges: Range[] = [];
  for (const segment of jpegSegments(bytes)) {
    const { marker, at, end } = segment;
    if (marker === startOfScan) return [...ranges, [at, bytes.length]];
    const isMetadata = (marker >= 0xe0 && marker <= 0xef && marker !== 0xee) || marker === 0xfe;
    if (!isMetadata || isProfile(segment)) ranges.push([at, end]);
  }
  return null;
}

const pngMetadata = new Set(['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME']);

function pngRanges(bytes: Buffer): Range[] | null {
  const ranges: Range[] = [];
  for (let at = 8; at < bytes.length;) {
    if (at + 12 > bytes.length) return null;
    const end = at + 12 + bytes.readUInt32BE(at);
    if (!pngMetadata.has(bytes.toString('latin1', at + 4, at + 8))) ranges.push([at, end]);
    at = end;
  }
  return ranges;
}

// VP8X only announces which chunks follow: writing XMP adds or changes it.
const webpMetadata = new Set(['EXIF', 'XMP ', 'VP8X']);

function webpRanges(bytes: Buffer): Range[] | null {
  const ranges: Range[] = [];
  for (let at = 12; at < bytes.length;) {
    if (at + 8 > bytes.length) return null;
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (!webpMetadata.has(bytes.toString('latin1', at, at + 4))) ranges.push([at, end]);
    at = end;
  }
  return ranges;
}
