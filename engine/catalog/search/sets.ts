/** Which photos a query means, and what is counted over them: exact, from the index in memory. */
import type { Bucket, Query } from '../../../common/contract.ts';
import type { Database } from '../database.ts';
import type { Bits } from './bits.ts';
import { openLiveIndex } from './live-index.ts';
import { monthNumber, monthText, type PhotoIndex, type Selector } from './photo-index.ts';
import type { Words } from './words.ts';

/** A query whose words are understood. */
export interface Wanted extends Omit<Query, 'text'> {
  words: Words;
}

export interface Sets {
  timeline(wanted: Wanted): { total: number; months: { month: string; count: number }[] };
  bucket(wanted: Wanted, month: string): Bucket;
  /** Ids, newest first. */
  page(wanted: Wanted, limit: number, offset: number): { total: number; ids: number[] };
  /** Tags of the photos, most frequent first. */
  tags(wanted: Wanted): { counts: { name: string; count: number }[]; untagged: number };
}

export const everything: Wanted = {
  words: [],
  tags: [],
  without: [],
  folder: null,
  untagged: false,
};

export function openSets(db: Database): Sets {
  const live = openLiveIndex(db);
  const tagRows = db.prepare<[], { id: number; name: string }>('SELECT id, name FROM tags');
  const tagCount = db.prepare<[], number>('SELECT count(*) FROM tags').pluck();
  let names = new Map<number, string>();
  let ids = new Map<string, number>();

  function select(wanted: Wanted): { index: PhotoIndex; selected: Bits } {
    const index = live();
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

  return {
    timeline: (wanted) => {
      const { index, selected } = select(wanted);
      const months = index
        .months(selected)
        .map(([month, count]) => ({ month: monthText(month), count }));
      return { total: months.reduce((sum, { count }) => sum + count, 0), months };
    },
    bucket: (wanted, month) => {
      const { index, selected } = select(wanted);
      const [year = 0, of = 1] = month.split('-').map(Number);
      const photos = index.inMonth(selected, monthNumber(year, of));
      return {
        ids: photos,
        hashes: photos.map(index.picture),
        aspects: photos.map((id) => Math.round(index.aspect(id) * 10_000) / 10_000),
        takenAt: photos.map(index.takenAt),
      };
    },
    page: (wanted, limit, offset) => {
      const { index, selected } = select(wanted);
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
    tags: (wanted) => {
      const { index, selected } = select(wanted);
      const counts = [...index.tags(selected)]
        .map(([id, count]) => ({ name: names.get(id) ?? '', count }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
      return { counts, untagged: index.untagged(selected) };
    },
  };
}
