/**
 * Reads what stands before the pixels of a JPEG file, where it is a picture as cameras and phones write them: baseline,
 * eight bits, brightness and two colours in one scan.
 */
import type { Size } from '../model-input.ts';
import { isExif, isProfile, jpegSegments, startOfScan, type Segment } from './segments.ts';

export interface Frame extends Size {
  planes: [light: FramePlane, blue: FramePlane, red: FramePlane];
  /** Units between two restarts; 0: there are none. */
  restartUnits: number;
  /** Where the pixels begin. */
  scanAt: number;
  /** ICC. */
  profile: Buffer | null;
  exif: Buffer | undefined;
}

export interface FramePlane {
  /** Blocks in a unit: of brightness 1 or 2, of the colours always 1. */
  across: number;
  down: number;
  /** Of the coefficients, in the order of the file. */
  steps: number[];
  /** Huffman tables: sixteen counts and the symbols. */
  dc: Buffer;
  ac: Buffer;
}

const marks = { baseline: 0xc0, extended: 0xc1, huffman: 0xc4, steps: 0xdb, restart: 0xdd };
const adobe = 0xee;
/** A piece of a profile stands behind its name, its number and their count. */
const profileAt = 14;
const adobeYcc = 1;

/** Null where it is another kind of picture, or a broken one. */
export function readFrame(bytes: Buffer): Frame | null {
  try {
    return frameOf([...jpegSegments(bytes)]);
  } catch (error) {
    // A segment ends before what it says it has.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function frameOf(segments: readonly Segment[]): Frame | null {
  const all = (marker: number) => segments.filter((one) => one.marker === marker);
  const scan = segments.at(-1);
  const [frame, ...others] = segments.filter(
    ({ marker }) => marker >= marks.baseline && marker <= 0xcf && marker !== marks.huffman,
  );
  if (scan?.marker !== startOfScan || frame === undefined || others.length > 0) return null;
  if (frame.marker !== marks.baseline && frame.marker !== marks.extended) return null;
  if (frame.data.readUInt8(0) !== 8 || frame.data.readUInt8(5) !== 3) return null;
  if (scan.data.readUInt8(0) !== 3 || scan.data.readUInt16BE(7) !== 63) return null;
  if (all(adobe).some(({ data }) => data.length > 11 && data[11] !== adobeYcc)) return null;
  // The names of a picture in red, green and blue.
  if ([6, 9, 12].every((at, index) => frame.data[at] === 'RGB'.charCodeAt(index))) return null;

  const steps = stepTables(all(marks.steps));
  const codes = huffmanTables(all(marks.huffman));
  const planes = [0, 1, 2].map((index): FramePlane | null => {
    const at = 6 + index * 3;
    const sampling = frame.data.readUInt8(at + 1);
    const tables = scan.data.readUInt8(2 + index * 2);
    const found = {
      steps: steps.get(frame.data.readUInt8(at + 2)),
      dc: codes.get(tables >> 4),
      ac: codes.get(0x10 | (tables & 15)),
    };
    if (scan.data[1 + index * 2] !== frame.data[at]) return null;
    if (!found.steps || !found.dc || !found.ac) return null;
    const { steps: own, dc, ac } = found;
    return { across: sampling >> 4, down: sampling & 15, steps: own, dc, ac };
  });
  const [light, blue, red] = planes;
  const width = frame.data.readUInt16BE(3);
  const height = frame.data.readUInt16BE(1);
  if (!light || !blue || !red || width === 0 || height === 0) return null;
  const isOneOrTwo = (value: number) => value === 1 || value === 2;
  if (!isOneOrTwo(light.across) || !isOneOrTwo(light.down)) return null;
  if ([blue, red].some(({ across, down }) => across !== 1 || down !== 1)) return null;
  const profile = segments.filter(isProfile).map(({ data }) => data.subarray(profileAt));
  return {
    width,
    height,
    planes: [light, blue, red],
    restartUnits: all(marks.restart).at(-1)?.data.readUInt16BE(0) ?? 0,
    scanAt: scan.end,
    profile: profile.length > 0 ? Buffer.concat(profile) : null,
    exif: segments.find(isExif)?.data,
  };
}

function stepTables(segments: readonly Segment[]): Map<number, number[]> {
  const tables = new Map<number, number[]>();
  for (const { data } of segments)
    for (let at = 0; at < data.length;) {
      const head = data.readUInt8(at);
      const isWide = head >> 4 !== 0;
      const step = isWide ? 2 : 1;
      const start = at + 1;
      at = start + 64 * step;
      const values = Array.from({ length: 64 }, (_, index) =>
        isWide ? data.readUInt16BE(start + index * 2) : data.readUInt8(start + index),
      );
      tables.set(head & 15, values);
    }
  return tables;
}

function huffmanTables(segments: readonly Segment[]): Map<number, Buffer> {
  const tables = new Map<number, Buffer>();
  for (const { data } of segments)
    for (let at = 0; at < data.length;) {
      const head = data.readUInt8(at);
      const start = at + 1;
      let symbols = 0;
      for (let length = 0; length < 16; length += 1) symbols += data.readUInt8(start + length);
      at = start + 16 + symbols;
      if (symbols > 256 || at > data.length) throw new RangeError('a table ends too early');
      tables.set(head, data.subarray(start, at));
    }
  return tables;
}
