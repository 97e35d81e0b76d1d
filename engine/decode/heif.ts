/**
 * Where the picture lies in a HEIC or AVIF file (ISO 14496-12, 23008-12): in its items but for EXIF and XMP, which a
 * program that writes a rating makes anew while it moves all others. Trusts nothing, and does not walk for long.
 */

/** Bytes that belong to the picture, half-open. */
export type Range = [from: number, to: number];

interface Box {
  type: string;
  body: number;
  end: number;
}

interface Item {
  /** Its entry: id, type and name. */
  entry: Range;
  isMetadata: boolean;
}

/** Boxes in a box, and parts of items in a file: 200 MP have some hundreds. */
const most = 20_000;
const metadata = new Set(['Exif', 'mime', 'uri ']);

/** The same bytes in the same order whatever metadata was written; null where the structure cannot be walked. */
export function heifRanges(bytes: Buffer): Range[] | null {
  try {
    return rangesOf(bytes);
  } catch {
    return null;
  }
}

function rangesOf(bytes: Buffer): Range[] | null {
  const file = boxesIn(bytes, 0, bytes.length);
  // A film may show more than its items do.
  if (file.some(({ type }) => type === 'moov')) return null;
  const meta = boxNamed(file, 'meta');
  const parts = boxesIn(bytes, meta.body + 4, meta.end);
  const [primary, properties] = [boxNamed(parts, 'pitm'), boxNamed(parts, 'iprp')];
  const items = itemsIn(bytes, boxNamed(parts, 'iinf'));
  const extents = extentsIn(bytes, boxNamed(parts, 'iloc'), parts);
  const pictures = [...items].filter(([, { isMetadata }]) => !isMetadata).sort(([a], [b]) => a - b);
  const ranges: Range[] = [
    [primary.body, primary.end],
    [properties.body, properties.end],
    ...pictures.flatMap(([id, { entry }]) => [entry, ...(extents.get(id) ?? [])]),
  ];
  const isWithin = ranges.every(([from, to]) => from < to && to <= bytes.length);
  // No byte is of two items.
  const total = ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  return isWithin && total <= bytes.length ? ranges : null;
}

function itemsIn(bytes: Buffer, { body, end }: Box): Map<number, Item> {
  const countBytes = bytes[body] === 0 ? 2 : 4;
  const entries = boxesIn(bytes, body + 4 + countBytes, end).map((entry): [number, Item] => {
    const version = bytes[entry.body] ?? 0;
    if (version < 2) throw new RangeError('an item without a type');
    const idBytes = version === 2 ? 2 : 4;
    const at = entry.body + 4 + idBytes + 2;
    const isMetadata = metadata.has(bytes.toString('latin1', at, at + 4));
    return [
      bytes.readUIntBE(entry.body + 4, idBytes),
      { entry: [entry.body, entry.end], isMetadata },
    ];
  });
  return new Map(entries);
}

function extentsIn(bytes: Buffer, { body }: Box, parts: readonly Box[]): Map<number, Range[]> {
  const next = numbersFrom(bytes, body);
  const version = next(1);
  next(3);
  const [sizes, more] = [next(1), next(1)];
  const idBytes = version < 2 ? 2 : 4;
  const found = new Map<number, Range[]>();
  let left = next(idBytes);
  if (left > most) throw new RangeError('too many items');
  let walked = 0;
  for (; left > 0; left -= 1) {
    const id = next(idBytes);
    const method = version > 0 ? next(2) & 15 : 0;
    if (method > 1 || next(2) > 0) throw new RangeError('an item of another item or file');
    const base = next(more >> 4) + (method === 1 ? boxNamed(parts, 'idat').body : 0);
    const extents: Range[] = [];
    for (let extent = next(2); extent > 0; extent -= 1) {
      if ((walked += 1) > most) throw new RangeError('too many parts');
      if (version > 0) next(more & 15);
      const from = base + next(sizes >> 4);
      extents.push([from, from + next(sizes & 15)]);
    }
    found.set(id, extents);
  }
  return found;
}

/** Reads big-endian numbers of so many bytes, one after the other; of none: 0. */
function numbersFrom(bytes: Buffer, start: number): (size: number) => number {
  let at = start;
  return (size) => {
    const from = at;
    at += size;
    if (size === 0) return 0;
    return size === 8 ? Number(bytes.readBigUInt64BE(from)) : bytes.readUIntBE(from, size);
  };
}

function boxesIn(bytes: Buffer, from: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at < end; at = boxes.at(-1)?.end ?? end) {
    const said = bytes.readUInt32BE(at);
    const body = at + (said === 1 ? 16 : 8);
    const size = said === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : said || end - at;
    if (at + size < body || at + size > end || boxes.length >= most)
      throw new RangeError('a box beyond its end, or too many');
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), body, end: at + size });
  }
  return boxes;
}

function boxNamed(boxes: readonly Box[], type: string): Box {
  const box = boxes.find((one) => one.type === type);
  if (!box) throw new RangeError(`no ${type}`);
  return box;
}
