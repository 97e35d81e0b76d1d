/** Which photos a query means, and what is counted over them. */
import type { Bucket, Query, Result } from '../../../common/contract.ts';
import type { Database } from '../database.ts';
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

interface Condition {
  where: string;
  params: (string | number)[];
}

const newest = 'ORDER BY taken_at DESC, id';
const present = "state IN ('indexed', 'pending', 'reading')";

export function openSets(db: Database): Sets {
  const tagByName = db.prepare<[string], number>('SELECT id FROM tags WHERE name = ?').pluck();

  function condition({ words, tags, without, folder, untagged }: Wanted): Condition {
    const where: string[] = [];
    const params: (string | number)[] = [];
    const having = (names: readonly string[], not = '') => {
      where.push(
        `id ${not} IN (SELECT photo FROM photo_tags WHERE tag IN (SELECT value FROM json_each(?)))`,
      );
      params.push(JSON.stringify(names.flatMap((name) => tagByName.get(name) ?? [])));
    };
    for (const word of words) having(word.tags);
    for (const tag of tags) having([tag]);
    if (without.length > 0) having(without, 'NOT');
    if (untagged) where.push('NOT EXISTS (SELECT 1 FROM photo_tags WHERE photo = photos.id)');
    const inFolder = folder === null ? '' : 'AND folder = ?';
    where.push(`EXISTS (SELECT 1 FROM files WHERE photo = photos.id AND ${present} ${inFolder})`);
    if (folder !== null) params.push(folder);
    return { where: where.join(' AND '), params };
  }

  return {
    timeline: (wanted) => {
      const { where, params } = condition(wanted);
      const months = db
        .prepare<unknown[], { month: string; count: number }>(
          `SELECT strftime('%Y-%m', taken_at / 1000, 'unixepoch') AS month, count(*) AS count
           FROM photos WHERE ${where} GROUP BY 1 ORDER BY 1 DESC`,
        )
        .all(...params);
      return { total: months.reduce((sum, { count }) => sum + count, 0), months };
    },
    bucket: (wanted, month) => {
      const { where, params } = condition(wanted);
      const [from, to] = monthRange(month);
      const rows = db
        .prepare<
          unknown[],
          { id: number; picture: Buffer; width: number; height: number; taken_at: number }
        >(
          `SELECT id, picture, width, height, taken_at FROM photos
           WHERE taken_at >= ? AND taken_at < ? AND ${where} ${newest}`,
        )
        .all(from, to, ...params);
      return {
        ids: rows.map(({ id }) => id),
        hashes: rows.map(({ picture }) => picture.toString('hex')),
        aspects: rows.map(({ width, height }) => width / height),
        takenAt: rows.map((row) => row.taken_at),
      };
    },
    page: (wanted, limit, offset) => {
      const { where, params } = condition(wanted);
      const total = db
        .prepare<unknown[], number>(`SELECT count(*) FROM photos WHERE ${where}`)
        .pluck()
        .get(...params);
      const ids = db
        .prepare<unknown[], number>(
          `SELECT id FROM photos WHERE ${where} ${newest} LIMIT ? OFFSET ?`,
        )
        .pluck()
        .all(...params, limit, offset);
      return { total: total ?? 0, ids };
    },
    tags: (wanted) => {
      const { where, params } = condition(wanted);
      const counts = db
        .prepare<unknown[], { name: string; count: number }>(
          `SELECT name, count(*) AS count FROM photo_tags JOIN tags ON tags.id = tag
           WHERE photo IN (SELECT id FROM photos WHERE ${where})
           GROUP BY tag ORDER BY count DESC, name`,
        )
        .all(...params);
      const untagged = condition({ ...wanted, untagged: true });
      const none = db
        .prepare<unknown[], number>(`SELECT count(*) FROM photos WHERE ${untagged.where}`)
        .pluck()
        .get(...untagged.params);
      return { counts, untagged: none ?? 0 };
    },
  };
}

/** The month's first instant and the next one's, wall ms. */
function monthRange(month: string): [from: number, to: number] {
  const [year = 0, of = 1] = month.split('-').map(Number);
  return [Date.UTC(year, of - 1), Date.UTC(year, of)];
}

export const everything: Wanted = {
  words: [],
  tags: [],
  without: [],
  folder: null,
  untagged: false,
};

export type TagTree = Result<'tags.tree'>;
