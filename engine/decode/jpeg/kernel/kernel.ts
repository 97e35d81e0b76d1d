/**
 * The inner loops of the JPEG reader, in AssemblyScript; `npm run kernel` compiles them to kernel.wasm. Of every block
 * of 8 x 8 only what 1 x 1 or 2 x 2 pixels need is kept. `small.ts` lays out the memory and answers for the header.
 *
 * Bits: the stream lies backwards in memory, so that eight bytes, as they are loaded, have its next bit on top.
 *
 * Tables: one lookup tells of as many codes as fit into its bits, not of one. A Huffman table is made of
 *   codes   u16 x 65,536     one code: length << 8 | symbol; 0: there is none
 *   values  i64 x 4 x 2,048  for DC i32 x 1,024; from coefficient 1, 2, 3 or 4 on: what the codes add to the three that are kept,
 *                            16 bits each, then how many coefficients they go on, then their bits
 *   skips   u16 x 8,192      for coefficients that are not kept: how many the codes pass over << 6 | their bits
 * Where not even one code fits, an entry of `skips` passes over more than a block has, and any other is 0. `ending` is added
 * where the last code ends the block.
 */
const lookupBits: i32 = 11;
const dcBits: i32 = 10;
const skipBits: i32 = 13;
/** Of one entry of `skips`: a short DC code and three looks find theirs in one load, which has at least 57 bits. */
const mostSkippedBits: i32 = 16;
const looksALoad: i32 = 3;
const countShift: i32 = 6;
const bitsMask: i32 = (1 << countShift) - 1;
const codesBytes: usize = 2 << 16;
const valuesBytes: usize = 8 << lookupBits;
const ending: i32 = 128;
const blockEnd: i32 = 64;
const keptEnd: i32 = 5;
/** A chain of codes stops here: whatever the tables are, it stays below `ending`, and one of `values` in its block. */
const chainEnd: i32 = 48;
const noSkip: i32 = 255 << countShift;
const mostDcBits: i32 = 11;

function bitsAt(stream: usize, bit: i32): u64 {
  return load<u64>(stream - 8 - ((bit >>> 3) as usize)) << ((bit & 7) as u64);
}

function codeAt(table: usize, bits: u64): i32 {
  return load<u16>(table + (((bits >>> 48) as usize) << 1)) as i32;
}

