/** Sets of small whole numbers, one bit each. All sets of one expression have the same length. */

export type Bits = Uint32Array;

export const bitsFor = (size: number): Bits => new Uint32Array((size + 31) >>> 5);

export function setBit(bits: Bits, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
}

export function clearBit(bits: Bits, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) & ~(1 << (at & 31));
}

export function countBits(bits: Bits): number {
  let count = 0;
  for (const word of bits) {
    let n = word - ((word >>> 1) & 0x55555555);
    n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
    count += (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** `into` keeps what is in both, or with `not` what is in it alone. */
export function intersect(into: Bits, other: Bits, not = false): void {
  const flip = not ? 0xffffffff : 0;
  for (let at = 0; at < into.length; at += 1)
    into[at] = (into[at] ?? 0) & ((other[at] ?? 0) ^ flip);
}

export function eachBit(bits: Bits, visit: (at: number) => void): void {
  for (let index = 0; index < bits.length; index += 1)
    for (let word = bits[index] ?? 0; word !== 0; word &= word - 1)
      visit((index << 5) + 31 - Math.clz32(word & -word));
}

export function grown(bits: Bits, size: number): Bits {
  const larger = bitsFor(size);
  larger.set(bits);
  return larger;
}
