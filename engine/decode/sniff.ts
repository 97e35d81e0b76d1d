/** Tells a picture's format from its first bytes; the name of a file is never trusted. */

/** Formats the engine reads, by sharp's names. */
export const readable = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;
export type Format = (typeof readable)[number];

export type Sniffed =
  | { kind: 'readable'; format: Format }
  | { kind: 'unsupported'; name: string }
  | { kind: 'unknown' };

const magics: [offset: number, magic: string, Sniffed][] = [
  [0, '\xff\xd8\xff', { kind: 'readable', format: 'jpeg' }],
  [0, '\x89PNG\r\n\x1a\n', { kind: 'readable', format: 'png' }],
  [8, 'WEBP', { kind: 'readable', format: 'webp' }],
  [0, 'GIF8', { kind: 'readable', format: 'gif' }],
  [8, 'CR', { kind: 'unsupported', name: 'RAW' }],
  [0, 'II*\0', { kind: 'readable', format: 'tiff' }],
  [0, 'MM\0*', { kind: 'readable', format: 'tiff' }],
  [0, 'II+\0', { kind: 'readable', format: 'tiff' }],
  [0, 'MM\0+', { kind: 'readable', format: 'tiff' }],
  [0, 'BM', { kind: 'unsupported', name: 'BMP' }],
  [0, '8BPS', { kind: 'unsupported', name: 'PSD' }],
  [0, '\xff\x0a', { kind: 'unsupported', name: 'JPEG XL' }],
  [4, 'JXL ', { kind: 'unsupported', name: 'JPEG XL' }],
  [4, 'jP  ', { kind: 'unsupported', name: 'JPEG 2000' }],
  [0, 'FUJIFILMCCD-RAW', { kind: 'unsupported', name: 'RAW' }],
  [0, 'IIRO', { kind: 'unsupported', name: 'RAW' }],
  [0, 'IIU\0', { kind: 'unsupported', name: 'RAW' }],
];
const brands: Record<string, Sniffed> = {
  avif: { kind: 'readable', format: 'avif' },
  avis: { kind: 'readable', format: 'avif' },
  'crx ': { kind: 'unsupported', name: 'RAW' },
};
for (const brand of ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'])
  brands[brand] = { kind: 'unsupported', name: 'HEIC' };

/** `bytes`: the whole file or at least its first kilobyte. */
export function sniff(bytes: Buffer): Sniffed {
  const head = bytes.toString('latin1', 0, 1024);
  if (head.startsWith('ftyp', 4)) return sniffBrand(head);
  for (const [offset, magic, sniffed] of magics) if (head.startsWith(magic, offset)) return sniffed;
  if (/<svg[\s>]/i.test(head)) return { kind: 'unsupported', name: 'SVG' };
  return { kind: 'unknown' };
}

/** An ISO media file names a major brand at 8 and compatible brands from 16 on; AVIF may hide behind mif1. */
function sniffBrand(head: string): Sniffed {
  const end = Math.min(head.charCodeAt(2) * 256 + head.charCodeAt(3), head.length);
  const found = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(head.slice(at, at + 4));
  const known = found.flatMap((brand) => brands[brand] ?? []);
  return (
    known.find((sniffed) => sniffed.kind === 'readable') ??
    known[0] ?? { kind: 'unsupported', name: 'MP4' }
  );
}
