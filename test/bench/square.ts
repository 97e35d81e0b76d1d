/** The square that the default model sees, decoded as the peers do it: no hash, no thumbnail, no EXIF. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { readSmall } from '../../engine/decode/jpeg/small.ts';

const shortest = 297;
const side = 260;

sharp.cache(false);
sharp.concurrency(1);

/** Shortest side to 297, then the centre 260 x 260: 260 x 260 x 3 bytes, RGB. */
export async function decodeSquare(photo: string): Promise<Buffer> {
  const file = readFileSync(photo);
  const { autoOrient, orientation = 1 } = await sharp(file).metadata();
  const { width, height } = autoOrient;
  const scale = shortest / Math.min(width, height);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  // By the engine's own reader where it can.
  const small = orientation === 1 ? readSmall(file, shortest) : null;
  const source =
    small && !small.profile
      ? sharp(small.pixels, { raw: { width: small.width, height: small.height, channels: 3 } })
      : sharp(file).autoOrient();
  return source
    .resize(across, down, { fit: 'fill', kernel: 'linear' })
    .extract({
      left: Math.floor((across - side) / 2),
      top: Math.floor((down - side) / 2),
      width: side,
      height: side,
    })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}
