/** Tells a picture's format from its first bytes; the name of a file is never trusted. */
import { isRawTiff } from './raw.ts';

/** Formats the engine reads: by sharp, but for the last three, which have readers of their own. */
export const readable = [
  'jpeg',
  'png',
  'webp',
  'gif',
  'tiff',
  'avif',
  'heic',
  'bmp',
  'raw',
] as const;
export type Format = (typeof readable)[number];

export type Sniffed =
  | { kind: 'readable'; format: Format }
  /** A ZIP with a picture to take out first. */
  | { kind: 'live-photo' }
  | { kind: 'unsupported'; name: string }
  | { kind: 'video' }
  | { kind: 'unknown' };

const raw: Sniffed = { kind: 'readable', format: 'raw' };
const tiff: Sniffed = { kind: 'readable', format: 'tiff' };
const video: Sniffed = { kind: 'video' };

const unsupported = (name: string): Sniffed => ({ kind: 'unsupported', name });

const magics: [offset: number, magic: string, Sniffed][] = [
  [0, '\xff\xd8\xff', { kind: 'readable', format: 'jpeg' }],
  [0, '\x89PNG\r\n\x1a\n', { kind: 'readable', format: 'png' }],
  [8, 'WEBP', { kind: 'readable', format: 'webp' }],
  [0, 'GIF8', { kind: 'readable', format: 'gif' }],
  [8, 'CR', raw],
  [0, 'II*\0', tiff],
  [0, 'MM\0*', tiff],
  [0, 'II+\0', tiff],
  [0, 'MM\0+', tiff],
  [0, 'BM', { kind: 'readable', format: 'bmp' }],
  [0, '8BPS', unsupported('PSD')],
  [0, '\xff\x0a', unsupported('JPEG XL')],
  [4, 'JXL ', unsupported('JPEG XL')],
  [4, 'jP  ', unsupported('JPEG 2000')],
  [0, '\xff\x4f\xff\x51', unsupported('JPEG 2000')],
  [0, 'II\xbc', unsupported('JPEG XR')],
  [0, 'gimp xcf', unsupported('XCF')],
  [0, '#?RADIANCE', unsupported('HDR')],
  [0, '#?RGBE', unsupported('HDR')],
  [0, '\x76\x2f\x31\x01', unsupported('EXR')],
  [0, 'FOVb', unsupported('RAW')],
  [0, '\0MRM', unsupported('RAW')],
  [6, 'HEAPCCDR', unsupported('RAW')],
  [0, 'FUJIFILMCCD-RAW', raw],
  [0, 'IIRO', raw],
  [0, 'IIRS', raw],
  [0, 'MMOR', raw],
  [0, 'IIU\0', raw],
  [8, 'AVI ', video],
  [4, 'moov', video],
  [4, 'mdat', video],
  [4, 'wide', video],
  [0, '\x1a\x45\xdf\xa3', video],
  [0, '\x30\x26\xb2\x75', video],
  [0, '\0\0\x01\xba', video],
  [0, 'FLV', video],
];
/** Formats without a magic of their own, by all that their first bytes must be. */
const patterns: [RegExp, Sniffed][] = [
  [/^PK\x03\x04[^]{26}[^/]{0,200}?\.(hei[cf]|jpe?g|mov)/i, { kind: 'live-photo' }],
  [/^P[1-7Ff]\s/, unsupported('PPM')],
  [/^\n[\0\x02-\x05]\x01[\x01\x02\x04\x08]/, unsupported('PCX')],
  [/^[^]\0[\x02\x03\n\x0b]\0{5}[^]{8}[\x08\x0f\x10\x18\x20]/, unsupported('TGA')],
  [/<svg[\s>]/i, unsupported('SVG')],
];
const brands: Record<string, Sniffed> = {
  avif: { kind: 'readable', format: 'avif' },
  avis: { kind: 'readable', format: 'avif' },
  'crx ': raw,
};
for (const brand of ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'])
  brands[brand] = { kind: 'readable', format: 'heic' };

/** `bytes`: the whole file; from its first kilobyte alone, some RAW files look like TIFF. */
export function sniff(bytes: Buffer): Sniffed {
  const head = bytes.toString('latin1', 0, 1024);
  if (head.startsWith('ftyp', 4)) return sniffBrand(head);
  for (const [offset, magic, sniffed] of magics)
    if (head.startsWith(magic, offset)) return sniffed === tiff && isRawTiff(bytes) ? raw : sniffed;
  return patterns.find(([pattern]) => pattern.test(head))?.[1] ?? { kind: 'unknown' };
}

/**
 * An ISO media file names a major brand at 8 and compatible brands from 16 on; AVIF may hide behind mif1,
 * which HEIC names too.
 */
function sniffBrand(head: string): Sniffed {
  const end = Math.min(head.charCodeAt(2) * 256 + head.charCodeAt(3), head.length);
  const found = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(head.slice(at, at + 4));
  const known = found.flatMap((brand) => brands[brand] ?? []);
  const isOther = (sniffed: Sniffed) => sniffed.kind === 'readable' && sniffed.format !== 'heic';
  return known.find(isOther) ?? known[0] ?? video;
}
