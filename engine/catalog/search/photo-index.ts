/**
 * All photos in memory, by what the window asks for: which have these tags, in which months, how many of
 * each tag. Pure: it is told of photos and answers over sets of them. An id is never used twice; here each photo
 * has a place, which is free for another once it is gone.
 */
import {
  bitsFor,
  clearBit,
  countBits,
  eachBit,
  grown,
  intersect,
  setBit,
  type Bits,
} from './bits.ts';
import { monthAt } from './month.ts';
import { createPostings, type Postings } from './postings.ts';

export interface IndexedPhoto {
  id: number;
  /** 32 bytes. */
  picture: Uint8Array;
  /** Wall ms. */
  takenAt: number;
  aspect: number;
  /** Ids, each once. */
  tags: readonly number[];
  /** Roots it lies in; a photo that lies nowhere is not in the index. */
  folders: readonly number[];
}

/** Every part narrows: one tag of each group, none of `without`. */
export interface Selector {
  groups: readonly (readonly number[])[];
  without: readonly number[];
  folder: number | null;
  untagged: boolean;
}

export interface PhotoIndex {
  put(photo: IndexedPhoto): void;
  remove(id: number): void;
  /** By place: only for this index, until its next change. */
  select(selector: Selector): Bits;
  /** Photos by month number, newest month first. */
  months(selected: Bits): [month: number, count: number][];
  /** Ids of one month, newest first. */
  inMonth(selected: Bits, month: number): number[];
  /** Photos by tag id; tags without any are left out. */
  tags(selected: Bits): Map<number, number>;
  untagged(selected: Bits): number;
  picture(id: number): string;
  aspect(id: number): number;
  takenAt(id: number): number;
  readonly size: number;
}

const pictureBytes = 32;
/** Of the tags that two bytes hold: with a model of more labels the pool takes four. */
const highest = 65_535;
/** A little more than photos have, so that reading a library for the first time seldom moves all tags. */
const usualTags = 10;

