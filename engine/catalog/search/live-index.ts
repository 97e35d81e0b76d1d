/** Keeps the photo index in step with the catalog that another connection writes. */
import type { Database } from '../database.ts';
import { tagIds, unpackIds } from '../tag-blob.ts';
import { createPhotoIndex, type PhotoIndex } from './photo-index.ts';

/** Returns the index as the catalog is now; the first call reads every photo. */
export type LiveIndex = () => PhotoIndex;

type Row = [
  id: number,
  picture: Buffer,
  takenAt: number,
  width: number,
  height: number,
  tags: Buffer,
  places: Buffer,
];

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
  const all = db.prepare<[], Row>(`SELECT ${columns} FROM photos WHERE places <> x''`).raw();
  const changed = db
    .prepare<[number], Row>(`SELECT ${columns} FROM photos WHERE revision > ?`)
    .raw();
  const forgotten = db
    .prepare<[number], number>('SELECT photo FROM forgotten WHERE revision > ?')
    .pluck();
  let index: PhotoIndex | null = null;
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
  const update = db.transaction((): PhotoIndex => {
    const reached = newest.get() ?? 0;
    if (!index) {
      index = createPhotoIndex((highest.get() ?? 0) + 1_024);
      take(index, all.iterate());
    } else {
      for (const photo of forgotten.all(revision)) index.remove(photo);
      take(index, changed.iterate(revision));
    }
    revision = reached;
    return index;
  });

  return () => {
    const now = dataVersion.get() ?? 0;
    if (index && now === version) return index;
    const updated = update();
    version = now;
    return updated;
  };
}
