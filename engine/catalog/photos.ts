/**
 * Photos, what the model and people said of them, and the tags that follow. photo_tags is derived by
 * `refresh` alone; everything else in here is somebody's word and is never derived.
 */
import { createHash } from 'node:crypto';
import type { PhotoTag, TakenSource, Verdict } from '../../common/contract.ts';
import { effectiveTags, type Opinion } from '../vocabulary/effective.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { Database } from './database.ts';
import { packScores, unpackScores } from './score-blob.ts';

export interface PhotoFacts {
  /** Hex. */
  picture: string;
  format: string;
  width: number;
  height: number;
  damaged: boolean;
  taken: { wallMs: number; offsetMinutes: number | null; source: TakenSource };
}

/** A pack that photos are judged by now. */
export interface ActivePack {
  name: string;
  version: string;
  /** The score from which on its tags are believed. */
  threshold: number;
}

/** What one pack says of a photo. */
export interface PackAnswer {
  scores: ReadonlyMap<string, number>;
}

export interface Photos {
  /** Whether a picture (hex) has the scores of every active pack. */
  isScored(picture: string): boolean;
  /** Makes or updates a photo; `answers` (one an active pack) null keeps what is stored. Returns its id. */
  save(facts: PhotoFacts, answers: readonly PackAnswer[] | null): number;
  /** Derives the tags of a photo anew; to be called after its scores, decisions or places changed. */
  refresh(photo: number): void;
  /** A person's word, on disk before it returns. A null verdict takes it back. False: no such photo. */
  decide(photo: number, tag: string, verdict: Verdict | null, now: number): boolean;
  tagsOf(photo: number): PhotoTag[];
}

const sourceRank: Record<TakenSource, number> = { exif: 2, name: 1, mtime: 0 };

