/** Reads Windows bitmaps, which sharp does not: uncompressed, 1 to 32 bits a pixel, RLE left out. */
import type { Size } from './model-input.ts';

export interface BmpHeader extends Size {
  isTopDown: boolean;
  bits: 1 | 4 | 8 | 16 | 24 | 32;
  /** Where the pixels begin. */
  start: number;
  palette: Buffer;
  paletteStep: 3 | 4;
  /** For 16 and 32 bits: red, green, blue. */
  masks: [number, number, number];
}

const depths = [1, 4, 8, 16, 24, 32] as const;
const bitFields = 3;

/** Null where it is no bitmap that this reads. */
export function readBmpHeader(bytes: Buffer): BmpHeader | null {
  if (bytes.length < 30 || bytes.toString('latin1', 0, 2) !== 'BM') return null;
  const start = bytes.readUInt32LE(10);
  const infoBytes = bytes.readUInt32LE(14);
  const isOld = infoBytes === 12;
  if (!isOld && (infoBytes < 40 || bytes.length < 54)) return null;
  const width = isOld ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const rows = isOld ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bits = depths.find((one) => one === bytes.readUInt16LE(isOld ? 24 : 28));
  const compression = isOld ? 0 : bytes.readUInt32LE(30);
  if (bits === undefined || width <= 0 || rows === 0 || start > bytes.length) return null;
  if (compression !== 0 && !(compression === bitFields && (bits === 16 || bits === 32)))
    return null;
  if (compression === bitFields && bytes.length < 66) return null;
  const tableAt = 14 + infoBytes;
  return {
    width,
    height: Math.abs(rows),
    isTopDown: rows < 0,
    bits,
    start,
    palette: bytes.subarray(Math.min(tableAt, start), start),
    paletteStep: isOld ? 3 : 4,
    masks:
      compression === bitFields
        ? [bytes.readUInt32LE(54), bytes.readUInt32LE(58), bytes.readUInt32LE(62)]
        : bits === 16
          ? [0x7c00, 0x03e0, 0x001f]
          : [0xff0000, 0x00ff00, 0x0000ff],
  };
}

/** RGB, rows from the top. `isWhole` is false where the file ends early; the rest stays black. */
export function readBmpPixels(bytes: Buffer, header: BmpHeader): { rgb: Buffer; isWhole: boolean } {
  const { width, height, bits, start, isTopDown } = header;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const rgb = Buffer.alloc(width * height * 3);
  const put = rowReader(header);
  let isWhole = true;
  for (let row = 0; row < height; row += 1) {
    const from = start + row * rowBytes;
    if (from + rowBytes > bytes.length) {
      isWhole = false;
      break;
    }
    const to = (isTopDown ? row : height - 1 - row) * width * 3;
    put(bytes.subarray(from, from + rowBytes), rgb.subarray(to, to + width * 3));
  }
  return { rgb, isWhole };
}

function rowReader(header: BmpHeader): (from: Buffer, to: Buffer) => void {
  const { bits, width } = header;
  if (bits === 24)
    return (from, to) => {
      for (let at = 0; at < width * 3; at += 3) {
        to[at] = from[at + 2] ?? 0;
        to[at + 1] = from[at + 1] ?? 0;
        to[at + 2] = from[at] ?? 0;
      }
    };
  if (bits === 16 || bits === 32) {
    const channels = header.masks.map(channelReader);
    return (from, to) => {
      for (let pixel = 0; pixel < width; pixel += 1) {
        const value = bits === 16 ? from.readUInt16LE(pixel * 2) : from.readUInt32LE(pixel * 4);
        channels.forEach((channel, index) => {
          to[pixel * 3 + index] = channel(value);
        });
      }
    };
  }
  const { palette, paletteStep } = header;
  return (from, to) => {
    for (let pixel = 0; pixel < width; pixel += 1) {
      const byte = from[(pixel * bits) >> 3] ?? 0;
      const index = (byte >> (8 - bits - ((pixel * bits) & 7))) & ((1 << bits) - 1);
      for (let channel = 0; channel < 3; channel += 1)
        to[pixel * 3 + channel] = palette[index * paletteStep + 2 - channel] ?? 0;
    }
  };
}

/** Takes the bits of a mask out of a pixel and stretches them to 0..255. */
function channelReader(mask: number): (value: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (value) => Math.round((((value & mask) >>> shift) * 255) / most);
}
