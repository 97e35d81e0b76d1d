/**
 * The inner loops of resizing, in AssemblyScript; `npm run kernel` compiles them to kernel.wasm. A row of the result is made of
 * the rows above and below it first, then of the pixels beside each other. `resize.ts` lays out the memory.
 *
 * An axis is a table: for every pixel of the result where the first one it is made of lies, as i32 bytes from the start; then the
 * weights, i16 of 16,384, as many for each.
 */
const weightBits: i32 = 14;
const half: i32 = 1 << (weightBits - 1);

/** `downTaps`: even; `acrossTaps`: a multiple of four. Reads and writes a little more than there is. */
export function resize(
  from: usize,
  rowBytes: i32,
  downStarts: usize,
  downWeights: usize,
  downTaps: i32,
  acrossStarts: usize,
  acrossWeights: usize,
  acrossTaps: i32,
  width: i32,
  height: i32,
  row: usize,
  to: usize,
): void {
  for (let y = 0; y < height; y++) {
    const start = from + (load<i32>(downStarts + (y << 2)) as usize);
    joinRows(start, rowBytes, downWeights + ((y * downTaps) << 1), downTaps, row);
    joinPixels(row, acrossStarts, acrossWeights, acrossTaps, width, to + y * width * 3);
  }
}

function joinRows(first: usize, rowBytes: i32, weights: usize, taps: i32, row: usize): void {
  for (let x = 0; x < rowBytes; x += 16) {
    let a = i32x4.splat(half);
    let b = a;
    let c = a;
    let d = a;
    let at = first + x;
    for (let tap = 0; tap < taps; tap += 2) {
      const weight = v128.load32_splat(weights + (tap << 1));
      const one = v128.load(at);
      const two = v128.load(at + rowBytes);
      const low = i8x16.shuffle(one, two, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const high = i8x16.shuffle(
        one,
        two,
        8,
        24,
        9,
        25,
        10,
        26,
        11,
        27,
        12,
        28,
        13,
        29,
        14,
        30,
        15,
        31,
      );
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), weight));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), weight));
      c = i32x4.add(c, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), weight));
      d = i32x4.add(d, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), weight));
      at += rowBytes << 1;
    }
    v128.store(
      row + x,
      i8x16.narrow_i16x8_u(
        i16x8.narrow_i32x4_s(i32x4.shr_s(a, weightBits), i32x4.shr_s(b, weightBits)),
        i16x8.narrow_i32x4_s(i32x4.shr_s(c, weightBits), i32x4.shr_s(d, weightBits)),
      ),
    );
  }
}

function joinPixels(
  row: usize,
  starts: usize,
  weights: usize,
  taps: i32,
  width: i32,
  out: usize,
): void {
  // Two pixels' reds, greens and blues side by side, sixteen bits each; 16 and above: zero.
  const firstTwo = i8x16(0, 16, 3, 16, 1, 16, 4, 16, 2, 16, 5, 16, 16, 16, 16, 16);
  const nextTwo = i8x16(6, 16, 9, 16, 7, 16, 10, 16, 8, 16, 11, 16, 16, 16, 16, 16);
  for (let x = 0; x < width; x++, out += 3) {
    let at = row + (load<i32>(starts + (x << 2)) as usize);
    let a = i32x4.splat(half);
    let b = i32x4.splat(0);
    for (let tap = 0; tap < taps; tap += 4, at += 12, weights += 8) {
      const pixels = v128.load(at);
      a = i32x4.add(
        a,
        i32x4.dot_i16x8_s(i8x16.swizzle(pixels, firstTwo), v128.load32_splat(weights)),
      );
      b = i32x4.add(
        b,
        i32x4.dot_i16x8_s(i8x16.swizzle(pixels, nextTwo), v128.load32_splat(weights + 4)),
      );
    }
    const sum = i32x4.shr_s(i32x4.add(a, b), weightBits);
    const words = i16x8.narrow_i32x4_s(sum, sum);
    v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
  }
}