export function openPhotos(
  db: Database,
  vocabulary: Vocabulary,
  packs: readonly ActivePack[],
): Photos {
  const active = packs.map((pack) => ({ ...pack, id: findPack(db, pack) }));
  const tagIds = new Map<string, number>();
  const tagNames = new Map<number, string>();
  const know = ({ id, name }: { id: number; name: string }) => {
    tagIds.set(name, id);
    tagNames.set(id, name);
    return id;
  };
  db.prepare<[], { id: number; name: string }>('SELECT id, name FROM tags').all().forEach(know);
  const insertTag = db.prepare<[string]>('INSERT INTO tags (name) VALUES (?)');
  const tagId = (name: string) =>
    tagIds.get(name) ?? know({ id: Number(insertTag.run(name).lastInsertRowid), name });
  const tagName = (id: number) => tagNames.get(id) ?? '';
  // Ids are known before any transaction that could be rolled back uses them.
  db.transaction(() => {
    for (const { name } of vocabulary.tags) tagId(name);
  })();

  const scoredBy = db
    .prepare<[Buffer, string], number>(
      `SELECT count(*) FROM photos JOIN scores ON scores.photo = photos.id
       WHERE picture = ? AND pack IN (SELECT value FROM json_each(?))`,
    )
    .pluck();
  const activeIds = JSON.stringify(active.map(({ id }) => id));
  const find = db.prepare<[Buffer], { id: number; taken_source: TakenSource }>(
    'SELECT id, taken_source FROM photos WHERE picture = ?',
  );
  const insert = db.prepare(
    `INSERT INTO photos (picture, format, width, height, damaged, taken_at, taken_offset, taken_source)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateTaken = db.prepare(
    'UPDATE photos SET taken_at = ?, taken_offset = ?, taken_source = ? WHERE id = ?',
  );
  const putScores = db.prepare<[number, number, Buffer]>(
    'INSERT OR REPLACE INTO scores (photo, pack, scores) VALUES (?, ?, ?)',
  );
  const getScores = db
    .prepare<[number, number], Buffer>('SELECT scores FROM scores WHERE photo = ? AND pack = ?')
    .pluck();
  const getDecisions = db.prepare<[number], { tag: number; verdict: Verdict }>(
    'SELECT tag, verdict FROM decisions WHERE photo = ?',
  );
  const takenAt = db
    .prepare<[number], number>(
      `SELECT taken_at FROM photos WHERE id = ? AND EXISTS (
         SELECT 1 FROM files WHERE photo = photos.id AND state IN ('indexed', 'pending', 'reading'))`,
    )
    .pluck();
  const exists = db.prepare<[number]>('SELECT 1 FROM photos WHERE id = ?');
  const clearTags = db.prepare<[number]>('DELETE FROM photo_tags WHERE photo = ?');
  const putTag = db.prepare(
    'INSERT INTO photo_tags (tag, taken_at, photo, score, source) VALUES (?, ?, ?, ?, ?)',
  );
  const getTags = db.prepare<[number], PhotoTag>(
    'SELECT name, score, source FROM photo_tags JOIN tags ON tags.id = tag WHERE photo = ?',
  );
  const putDecision = db.prepare<[number, number, Verdict, number]>(
    'INSERT OR REPLACE INTO decisions (photo, tag, verdict, decided_at) VALUES (?, ?, ?, ?)',
  );
  const dropDecision = db.prepare<[number, number]>(
    'DELETE FROM decisions WHERE photo = ? AND tag = ?',
  );

  const refresh = (photo: number) => {
    clearTags.run(photo);
    const taken = takenAt.get(photo);
    if (taken === undefined) return;
    const opinions = active.map(({ id, threshold }): Opinion => {
      const scores = unpackScores(getScores.get(photo, id), tagName);
      return { scores, threshold };
    });
    const decisions = new Map(
      getDecisions.all(photo).map(({ tag, verdict }) => [tagName(tag), verdict]),
    );
    for (const tag of effectiveTags(vocabulary, opinions, decisions).values())
      putTag.run(tagId(tag.name), taken, photo, tag.score, tag.source);
  };
  refreshAllOnce(db, derivation(vocabulary, active), refresh);

  return {
    isScored: (picture) => scoredBy.get(Buffer.from(picture, 'hex'), activeIds) === active.length,
    save: (facts, answers) => {
      const { picture, format, width, height, damaged, taken } = facts;
      const key = Buffer.from(picture, 'hex');
      const when = [taken.wallMs, taken.offsetMinutes, taken.source] as const;
      const known = find.get(key);
      const id =
        known?.id ??
        Number(insert.run(key, format, width, height, damaged ? 1 : 0, ...when).lastInsertRowid);
      if (known && sourceRank[taken.source] >= sourceRank[known.taken_source])
        updateTaken.run(...when, id);
      answers?.forEach(({ scores }, at) => {
        const pack = active[at];
        if (pack) putScores.run(id, pack.id, packScores(scores, tagId));
      });
      return id;
    },
    refresh,
    decide: (photo, tag, verdict, now) => {
      const id = tagId(tag);
      const write = db.transaction(() => {
        if (!exists.get(photo)) return false;
        if (verdict) putDecision.run(photo, id, verdict, now);
        else dropDecision.run(photo, id);
        refresh(photo);
        return true;
      });
      // A person's word survives a power cut; the model's can be had again.
      db.pragma('synchronous = FULL');
      try {
        return write();
      } finally {
        db.pragma('synchronous = NORMAL');
      }
    },
    tagsOf: (photo) => getTags.all(photo),
  };
}

function findPack(db: Database, { name, version }: { name: string; version: string }): number {
  db.prepare('INSERT OR IGNORE INTO packs (name, version) VALUES (?, ?)').run(name, version);
  return Number(
    db.prepare('SELECT id FROM packs WHERE name = ? AND version = ?').pluck().get(name, version),
  );
}

/** Everything that photo_tags follows from besides the rows themselves. */
function derivation(
  vocabulary: Vocabulary,
  packs: readonly (ActivePack & { id: number })[],
): string {
  return createHash('sha256')
    .update(JSON.stringify([vocabulary.tags, packs.map(({ id, threshold }) => [id, threshold])]))
    .digest('hex');
}

function refreshAllOnce(db: Database, wanted: string, refresh: (photo: number) => void): void {
  const made = db.prepare("SELECT value FROM memory WHERE name = 'photo_tags'").pluck().get();
  if (made === wanted) return;
  db.transaction(() => {
    for (const photo of db.prepare<[], number>('SELECT id FROM photos').pluck().all())
      refresh(photo);
    db.prepare("INSERT OR REPLACE INTO memory (name, value) VALUES ('photo_tags', ?)").run(wanted);
  })();
}
