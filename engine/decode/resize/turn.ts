/** Turns a picture as EXIF says. */
import type { Size } from '../model-input.ts';

/** The size of a picture after it is turned, and the other way round. */
export function turnedSize({ width, height }: Size, orientation: number): Size {
  return orientation > 4 ? { width: height, height: width } : { width, height };
}

/** RGB, rows from the top; the same pixels where nothing is to be done. `orientation`: EXIF 1..8. */
export function turn(pixels: Buffer, stored: Size, orientation: number): Buffer {
  if (orientation === 1) return pixels;
  const { width, height } = turnedSize(stored, orientation);
  const isAcross = orientation > 4;
  const isFromRight = [2, 3, 7, 8].includes(orientation);
  const isFromBelow = [3, 4, 6, 7].includes(orientation);
  const stepX = isFromRight ? -3 : 3;
  const stepY = (isFromBelow ? -3 : 3) * stored.width;
  const start =
    (isFromRight ? (stored.width - 1) * 3 : 0) +
    (isFromBelow ? (stored.height - 1) * stored.width * 3 : 0);
  const [across, down] = isAcross ? [stepY, stepX] : [stepX, stepY];
  const turned = Buffer.allocUnsafeSlow(pixels.length);
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    let from = start + y * down;
    for (let x = 0; x < width; x += 1, from += across, to += 3) {
      turned[to] = pixels[from] ?? 0;
      turned[to + 1] = pixels[from + 1] ?? 0;
      turned[to + 2] = pixels[from + 2] ?? 0;
    }
  }
  return turned;
}
