/** The square that the default model sees, decoded as the peers do it: no hash, no thumbnail. */
import sharp from 'sharp';
import { readSmall } from '../../engine/decode/jpeg/small.ts';
import { readHeader } from '../../engine/decode/picture.ts';
import { readOriginal } from '../../engine/decode/read.ts';
import { createRoom } from '../../engine/decode/room.ts';

const shortest = 297;
const side = 260;

const room = createRoom();

/** Shortest side to 297, then the centre 260 x 260: 260 x 260 x 3 bytes, RGB. One photo at a time. */
export async function decodeSquare(photo: string): Promise<Buffer> {
  const read = readOriginal(Buffer.from(photo), { glance: () => null, room });
  if (read.kind !== 'read') throw new Error(`${photo}: ${read.kind}`);
  const file = read.bytes;
  const header = await readHeader(file, 'jpeg');
  if ('code' in header) throw new Error(`${photo}: ${header.code}`);
  const { width, height, exif } = header;
  const scale = shortest / Math.min(width, height);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  // By the engine's own reader where it can.
  const small = exif.orientation === 1 ? readSmall(file, shortest) : null;
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
