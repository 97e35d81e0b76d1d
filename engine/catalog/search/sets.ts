/**
 * Which photos a query means, and what is counted over them: exact, from the index in memory; the plain
 * timeline from the catalog while the index is being read.
 */
import type { Bucket, Query } from '../../../common/contract.ts';
import type { Database } from '../database.ts';
import type { Bits } from './bits.ts';
import { openLiveIndex } from './live-index.ts';
import { monthOf, monthText } from './month.ts';
import type { PhotoIndex, Selector } from './photo-index.ts';
import { openPlain, type PlainPhoto } from './plain.ts';
import type { Words } from './words.ts';

/** A query whose words are understood. */
export interface Wanted extends Omit<Query, 'text'> {
  words: Words;
}

export interface Sets {
  timeline(wanted: Wanted): Promise<{ total: number; months: { month: string; count: number }[] }>;
  bucket(wanted: Wanted, month: string): Promise<Bucket>;
  /** Ids, newest first. */
  page(wanted: Wanted, limit: number, offset: number): Promise<{ total: number; ids: number[] }>;
  /** Tags of the photos, most frequent first; `all`: photos that there are, wanted or not. */
  tags(
    wanted: Wanted,
  ): Promise<{ counts: { name: string; count: number }[]; untagged: number; all: number }>;
}

export const everything: Wanted = {
  words: [],
  tags: [],
  without: [],
  folder: null,
  untagged: false,
};

function isEverything({ words, tags, without, folder, untagged }: Wanted): boolean {
  return words.length + tags.length + without.length === 0 && folder === null && !untagged;
}

export function openSets(db: Database): Sets {
  const live = openLiveIndex(db);
  const plain = openPlain(db);
  const tagRows = db.prepare<[], { id: number; name: string }>('SELECT id, name FROM tags');
  const tagCount = db.prepare<[], number>('SELECT count(*) FROM tags').pluck();
  let names = new Map<number, string>();
  let ids = new Map<string, number>();

  async function select(wanted: Wanted): Promise<{ index: PhotoIndex; selected: Bits }> {
    const index = await live.ready();
    if (names.size !== tagCount.get()) {
      const rows = tagRows.all();
      names = new Map(rows.map(({ id, name }) => [id, name]));
      ids = new Map(rows.map(({ id, name }) => [name, id]));
    }
    return { index, selected: index.select(selector(wanted)) };
  }

  function selector({ words, tags, without, folder, untagged }: Wanted): Selector {
    const known = (all: readonly string[]) => all.flatMap((name) => ids.get(name) ?? []);
    const groups = [...words.map((word) => known(word.tags)), ...tags.map((tag) => known([tag]))];
    return { groups, without: known(without), folder, untagged };
  }

  async function monthsOf(wanted: Wanted): Promise<[month: number, count: number][]> {
    if (isEverything(wanted) && !live.now()) return plain.months();
    const { index, selected } = await select(wanted);
    return index.months(selected);
  }

  async function photosOf(wanted: Wanted, month: number): Promise<PlainPhoto[]> {
    if (isEverything(wanted) && !live.now()) return plain.inMonth(month);
    const { index, selected } = await select(wanted);
    return index.inMonth(selected, month).map((id) => ({
      id,
      picture: index.picture(id),
      aspect: index.aspect(id),
      takenAt: index.takenAt(id),
    }));
  }

  return {
    timeline: async (wanted) => {
      const months = await monthsOf(wanted);
      return {
        total: months.reduce((sum, [, count]) => sum + count, 0),
        months: months.map(([month, count]) => ({ month: monthText(month), count })),
      };
    },
    bucket: async (wanted, month) => {
      const photos = await photosOf(wanted, monthOf(month));
      return {
        ids: photos.map(({ id }) => id),
        hashes: photos.map(({ picture }) => picture),
        aspects: photos.map(({ aspect }) => Math.round(aspect * 10_000) / 10_000),
        takenAt: photos.map(({ takenAt }) => takenAt),
      };
    },
    page: async (wanted, limit, offset) => {
      const { index, selected } = await select(wanted);
      const months = index.months(selected);
      const total = months.reduce((sum, [, count]) => sum + count, 0);
      const found: number[] = [];
      let before = 0;
      for (const [month, count] of months) {
        if (found.length >= limit) break;
        if (before + count > offset)
          found.push(...index.inMonth(selected, month).slice(Math.max(0, offset - before)));
        before += count;
      }
      return { total, ids: found.slice(0, limit) };
    },
    tags: async (wanted) => {
      const { index, selected } = await select(wanted);
      const counts = [...index.tags(selected)]
        .map(([id, count]) => ({ name: names.get(id) ?? '', count }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
      return { counts, untagged: index.untagged(selected), all: index.size };
    },
  };
}
