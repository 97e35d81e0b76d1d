/** Makes a decoded picture smaller by whole factors, each pixel the mean of its square. */
import type { Size } from './model-input.ts';

export interface Shrunk extends Size {
  /** RGB, rows from the top. */
  pixels: Uint8Array<ArrayBuffer>;
}

/** `rows`: RGB with `rowBytes` a row. The shortest side keeps at least twice `shortest` pixels, so that a good resize can follow. */
export function shrink(rows: Uint8Array, from: Size, rowBytes: number, shortest: number): Shrunk {
  const factor = Math.max(1, Math.floor(Math.min(from.width, from.height) / (2 * shortest)));
  const width = Math.floor(from.width / factor);
  const height = Math.floor(from.height / factor);
  const pixels = new Uint8Array(width * height * 3);
  const sums = new Uint32Array(width * 3);
  const area = factor * factor;
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    for (let row = y * factor; row < (y + 1) * factor; row += 1) {
      let at = row * rowBytes;
      for (let x = 0; x < width * 3; x += 3)
        for (let column = 0; column < factor; column += 1, at += 3) {
          sums[x] = (sums[x] ?? 0) + (rows[at] ?? 0);
          sums[x + 1] = (sums[x + 1] ?? 0) + (rows[at + 1] ?? 0);
          sums[x + 2] = (sums[x + 2] ?? 0) + (rows[at + 2] ?? 0);
        }
    }
    const to = y * width * 3;
    for (let x = 0; x < width * 3; x += 1) pixels[to + x] = Math.round((sums[x] ?? 0) / area);
  }
  return { pixels, width, height };
}
