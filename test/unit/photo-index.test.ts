/** The photo index against a plain list of photos: the same answers after any changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPhotoIndex,
  type IndexedPhoto,
  type Selector,
} from '../../engine/catalog/search/photo-index.ts';
import { monthAt, monthNumber, monthStart, monthText } from '../../engine/catalog/search/month.ts';

/** Repeatable random numbers (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const everything: Selector = { groups: [], without: [], folder: null, untagged: false };

function madePhoto(id: number, roll: (below: number) => number): IndexedPhoto {
  const picture = new Uint8Array(32).fill(id % 251);
  const tags = new Set(Array.from({ length: roll(6) }, () => 1 + roll(roll(3) === 0 ? 40 : 5)));
  const folders = new Set([1 + roll(3), ...(roll(10) === 0 ? [1 + roll(3)] : [])]);
  return {
    id,
    picture,
    takenAt: Date.UTC(2015 + roll(8), roll(12), 1 + roll(28), roll(3)),
    aspect: 1 + roll(100) / 50,
    tags: [...tags],
    folders: [...folders].sort((a, b) => a - b),
  };
}

function matches(photo: IndexedPhoto, { groups, without, folder, untagged }: Selector): boolean {
  const has = (tag: number) => photo.tags.includes(tag);
  return (
    groups.every((group) => group.some(has)) &&
    !without.some(has) &&
    (folder === null || photo.folders.includes(folder)) &&
    (!untagged || photo.tags.length === 0)
  );
}

const monthOf = ({ takenAt }: IndexedPhoto) => monthAt(takenAt);

test('any query over any history of changes gives what a plain list gives', () => {
  const roll = dice(20_261_124);
  // Small at first, so that everything grows; more of one tag than a short list holds.
  const index = createPhotoIndex(4);
  const photos = new Map<number, IndexedPhoto>();
  const check = (selector: Selector) => {
    const expected = [...photos.values()].filter((photo) => matches(photo, selector));
    const selected = index.select(selector);
    const months = new Map<number, IndexedPhoto[]>();
    for (const photo of expected)
      months.set(monthOf(photo), [...(months.get(monthOf(photo)) ?? []), photo]);
    const newestFirst = [...months].sort(([a], [b]) => b - a);
    assert.deepEqual(
      index.months(selected),
      newestFirst.map(([month, list]) => [month, list.length]),
    );
    const [first] = newestFirst;
    if (first)
      assert.deepEqual(
        index.inMonth(selected, first[0]),
        first[1].sort((a, b) => b.takenAt - a.takenAt || a.id - b.id).map(({ id }) => id),
      );
    const tags = new Map<number, number>();
    for (const photo of expected)
      for (const tag of photo.tags) tags.set(tag, (tags.get(tag) ?? 0) + 1);
    assert.deepEqual(
      [...index.tags(selected)],
      [...tags].sort(([a], [b]) => a - b),
    );
    assert.equal(
      index.untagged(selected),
      expected.filter((photo) => photo.tags.length === 0).length,
    );
  };

  for (let step = 0; step < 30_000; step += 1) {
    const id = 1 + roll(12_000);
    if (roll(5) === 0) {
      index.remove(id);
      photos.delete(id);
    } else {
      const photo = madePhoto(id, roll);
      index.put(photo);
      photos.set(id, photo);
    }
    if (step % 3_000 !== 2_999) continue;
    assert.equal(index.size, photos.size);
    check(everything);
    check({ ...everything, untagged: true });
    for (let query = 0; query < 6; query += 1)
      check({
        groups: Array.from({ length: roll(3) }, () =>
          Array.from({ length: 1 + roll(2) }, () => 1 + roll(8)),
        ),
        without: Array.from({ length: roll(2) }, () => 1 + roll(40)),
        folder: roll(3) === 0 ? 1 + roll(3) : null,
        untagged: false,
      });
  }
  const [some] = photos.values();
  assert.ok(some);
  assert.equal(index.picture(some.id), Buffer.from(some.picture).toString('hex'));
  assert.equal(index.takenAt(some.id), some.takenAt);
});

test('photos that come and go take no memory but for their number', () => {
  const index = createPhotoIndex();
  const before = process.memoryUsage().arrayBuffers;
  const ids = 500_000;
  const atOnce = 100;
  for (let id = 1; id <= ids; id += 1) {
    index.put({ ...madePhoto(1, dice(id)), id });
    if (id > atOnce) index.remove(id - atOnce);
  }
  assert.equal(index.size, atOnce);
  const grownMb = (process.memoryUsage().arrayBuffers - before) / 1e6;
  // Four bytes each, and what was left behind when that grew; more than fifty each once.
  assert.ok(grownMb < 20, `${grownMb.toFixed(0)} MB`);
});

test('a word without any tag finds nothing', () => {
  const index = createPhotoIndex();
  index.put(madePhoto(1, dice(1)));
  assert.deepEqual(index.months(index.select({ ...everything, groups: [[]] })), []);
});

test('months are written as they are asked for', () => {
  assert.equal(monthText(monthNumber(2024, 5)), '2024-05');
  assert.equal(monthText(monthNumber(1899, 12)), '1899-12');
  for (const month of [monthNumber(2024, 12), monthNumber(1600, 1), monthNumber(50, 3)]) {
    assert.equal(monthAt(monthStart(month)), month);
    assert.equal(monthAt(monthStart(month) - 1), month - 1);
  }
});

test('tags beyond two bytes are counted like the others, before and after them', () => {
  const index = createPhotoIndex(4);
  const put = (id: number, tags: number[]) => {
    index.put({ id, picture: new Uint8Array(32), takenAt: 0, aspect: 1, tags, folders: [1] });
  };
  put(1, [5, 6]);
  put(2, [5, 70_000]);
  put(3, [70_000, 65_535]);
  const counts = index.tags(index.select(everything));
  assert.deepEqual(
    [...counts].sort(([a], [b]) => a - b),
    [
      [5, 2],
      [6, 1],
      [65_535, 1],
      [70_000, 2],
    ],
  );
});
