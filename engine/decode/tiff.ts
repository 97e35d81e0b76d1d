/**
 * Reads the directories of a TIFF structure: EXIF blocks, TIFF files and most camera RAW files are one.
 * Trusts nothing: every offset is checked, and a file cannot make it walk for long.
 */

/** One directory (IFD): its fields by number. */
export interface Directory {
  numbers(tag: number): number[];
  number(tag: number): number | null;
  text(tag: number): string | null;
  bytes(tag: number): Buffer | null;
}

export interface Tiff {
  /** The directories of the file itself, in order; the first one describes the picture. */
  main: Directory[];
  /** What the main ones point to with SubIFDs: in RAW files the full picture and the previews. */
  sub: Directory[];
  exif: Directory | null;
  gps: Directory | null;
}

interface Field {
  type: number;
  count: number;
  at: number;
}

const pointers = { sub: 0x014a, exif: 0x8769, gps: 0x8825 };
const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
/** TIFF, and what Olympus and Panasonic write in its place. */
const magics = new Set([42, 0x4f52, 0x5352, 0x55]);
const mostDirectories = 32;
const mostFields = 1_000;
const mostValues = 64;
const mostTextBytes = 1_000;

/** `bytes` begins with the byte order mark. Null where there is no TIFF structure. */
export function readTiff(bytes: Buffer): Tiff | null {
  const order = bytes.toString('latin1', 0, 2);
  if (bytes.length < 8 || (order !== 'II' && order !== 'MM')) return null;
  const isLittle = order === 'II';
  const u16 = (at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  if (!magics.has(u16(2))) return null;

  const visited = new Set<number>();
  const open = (at: number): { directory: Directory; next: number } | null => {
    if (at < 8 || at + 2 > bytes.length || visited.has(at) || visited.size >= mostDirectories)
      return null;
    visited.add(at);
    const fields = new Map<number, Field>();
    const count = Math.min(u16(at), mostFields);
    let field = at + 2;
    for (let left = count; left > 0 && field + 12 <= bytes.length; left -= 1, field += 12) {
      const type = u16(field + 2);
      const values = u32(field + 4);
      const size = (typeBytes[type] ?? 0) * values;
      const start = size <= 4 ? field + 8 : u32(field + 8);
      if (size > 0 && start + size <= bytes.length)
        fields.set(u16(field), { type, count: values, at: start });
    }
    const next = field + 4 <= bytes.length ? u32(field) : 0;
    return { directory: directoryOf(bytes, isLittle, fields), next };
  };

  const main: Directory[] = [];
  for (let found = open(u32(4)); found; found = open(found.next)) main.push(found.directory);
  const below = (tag: number) =>
    main.flatMap((one) => one.numbers(tag)).flatMap((at) => open(at)?.directory ?? []);
  return {
    main,
    sub: below(pointers.sub),
    exif: below(pointers.exif)[0] ?? null,
    gps: below(pointers.gps)[0] ?? null,
  };
}

function directoryOf(bytes: Buffer, isLittle: boolean, fields: Map<number, Field>): Directory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const readers: Record<number, (at: number) => number> = {
    1: (at) => view.getUint8(at),
    3: (at) => view.getUint16(at, isLittle),
    4: (at) => view.getUint32(at, isLittle),
    5: (at) => view.getUint32(at, isLittle) / view.getUint32(at + 4, isLittle),
    8: (at) => view.getInt16(at, isLittle),
    9: (at) => view.getInt32(at, isLittle),
    10: (at) => view.getInt32(at, isLittle) / view.getInt32(at + 4, isLittle),
    11: (at) => view.getFloat32(at, isLittle),
    12: (at) => view.getFloat64(at, isLittle),
  };
  const numbers = (tag: number) => {
    const field = fields.get(tag);
    const read = field && readers[field.type];
    if (!read) return [];
    const step = typeBytes[field.type] ?? 1;
    const values = Array.from({ length: Math.min(field.count, mostValues) }, (_, index) =>
      read(field.at + index * step),
    );
    return values.every(Number.isFinite) ? values : [];
  };
  return {
    numbers,
    number: (tag) => numbers(tag)[0] ?? null,
    text: (tag) => {
      const field = fields.get(tag);
      if (field?.type !== 2) return null;
      const end = field.at + Math.min(field.count, mostTextBytes);
      const text = bytes.toString('utf8', field.at, end).split('\0')[0]?.trim() ?? '';
      return text === '' ? null : text;
    },
    bytes: (tag) => {
      const field = fields.get(tag);
      if (!field) return null;
      return bytes.subarray(field.at, field.at + field.count * (typeBytes[field.type] ?? 0));
    },
  };
}
