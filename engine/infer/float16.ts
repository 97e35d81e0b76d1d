/** Sixteen-bit floats as bits, which this Node has no array of. */

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** Rounded to the nearest, of two as near to the even one; what is too large is infinite. */
export function toHalves(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    single[0] = value;
    const bits = singleBits[0] ?? 0;
    const sign = (bits >>> 16) & 0x8000;
    const size = bits & 0x7fffffff;
    if (size > 0x7f800000) return sign | 0x7e00;
    // Below the smallest normal one the steps are all the same.
    if (size < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24);
    const rounded = size + 0xfff + ((size >>> 13) & 1);
    return sign | Math.min(0x7c00, (rounded >>> 13) - (112 << 10));
  });
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

export function fromHalves(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >>> 10) & 31;
    const mantissa = half & 1023;
    if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25));
  });
}
