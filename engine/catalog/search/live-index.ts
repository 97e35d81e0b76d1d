/** Keeps the photo index in step with the catalog that another connection writes. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../database.ts';
import { tagIds, unpackIds } from '../tag-blob.ts';
import { createPhotoIndex, type PhotoIndex } from './photo-index.ts';

export interface LiveIndex {
  /** The index as the catalog is now; null until every photo was read once. */
  now(): PhotoIndex | null;
  /** Reads every photo the first time, in pieces: other questions are answered between them. */
  ready(): Promise<PhotoIndex>;
}

type Row = [
  id: number,
  picture: Buffer,
  takenAt: number,
  width: number,
  height: number,
  tags: Buffer,
  places: Buffer,
];

const piece = 4_096;

export function openLiveIndex(db: Database): LiveIndex {
  const columns = 'id, picture, taken_at, width, height, tags, places';
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  const newest = db
    .prepare<[], number>(
      `SELECT max(coalesce((SELECT max(revision) FROM photos), 0),
                  coalesce((SELECT max(revision) FROM forgotten), 0))`,
    )
    .pluck();
  const highest = db.prepare<[], number>('SELECT max(id) FROM photos').pluck();
  const after = db
    .prepare<[number, number], Row>(
      `SELECT ${columns} FROM photos WHERE id > ? AND id <= ? AND places <> x''`,
    )
    .raw();
  const changed = db
    .prepare<[number], Row>(`SELECT ${columns} FROM photos WHERE revision > ?`)
    .raw();
  const forgotten = db
    .prepare<[number], number>('SELECT photo FROM forgotten WHERE revision > ?')
    .pluck();
  let index: PhotoIndex | null = null;
  let loading: Promise<PhotoIndex> | null = null;
  let version = 0;
  let revision = 0;

  function take(into: PhotoIndex, rows: Iterable<Row>): void {
    for (const [id, picture, takenAt, width, height, tags, places] of rows)
      if (places.length === 0) into.remove(id);
      else
        into.put({
          id,
          picture,
          takenAt,
          aspect: width / height,
          tags: tagIds(tags),
          folders: unpackIds(places),
        });
  }

  // One transaction, so that rows and revision are of the same moment.
  const update = db.transaction((into: PhotoIndex) => {
    const reached = newest.get() ?? 0;
    for (const photo of forgotten.all(revision)) into.remove(photo);
    take(into, changed.iterate(revision));
    revision = reached;
  });

  function current(whole: PhotoIndex): PhotoIndex {
    const now = dataVersion.get() ?? 0;
    if (now !== version) update(whole);
    version = now;
    return whole;
  }

  async function load(): Promise<PhotoIndex> {
    // What changes while the pieces are read has a higher revision, and is taken in after them.
    revision = newest.get() ?? 0;
    const last = highest.get() ?? 0;
    const read = createPhotoIndex(last + 1_024);
    for (let from = 0; from < last; from += piece) {
      take(read, after.iterate(from, from + piece));
      await nextTurn();
    }
    index = read;
    return read;
  }

  return {
    now: () => index && current(index),
    ready: async () => {
      if (index) return current(index);
      // One that failed is tried anew with the next question.
      loading ??= load().finally(() => {
        loading = null;
      });
      return current(await loading);
    },
  };
}
