/**
 * Makes twelve-megapixel photos for measuring out of smaller real ones: other crops, other grain, sizes
 * and EXIF like a phone's. The same number always makes the same photo.
 */
import sharp from 'sharp';

const width = 4032;
const height = 3024;
/** With this grain and quality the files have about 1.9 MB. */
const grainDeviation = 5;
const quality = 83;

/** A JPEG of 4,032 x 3,024; `source`: any picture; `number` chooses the crop, the mirroring and the grain. */
export async function makePhoto(source: Buffer, number: number): Promise<Buffer> {
  const random = randomFrom(number + 1);
  const whole = await sharp(source).metadata();
  const share = 0.6 + 0.4 * random();
  const crop = {
    width: Math.floor(Math.min(whole.width, (whole.height * width) / height) * share),
    height: Math.floor(Math.min(whole.height, (whole.width * height) / width) * share),
  };
  const left = Math.floor((whole.width - crop.width) * random());
  const top = Math.floor((whole.height - crop.height) * random());
  const pixels = await sharp(source)
    .extract({ ...crop, left, top })
    .flop(random() < 0.5)
    .toColourspace('srgb')
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  addGrain(pixels, random);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .withExif({
      IFD0: { Make: 'Wanwu', Model: 'Made for measuring' },
      IFD2: { DateTimeOriginal: `2024:05:${String((number % 28) + 1).padStart(2, '0')} 12:00:00` },
    })
    .jpeg({ quality })
    .toBuffer();
}

/** One random grey step for all three channels, as a sensor's noise mostly is; from a table, for speed. */
function addGrain(pixels: Buffer, random: () => number): void {
  const table = Int8Array.from({ length: 65_536 }, () => {
    const sum = random() + random() + random() + random() - 2;
    return Math.round(sum * Math.sqrt(3) * grainDeviation);
  });
  let state = Math.floor(random() * 2 ** 31) | 1;
  for (let at = 0; at < pixels.length; at += 3) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const step = table[state & 0xffff] ?? 0;
    for (let channel = at; channel < at + 3; channel += 1)
      pixels[channel] = Math.min(255, Math.max(0, (pixels[channel] ?? 0) + step));
  }
}

/** Mulberry32: small, good enough, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
