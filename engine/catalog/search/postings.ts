/** The photos of one tag or folder: a short list while they are few, one bit a photo when they are many. */
import { bitsFor, clearBit, grown, setBit, type Bits } from './bits.ts';

export interface Postings {
  readonly count: number;
  /** The number is not in it yet. */
  add(at: number): void;
  /** The number is in it. */
  remove(at: number): void;
  /** Adds all of it to a set. */
  addTo(bits: Bits): void;
}

/** Looking through a list this long for one number takes a few microseconds. */
const longest = 4_096;

/** `room`: how large the numbers may become as far as is known now. */
export function createPostings(room: () => number): Postings {
  let list = new Uint32Array(8);
  let bits: Bits | null = null;
  let count = 0;

  const reserve = (at: number) => {
    if (bits && at >>> 5 >= bits.length) bits = grown(bits, Math.max(at + 1, bits.length * 64));
  };
  return {
    get count() {
      return count;
    },
    add: (at) => {
      if (!bits && count === longest) {
        const most = list.reduce((a, b) => Math.max(a, b), at);
        bits = bitsFor(Math.max(most + 1, room()));
        for (const one of list) setBit(bits, one);
        list = new Uint32Array(0);
      }
      if (bits) {
        reserve(at);
        setBit(bits, at);
      } else {
        if (count === list.length) {
          const larger = new Uint32Array(Math.min(longest, count * 2));
          larger.set(list);
          list = larger;
        }
        list[count] = at;
      }
      count += 1;
    },
    remove: (at) => {
      if (bits) clearBit(bits, at);
      else list[list.indexOf(at)] = list[count - 1] ?? 0;
      count -= 1;
    },
    addTo: (into) => {
      if (bits)
        for (let word = 0; word < Math.min(bits.length, into.length); word += 1)
          into[word] = (into[word] ?? 0) | (bits[word] ?? 0);
      else for (let at = 0; at < count; at += 1) setBit(into, list[at] ?? 0);
    },
  };
}
