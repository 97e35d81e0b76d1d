/** The square that the default model sees, decoded as the peers do it: no hash, no thumbnail. */
import sharp from 'sharp';
import { readSmall } from '../../engine/decode/jpeg/small.ts';
import { readHeader } from '../../engine/decode/picture.ts';
import { readOriginal } from '../../engine/decode/read.ts';
import { resize, wholeOf, type Filter } from '../../engine/decode/resize/resize.ts';
import { createRoom, drop } from '../../engine/decode/room.ts';

const shortest = 297;
const side = 260;
const linear: Filter = { name: 'linear', radius: 1, weight: (x) => Math.max(0, 1 - x) };

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
  const to = { width: across, height: down };
  const cut = {
    left: Math.floor((across - side) / 2),
    top: Math.floor((down - side) / 2),
    width: side,
    height: side,
  };
  if (small && !small.profile) {
    const whole = resize(small.pixels, small, wholeOf(small), to, linear);
    const made = resize(whole, to, cut, cut, linear);
    drop(whole);
    return made;
  }
  return sharp(file)
    .autoOrient()
    .resize(across, down, { fit: 'fill', kernel: 'linear' })
    .extract(cut)
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}
