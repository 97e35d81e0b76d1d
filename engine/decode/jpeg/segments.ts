/** Walks through a JPEG file from segment to segment, up to where its pixels begin. */

export interface Segment {
  marker: number;
  /** Where its mark stands. */
  at: number;
  /** What it holds behind its length. */
  data: Buffer;
  end: number;
}

export const startOfScan = 0xda;
const app1 = 0xe1;
const app2 = 0xe2;
/** Nobody writes as many: what looks like them is something else. */
const mostSegments = 4_096;

/** Ends behind the start of the scan, and early where the file is no JPEG any more. `start`: where the picture begins. */
export function* jpegSegments(bytes: Buffer, start = 0): Generator<Segment> {
  let at = start + 2;
  for (let count = 0; count < mostSegments && at + 4 <= bytes.length; count += 1) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isAlone = marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9);
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (isAlone || end < at + 4 || end > bytes.length) return;
    yield { marker, at, data: bytes.subarray(at + 4, end), end };
    if (marker === startOfScan) return;
    at = end;
  }
}

export function isExif({ marker, data }: Segment): boolean {
  return marker === app1 && data.toString('latin1', 0, 6) === 'Exif\0\0';
}

/** Whether it holds a piece of the picture's ICC profile. */
export function isProfile({ marker, data }: Segment): boolean {
  return marker === app2 && data.toString('latin1', 0, 11) === 'ICC_PROFILE';
}