export function createPhotoIndex(expected = 1_024): PhotoIndex {
  let room = expected;
  let placeOf = new Uint32Array(expected);
  let idOf = new Uint32Array(room);
  /** Nobody's place is 0. */
  let lastPlace = 0;
  const freePlaces: number[] = [];
  let alive = bitsFor(room);
  let tagged = bitsFor(room);
  let taken = new Float64Array(room);
  let month = new Uint16Array(room);
  let aspects = new Float32Array(room);
  let pictures = new Uint8Array(room * pictureBytes);
  // The tags of a photo lie together in `pool`, after how many they are; where more come than there was room
  // for, at its end. One array less than with lengths apart: counting waits for memory, not for the processor.
  let start = new Uint32Array(room);
  let pool: Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> = new Uint16Array(room * usualTags);
  // Nobody's tags: none.
  let poolEnd = 1;
  const byTag: (Postings | undefined)[] = [];
  const byFolder = new Map<number, Postings>();
  let folderOf = new Uint32Array(room);
  /** Of the few photos that lie in more than one root. */
  const severalFolders = new Map<number, readonly number[]>();
  const byMonth = new Int32Array(65_536);
  let size = 0;

  function takePlace(id: number): number {
    if (id >= placeOf.length)
      placeOf = copied(placeOf, new Uint32Array(Math.max(id + 1, Math.ceil(placeOf.length * 1.5))));
    const at = freePlaces.pop() ?? (lastPlace += 1);
    if (at >= room) enlarge();
    placeOf[id] = at;
    idOf[at] = id;
    return at;
  }

  function enlarge(): void {
    room = Math.ceil(room * 1.5) + 1;
    idOf = copied(idOf, new Uint32Array(room));
    alive = grown(alive, room);
    tagged = grown(tagged, room);
    taken = copied(taken, new Float64Array(room));
    month = copied(month, new Uint16Array(room));
    aspects = copied(aspects, new Float32Array(room));
    pictures = copied(pictures, new Uint8Array(room * pictureBytes));
    start = copied(start, new Uint32Array(room));
    folderOf = copied(folderOf, new Uint32Array(room));
  }

  function putTags(at: number, tags: readonly number[]): void {
    if (pool instanceof Uint16Array && tags.some((tag) => tag > highest))
      pool = copied(pool, new Uint32Array(pool.length));
    const old = pool[start[at] ?? 0] ?? 0;
    if (tags.length > old) {
      if (poolEnd + tags.length + 1 > pool.length) makeRoomInPool(tags.length + 1);
      start[at] = poolEnd;
      poolEnd += tags.length + 1;
    }
    if (start[at] === 0) return;
    pool[start[at] ?? 0] = tags.length;
    pool.set(tags, (start[at] ?? 0) + 1);
  }

  function makeRoomInPool(more: number): void {
    let used = more;
    eachBit(alive, (at) => {
      used += tagsOf(at).length + 1;
    });
    const size = Math.ceil(used * 1.5) + room;
    const packed = pool instanceof Uint16Array ? new Uint16Array(size) : new Uint32Array(size);
    const moved = new Uint32Array(room);
    let end = 1;
    eachBit(alive, (at) => {
      const tags = tagsOf(at);
      if (tags.length === 0) return;
      packed[end] = tags.length;
      packed.set(tags, end + 1);
      moved[at] = end;
      end += tags.length + 1;
    });
    start = moved;
    pool = packed;
    poolEnd = end;
  }

  const tagsOf = (at: number) => {
    const from = start[at] ?? 0;
    return pool.subarray(from + 1, from + 1 + (pool[from] ?? 0));
  };

  /** Takes it out of every set; its tags stay where they are for a `put` that follows. */
  function takeOut(at: number): void {
    for (const tag of tagsOf(at)) byTag[tag]?.remove(at);
    for (const folder of severalFolders.get(at) ?? [folderOf[at] ?? 0]) {
      const postings = byFolder.get(folder);
      postings?.remove(at);
      if (postings?.count === 0) byFolder.delete(folder);
    }
    severalFolders.delete(at);
    countMonth(at, -1);
    clearBit(alive, at);
    clearBit(tagged, at);
    size -= 1;
  }

  function putFolders(at: number, ids: readonly number[]): void {
    folderOf[at] = ids[0] ?? 0;
    if (ids.length > 1) severalFolders.set(at, ids);
    for (const folder of ids) {
      const postings = byFolder.get(folder) ?? createPostings(() => room);
      byFolder.set(folder, postings);
      postings.add(at);
    }
  }

  function countMonth(at: number, by: number): void {
    const of = month[at] ?? 0;
    byMonth[of] = (byMonth[of] ?? 0) + by;
  }

  function anyOf(tags: readonly number[]): Bits {
    const found = bitsFor(room);
    for (const tag of tags) byTag[tag]?.addTo(found);
    return found;
  }

  /**
   * What to count one by one, and whether it is to be taken from the counts of everything: where the set
   * holds most photos, what is not in it is fewer.
   */
  function fewer(selected: Bits): { bits: Bits; isRest: boolean } {
    if (countBits(selected) * 2 <= size) return { bits: selected, isRest: false };
    const bits = alive.slice();
    intersect(bits, selected, true);
    return { bits, isRest: true };
  }

  // The two counts below loop over the bits themselves: a call a photo doubles the time of a large library.
  function monthCounts(selected: Bits): Int32Array {
    const { bits, isRest } = fewer(selected);
    const counts = isRest ? byMonth.slice() : new Int32Array(byMonth.length);
    const by = isRest ? -1 : 1;
    for (let index = 0; index < bits.length; index += 1)
      for (let word = bits[index] ?? 0; word !== 0; word &= word - 1) {
        const of = month[(index << 5) + 31 - Math.clz32(word & -word)] ?? 0;
        counts[of] = (counts[of] ?? 0) + by;
      }
    return counts;
  }

  function tagCounts(selected: Bits): Int32Array {
    const { bits, isRest } = fewer(selected);
    const counts = isRest
      ? Int32Array.from(byTag, (postings) => postings?.count ?? 0)
      : new Int32Array(byTag.length);
    const by = isRest ? -1 : 1;
    for (let index = 0; index < bits.length; index += 1)
      for (let word = bits[index] ?? 0; word !== 0; word &= word - 1) {
        const at = (index << 5) + 31 - Math.clz32(word & -word);
        const from = start[at] ?? 0;
        const end = from + (pool[from] ?? 0);
        for (let entry = from + 1; entry <= end; entry += 1) {
          const tag = pool[entry] ?? 0;
          counts[tag] = (counts[tag] ?? 0) + by;
        }
      }
    return counts;
  }

  return {
    put: (photo) => {
      const { id, tags } = photo;
      const known = placeOf[id] ?? 0;
      if (known > 0) takeOut(known);
      const at = known > 0 ? known : takePlace(id);
      putTags(at, tags);
      setBit(alive, at);
      if (tags.length > 0) setBit(tagged, at);
      for (const tag of tags) (byTag[tag] ??= createPostings(() => room)).add(at);
      putFolders(at, photo.folders);
      taken[at] = photo.takenAt;
      month[at] = monthAt(photo.takenAt);
      countMonth(at, 1);
      aspects[at] = photo.aspect;
      pictures.set(photo.picture, at * pictureBytes);
      size += 1;
    },
    remove: (id) => {
      const at = placeOf[id] ?? 0;
      if (at === 0) return;
      takeOut(at);
      start[at] = 0;
      placeOf[id] = 0;
      freePlaces.push(at);
    },
    select: ({ groups, without, folder, untagged }) => {
      const selected = alive.slice();
      for (const group of groups) intersect(selected, anyOf(group));
      if (without.length > 0) intersect(selected, anyOf(without), true);
      if (untagged) intersect(selected, tagged, true);
      if (folder !== null) {
        const inside = bitsFor(room);
        byFolder.get(folder)?.addTo(inside);
        intersect(selected, inside);
      }
      return selected;
    },
    months: (selected) => {
      const counts = monthCounts(selected);
      const found: [number, number][] = [];
      for (let of = counts.length - 1; of >= 0; of -= 1)
        if (counts[of]) found.push([of, counts[of] ?? 0]);
      return found;
    },
    inMonth: (selected, wanted) => {
      const places: number[] = [];
      eachBit(selected, (at) => {
        if (month[at] === wanted) places.push(at);
      });
      return places
        .sort((a, b) => (taken[b] ?? 0) - (taken[a] ?? 0) || (idOf[a] ?? 0) - (idOf[b] ?? 0))
        .map((at) => idOf[at] ?? 0);
    },
    tags: (selected) => {
      const found = new Map<number, number>();
      tagCounts(selected).forEach((count, tag) => {
        if (count > 0) found.set(tag, count);
      });
      return found;
    },
    untagged: (selected) => {
      const none = selected.slice();
      intersect(none, tagged, true);
      return countBits(none);
    },
    picture: (id) =>
      Buffer.from(pictures.buffer, (placeOf[id] ?? 0) * pictureBytes, pictureBytes).toString('hex'),
    aspect: (id) => aspects[placeOf[id] ?? 0] ?? 1,
    takenAt: (id) => taken[placeOf[id] ?? 0] ?? 0,
    get size() {
      return size;
    },
  };
}

function copied<F, T extends { set(from: F): void }>(from: F, into: T): T {
  into.set(from);
  return into;
}