/** The number of `size` bits behind a code of `length`, as JPEG writes signs. */
function valueAt(bits: u64, length: i32, size: i32): i32 {
  const value = ((bits << (length as u64)) >>> ((64 - size) as u64)) as i32;
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

/** Where in the sum of kept values the coefficient `at` belongs: 1 across, 2 down, 4 both. */
function kept(at: i32, value: i32): i64 {
  return at == 1
    ? (value as i64)
    : at == 2
      ? (value as i64) << 16
      : at == 4
        ? (value as i64) << 32
        : 0;
}

/** `definition`: sixteen counts and the symbols, as in the file. */
function fillCodes(table: usize, definition: usize): void {
  memory.fill(table, 0, codesBytes);
  let at = table;
  let symbol = definition + 16;
  for (let length = 1; length <= 16; length++)
    for (let count = load<u8>(definition + length - 1) as i32; count > 0; count--) {
      const code = (length << 8) | (load<u8>(symbol++) as i32);
      const end = min(at + ((2 as usize) << (16 - length)), table + codesBytes);
      for (; at < end; at += 2) store<u16>(at, code);
    }
}

export function prepareDc(table: usize, definition: usize): void {
  fillCodes(table, definition);
  for (let index = 0; index < 1 << dcBits; index++) {
    const bits = (index as u64) << (64 - dcBits);
    const code = codeAt(table, bits);
    const length = code >> 8;
    const size = code & 255;
    const fits = code != 0 && size <= mostDcBits && length + size <= dcBits;
    const value = fits && size > 0 ? valueAt(bits, length, size) : 0;
    store<i32>(table + codesBytes + (index << 2), fits ? (value << 8) | (length + size) : 0);
  }
}

/** For one pixel of a block nothing is kept, and `values` not filled. */
export function prepareAc(table: usize, definition: usize, side: i32): void {
  fillCodes(table, definition);
  for (let start = side == 1 ? keptEnd : 1; start < keptEnd; start++)
    for (let index = 0; index < 1 << lookupBits; index++)
      store<i64>(
        table + codesBytes + ((start - 1) as usize) * valuesBytes + (index << 3),
        valuesFrom(table, start, (index as u64) << (64 - lookupBits)),
      );
  const skips = table + codesBytes + ((keptEnd - 1) as usize) * valuesBytes;
  for (let index = 0; index < 1 << skipBits; index++)
    store<u16>(skips + (index << 1), skipsOf(table, (index as u64) << (64 - skipBits)));
}

function valuesFrom(table: usize, start: i32, bits: u64): i64 {
  let used = 0;
  let next = start;
  let values: i64 = 0;
  while (next < chainEnd) {
    const rest = bits << (used as u64);
    const code = codeAt(table, rest);
    const length = code >> 8;
    const size = code & 15;
    if (code == 0 || used + length > lookupBits) break;
    if ((code & 255) == 0) {
      used += length;
      next += ending;
      break;
    }
    const at = next + ((code & 255) >> 4);
    if (at < keptEnd && size > 0) {
      if (used + length + size > lookupBits) break;
      values += kept(at, valueAt(rest, length, size));
    }
    used += length + size;
    next = at + 1;
    if (used >= lookupBits) break;
  }
  return used == 0 ? 0 : (values << 16) | ((((next - start) << 8) | used) as i64);
}

function skipsOf(table: usize, bits: u64): i32 {
  let used = 0;
  let skipped = 0;
  while (used < skipBits && skipped < chainEnd) {
    const code = codeAt(table, bits << (used as u64));
    const length = code >> 8;
    const end = used + length + (code & 15);
    if (code == 0 || used + length > skipBits || end > mostSkippedBits) break;
    used = end;
    if ((code & 255) == 0) {
      skipped += ending;
      break;
    }
    skipped += ((code & 255) >> 4) + 1;
  }
  return used == 0 ? noSkip : (skipped << countShift) | used;
}

/**
 * Copies `from`..`to` backwards, ending at `stream`, without the stuffing and the restart marks; 16 bytes before what is
 * written may change. Returns the number of bytes, or -1 where no end of the picture is found.
 */
export function unstuff(from: usize, to: usize, stream: usize): i32 {
  let out = stream;
  while (from + 1 < to) {
    if (from + 16 <= to) {
      const bytes = v128.load(from);
      if (!v128.any_true(i8x16.eq(bytes, i8x16.splat(-1)))) {
        out -= 16;
        const back = i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        v128.store(out, i8x16.swizzle(bytes, back));
        from += 16;
        continue;
      }
    }
    for (const stop = min(from + 16, to - 1); from < stop;) {
      const byte = load<u8>(from++);
      if (byte != 0xff) {
        store<u8>(--out, byte);
        continue;
      }
      const mark = load<u8>(from++);
      if (mark == 0) store<u8>(--out, byte);
      else if (mark == 0xd9) return (stream - out) as i32;
      else if (mark < 0xd0 || mark > 0xd7) return -1;
    }
  }
  return -1;
}

/** One of the picture's planes, as it lies in memory. */
@unmanaged
class Plane {
  /** Blocks in a unit, across and down. */
  across: i32;
  down: i32;
  rowBytes: i32;
  /** i16 a pixel: sixteen times (value - 128). */
  pixels: usize;
  dc: usize;
  ac: usize;
  /** What coefficient 0, the one across, the one down and the one of both add to a pixel, in 1/4,096. */
  mean: i32;
  acrossStep: i32;
  downStep: i32;
  bothStep: i32;
  last: i32;
}
const planeBytes: usize = offsetof<Plane>();

/**
 * Decodes `unitsAcross` x `unitsDown` units of all planes, one after the other at `planes`; `side`: pixels of a block, 1
 * or 2, across and down. Returns the bits that were read, or -1 where the stream is not a right one.
 */
export function scan(
  planes: usize,
  planeCount: i32,
  unitsAcross: i32,
  unitsDown: i32,
  restartUnits: i32,
  side: i32,
  stream: usize,
): i32 {
  const planesEnd = planes + (planeCount as usize) * planeBytes;
  const blockBytes = side << 1;
  let bit = 0;
  let unitsLeft = restartUnits;
  for (let y = 0; y < unitsDown; y++)
    for (let x = 0; x < unitsAcross; x++) {
      if (restartUnits > 0) {
        if (unitsLeft == 0) {
          bit = (bit + 7) & ~7;
          unitsLeft = restartUnits;
          for (let one = planes; one < planesEnd; one += planeBytes)
            changetype<Plane>(one).last = 0;
        }
        unitsLeft--;
      }
      for (let one = planes; one < planesEnd; one += planeBytes) {
        const plane = changetype<Plane>(one);
        const across = plane.across;
        const down = plane.down;
        const rowBytes = plane.rowBytes;
        const dc = plane.dc;
        const ac = plane.ac;
        const mean = plane.mean;
        const acrossStep = plane.acrossStep;
        const downStep = plane.downStep;
        const bothStep = plane.bothStep;
        const dcValues = dc + codesBytes;
        const values = ac + codesBytes;
        const skips = values + ((keptEnd - 1) as usize) * valuesBytes;
        let last = plane.last;
        let row = plane.pixels + side * y * down * rowBytes + blockBytes * x * across;
        for (let v = 0; v < down; v++, row += side * rowBytes) {
          let out = row;
          for (let u = 0; u < across; u++, out += blockBytes) {
            let bits = bitsAt(stream, bit);
            let found = load<i32>(dcValues + (((bits >>> (64 - dcBits)) as usize) << 2));
            let length = found & 255;
            if (found != 0) last += found >> 8;
            else {
              const code = codeAt(dc, bits);
              const size = code & 255;
              if (code == 0 || size > mostDcBits) return -1;
              if (size > 0) last += valueAt(bits, code >> 8, size);
              length = (code >> 8) + size;
            }
            bit += length;
            bits = length > dcBits ? bitsAt(stream, bit) : bits << (length as u64);

            // Like an entry of `skips`: the coefficients that are done, and the bits since `bit`.
            let passed = 1 << countShift;
            let sum: i64 = 0;
            if (side == 2) {
              let at = 1;
              do {
                const entry = load<i64>(
                  values +
                    ((at - 1) as usize) * valuesBytes +
                    (((bits >>> (64 - lookupBits)) as usize) << 3),
                );
                if (entry != 0) {
                  bit += (entry as i32) & 255;
                  at += ((entry as i32) >> 8) & 255;
                  sum += entry >> 16;
                } else {
                  const code = codeAt(ac, bits);
                  const size = code & 15;
                  if (code == 0) return -1;
                  bit += (code >> 8) + size;
                  if ((code & 255) == 0) at = ending;
                  else {
                    at += (code & 255) >> 4;
                    if (size > 0) sum += kept(at, valueAt(bits, code >> 8, size));
                    at++;
                  }
                }
                bits = bitsAt(stream, bit);
              } while (at < keptEnd);
              passed = at << countShift;
            }
            if (passed < blockEnd << countShift)
              for (let looks = 0; ;) {
                found = load<u16>(skips + (((bits >>> (64 - skipBits)) as usize) << 1)) as i32;
                passed += found;
                if (passed < blockEnd << countShift) {
                  bits <<= found as u64;
                  if (++looks < looksALoad) continue;
                } else if (runsOver(passed >> countShift)) {
                  passed -= found;
                  found = skipOne(ac, bitsAt(stream, bit + (passed & bitsMask)));
                  if (found == 0) return -1;
                  passed += found;
                  if (passed >= blockEnd << countShift) break;
                } else break;
                bit += passed & bitsMask;
                passed &= ~bitsMask;
                bits = bitsAt(stream, bit);
                looks = 0;
              }
            bit += passed & bitsMask;
            if (runsOver(passed >> countShift)) return -1;

            const base = last * mean + 128;
            if (side == 1) {
              store<u16>(out, base >> 8);
              continue;
            }
            const a = sum as i16 as i32;
            sum = (sum - (a as i64)) >> 16;
            const b = sum as i16 as i32;
            sum = (sum - (b as i64)) >> 16;
            const left = base + a * acrossStep;
            const right = base - a * acrossStep;
            const downLeft = b * downStep + (sum as i32) * bothStep;
            const downRight = b * downStep - (sum as i32) * bothStep;
            store<u32>(
              out,
              (((left + downLeft) >> 8) & 0xffff) | (((right + downRight) >> 8) << 16),
            );
            store<u32>(
              out + rowBytes,
              (((left - downLeft) >> 8) & 0xffff) | (((right - downRight) >> 8) << 16),
            );
          }
        }
        plane.last = last;
      }
    }
  return bit;
}

/** Behind the end of the block, whether a code has ended it or not. */
function runsOver(at: i32): bool {
  return (at > blockEnd && at < ending) || at >= ending + blockEnd;
}

/** An entry like those of `skips`, for one code. */
function skipOne(table: usize, bits: u64): i32 {
  const code = codeAt(table, bits);
  if (code == 0) return 0;
  const skipped = (code & 255) == 0 ? ending : ((code & 255) >> 4) + 1;
  return (skipped << countShift) | ((code >> 8) + (code & 15));
}

/**
 * Makes RGB of three planes; `halfAcross`, `halfDown`: 1 where the two of colour are half as large. Reads and writes up to eight
 * pixels more than a row has.
 */
export function toRgb(
  light: usize,
  lightRowBytes: i32,
  blue: usize,
  red: usize,
  colourRowBytes: i32,
  halfAcross: i32,
  halfDown: i32,
  width: i32,
  height: i32,
  rgb: usize,
): void {
  // Of 32,768: what is added of each colour for the others, less the whole that is added for its own.
  const redToRed = i16x8.splat(13_173);
  const redToGreen = i16x8.splat(23_401);
  const blueToGreen = i16x8.splat(11_277);
  const blueToBlue = i16x8.splat(25_297);
  for (let y = 0; y < height; y++) {
    const row = light + y * lightRowBytes;
    const colourRow = (y >> halfDown) * colourRowBytes;
    let out = rgb + y * width * 3;
    for (let x = 0; x < width; x += 8, out += 24) {
      const l = i16x8.add(v128.load(row + (x << 1)), i16x8.splat(128 * 16 + 8));
      let b: v128;
      let r: v128;
      if (halfAcross) {
        b = v128.load64_zero(blue + colourRow + x);
        r = v128.load64_zero(red + colourRow + x);
        b = i16x8.shuffle(b, b, 0, 0, 1, 1, 2, 2, 3, 3);
        r = i16x8.shuffle(r, r, 0, 0, 1, 1, 2, 2, 3, 3);
      } else {
        b = v128.load(blue + colourRow + (x << 1));
        r = v128.load(red + colourRow + (x << 1));
      }
      const toGreen = i16x8.add(
        i16x8.q15mulr_sat_s(b, blueToGreen),
        i16x8.q15mulr_sat_s(r, redToGreen),
      );
      const reds = i16x8.add(l, i16x8.add(r, i16x8.q15mulr_sat_s(r, redToRed)));
      const greens = i16x8.sub(l, toGreen);
      const blues = i16x8.add(l, i16x8.add(b, i16x8.q15mulr_sat_s(b, blueToBlue)));
      const rg = i8x16.narrow_i16x8_u(i16x8.shr_s(reds, 4), i16x8.shr_s(greens, 4));
      const bb = i8x16.narrow_i16x8_u(i16x8.shr_s(blues, 4), i16x8.shr_s(blues, 4));
      v128.store(
        out,
        i8x16.shuffle(rg, bb, 0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5),
      );
      const rest = i8x16.shuffle(rg, bb, 13, 21, 6, 14, 22, 7, 15, 23, 0, 0, 0, 0, 0, 0, 0, 0);
      v128.store64_lane(out, rest, 0, 16);
    }
  }
}
