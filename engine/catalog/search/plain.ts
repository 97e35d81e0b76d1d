/**
 * The timeline of all photos, straight from the catalog: what the window shows first, before every photo
 * was read into the index.
 */
import type { Database } from '../database.ts';
import { monthAt, monthStart } from './month.ts';

export interface PlainPhoto {
  id: number;
  /** Hex. */
  picture: string;
  aspect: number;
  takenAt: number;
}

export interface Plain {
  /** Photos by month number, newest month first. */
  months(): [month: number, count: number][];
  /** Photos of one month, newest first. */
  inMonth(month: number): PlainPhoto[];
}

export function openPlain(db: Database): Plain {
  const newestBefore = db
    .prepare<[number], number>(
      `SELECT taken_at FROM photos WHERE places <> x'' AND taken_at < ?
       ORDER BY taken_at DESC LIMIT 1`,
    )
    .pluck();
  const between = `places <> x'' AND taken_at >= ? AND taken_at < ?`;
  const count = db
    .prepare<[number, number], number>(`SELECT count(*) FROM photos WHERE ${between}`)
    .pluck();
  const photos = db.prepare<[number, number], PlainPhoto>(
    `SELECT id, lower(hex(picture)) AS picture, CAST(width AS REAL) / height AS aspect, taken_at AS takenAt
     FROM photos WHERE ${between} ORDER BY taken_at DESC, id`,
  );
  return {
    months: db.transaction(() => {
      const months: [number, number][] = [];
      // From one month that has photos to the next: each is a range of the index.
      let end = Number.MAX_SAFE_INTEGER;
      for (;;) {
        const newest = newestBefore.get(end);
        if (newest === undefined) return months;
        const month = monthAt(newest);
        const start = monthStart(month);
        months.push([month, count.get(start, end) ?? 0]);
        end = start;
      }
    }),
    inMonth: (month) => photos.all(monthStart(month), monthStart(month + 1)),
  };
}
