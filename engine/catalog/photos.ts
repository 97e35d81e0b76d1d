/**
 * Photos, what the model and people said of them, and what follows: the tags and places of a photo are
 * derived by `refresh` alone; everything else in here is somebody's word and is never derived.
 */
import { createHash } from 'node:crypto';
import type { CameraFacts, Face, PhotoTag, TakenSource, Verdict } from '../../common/contract.ts';
import { effectiveTags, type Opinion } from '../vocabulary/effective.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { Database } from './database.ts';
import { openMemory } from './memory.ts';
import { packScores, unpackScores } from './score-blob.ts';
import { packIds, packTags, unpackTags } from './tag-blob.ts';

export interface PhotoFacts {
  /** Hex. */
  picture: string;
  /** A hash that the same photo may be known by from before; it takes the new one. */
  former?: string | null;
  format: string;
  width: number;
  height: number;
  damaged: boolean;
  taken: { wallMs: number; offsetMinutes: number | null; source: TakenSource };
  camera: CameraFacts;
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
  /** Only from a pack that looks for faces. */
  faces?: readonly Face[];
}

export interface Photos {
  /** Whether a picture (hex) has the scores of every active pack. */
  isScored(picture: string): boolean;
  /** The ids of the active packs. */
  readonly packs: readonly number[];
  /** Makes or updates a photo; `answers` (one an active pack) null keeps what is stored. Returns its id. */
  save(facts: PhotoFacts, answers: readonly PackAnswer[] | null): number;
  /** Derives the tags of a photo anew; to be called after its scores, decisions or places changed. */
  refresh(photo: number): void;
  /** A person's word, on disk before it returns. A null verdict takes it back. False: no such photo. */
  decide(photo: number, tag: string, verdict: Verdict | null, now: number): boolean;
  tagsOf(photo: number): PhotoTag[];
  /** The photo of a picture (hex). */
  idOf(picture: string): number | null;
  /** Forgets a photo that lies nowhere and that no person decided on; false where it stays. */
  forget(photo: number): boolean;
  /** The files of a root became those of another. */
  movePlaces(from: number, to: number): void;
  /** Another threshold of the main pack for everything that is derived from now on; null: its own. */
  setThreshold(threshold: number | null): void;
  /** Derives the tags of some more photos that lie somewhere, newest first, as they would be now. False: all are. */
  deriveSome(): boolean;
  /** True until the tags of every photo follow from what is known now. */
  readonly deriving: boolean;
}

/** Small enough that a call never waits long for it. */
const derivedAtOnce = 64;

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
  const find = db.prepare<[Buffer], { id: number; taken_at: number; taken_source: TakenSource }>(
    'SELECT id, taken_at, taken_source FROM photos WHERE picture = ?',
  );
  const insert = db.prepare(
    `INSERT INTO photos (picture, format, width, height, damaged, taken_at, taken_offset, taken_source, revision)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const rename = db.prepare<{ picture: Buffer; former: Buffer; revision: number }>(
    'UPDATE OR IGNORE photos SET picture = @picture, revision = @revision WHERE picture = @former',
  );
  // Two that were told apart may be the same now.
  const handOver = db.prepare<{ picture: Buffer; former: Buffer }>(
    `UPDATE OR IGNORE decisions SET photo = (SELECT id FROM photos WHERE picture = @picture)
     WHERE photo = (SELECT id FROM photos WHERE picture = @former)`,
  );
  // Another copy may have lost its metadata: what is known stays.
  const learn = db.prepare(
    `UPDATE photos SET camera = coalesce(?, camera), lens = coalesce(?, lens),
       focal_length_mm = coalesce(?, focal_length_mm), aperture = coalesce(?, aperture),
       exposure_seconds = coalesce(?, exposure_seconds), iso = coalesce(?, iso),
       latitude = coalesce(?, latitude), longitude = coalesce(?, longitude)
     WHERE id = ?`,
  );
  const updateTaken = db.prepare(
    'UPDATE photos SET taken_at = ?, taken_offset = ?, taken_source = ?, revision = ? WHERE id = ?',
  );
  const putScores = db.prepare<[number, number, Buffer]>(
    'INSERT OR REPLACE INTO scores (photo, pack, scores) VALUES (?, ?, ?)',
  );
  const getScores = db
    .prepare<[number, number], Buffer>('SELECT scores FROM scores WHERE photo = ? AND pack = ?')
    .pluck();
  const getOlder = db.prepare<[number, string], { scores: Buffer; threshold: number }>(
    `SELECT scores, threshold FROM scores JOIN packs ON packs.id = pack
     WHERE photo = ? AND pack NOT IN (SELECT value FROM json_each(?)) ORDER BY pack DESC LIMIT 1`,
  );
  const getDecisions = db.prepare<[number], { tag: number; verdict: Verdict }>(
    'SELECT tag, verdict FROM decisions WHERE photo = ?',
  );
  const foldersOf = db
    .prepare<[number], number>(
      `SELECT DISTINCT folder FROM files
       WHERE photo = ? AND state IN ('indexed', 'pending', 'reading') ORDER BY folder`,
    )
    .pluck();
  const exists = db.prepare<[number]>('SELECT 1 FROM photos WHERE id = ?');
  const putDerived = db.prepare<{ photo: number; places: Buffer; tags: Buffer; revision: number }>(
    `UPDATE photos SET places = @places, tags = @tags, revision = @revision
     WHERE id = @photo AND (places <> @places OR tags <> @tags)`,
  );
  const getTags = db.prepare<[number], Buffer>('SELECT tags FROM photos WHERE id = ?').pluck();
  // What a rolled back transaction took is not used again: the numbers only have to grow.
  let revision =
    db
      .prepare<[], number>(
        `SELECT max(coalesce((SELECT max(revision) FROM photos), 0),
                    coalesce((SELECT max(revision) FROM forgotten), 0))`,
      )
      .pluck()
      .get() ?? 0;
  const nextRevision = () => (revision += 1);
  const putDecision = db.prepare<[number, number, Verdict, number]>(
    'INSERT OR REPLACE INTO decisions (photo, tag, verdict, decided_at) VALUES (?, ?, ?, ?)',
  );
  const dropDecision = db.prepare<[number, number]>(
    'DELETE FROM decisions WHERE photo = ? AND tag = ?',
  );

  const forget = db.prepare<[number, number, number]>(
    `DELETE FROM photos WHERE id = ? AND NOT EXISTS (SELECT 1 FROM files WHERE photo = ?)
       AND NOT EXISTS (SELECT 1 FROM decisions WHERE photo = ?)`,
  );

  const remember = db.prepare<[number, number]>(
    'INSERT INTO forgotten (photo, revision) VALUES (?, ?)',
  );
  const clearFaces = db.prepare<[number]>('DELETE FROM faces WHERE photo = ?');
  const putFace = db.prepare(
    `INSERT INTO faces (photo, number, "left", top, width, height, score)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const putFaces = (photo: number, faces: readonly Face[]) => {
    clearFaces.run(photo);
    faces.forEach(({ left, top, width, height, score }, number) => {
      putFace.run(photo, number, left, top, width, height, score);
    });
  };
  const movePlaces = db.prepare<{ from: Buffer; to: Buffer; revision: number }>(
    'UPDATE photos SET places = @to, revision = @revision WHERE places = @from',
  );
  const placedIn = db
    .prepare<[Buffer], number>('SELECT id FROM photos WHERE instr(places, ?) > 0')
    .pluck();

  /** Until the main pack has judged a photo, what another said before stands for it. */
  const opinionsOn = (photo: number): Opinion[] => {
    const blobs = active.map(({ id, threshold }) => ({
      scores: getScores.get(photo, id),
      threshold,
    }));
    const older = blobs[0]?.scores === undefined ? getOlder.get(photo, activeIds) : undefined;
    return [...blobs, ...(older ? [older] : [])].map(({ scores, threshold }) => ({
      scores: unpackScores(scores, tagName),
      threshold,
    }));
  };
  const tagsFor = (photo: number): PhotoTag[] => {
    const opinions = opinionsOn(photo);
    const decisions = new Map(
      getDecisions.all(photo).map(({ tag, verdict }) => [tagName(tag), verdict]),
    );
    return [...effectiveTags(vocabulary, opinions, decisions).values()];
  };
  const refresh = (photo: number) => {
    const folders = foldersOf.all(photo);
    const tags = packTags(folders.length === 0 ? [] : tagsFor(photo), tagId);
    putDerived.run({ photo, places: packIds(folders), tags, revision: nextRevision() });
  };
  const memory = openMemory(db);
  const derivation = openDerivation(db, refresh);
  const want = () => {
    memory.set(
      'opinions',
      JSON.stringify(active.map(({ id, threshold }) => ({ pack: id, threshold }))),
    );
    derivation.want(derivationOf(vocabulary, active));
  };
  want();

  return {
    packs: active.map(({ id }) => id),
    isScored: (picture) => scoredBy.get(Buffer.from(picture, 'hex'), activeIds) === active.length,
    save: (facts, answers) => {
      const { picture, format, width, height, damaged, taken, camera } = facts;
      const key = Buffer.from(picture, 'hex');
      if (facts.former) {
        const hashes = { picture: key, former: Buffer.from(facts.former, 'hex') };
        rename.run({ ...hashes, revision: nextRevision() });
        handOver.run(hashes);
      }
      const when = [taken.wallMs, taken.offsetMinutes, taken.source] as const;
      const known = find.get(key);
      const id =
        known?.id ??
        Number(
          insert.run(key, format, width, height, damaged ? 1 : 0, ...when, nextRevision())
            .lastInsertRowid,
        );
      // A file's own time only grows as it is copied and written to: the first is nearest to when it was taken.
      const isNearer =
        known?.taken_source === 'mtime' && taken.source === 'mtime'
          ? taken.wallMs < known.taken_at
          : known && sourceRank[taken.source] >= sourceRank[known.taken_source];
      if (isNearer) updateTaken.run(...when, nextRevision(), id);
      const { lens, focalLengthMm, aperture, exposureSeconds, iso, place } = camera;
      const shot = [camera.camera, lens, focalLengthMm, aperture, exposureSeconds, iso];
      learn.run(...shot, place?.latitude ?? null, place?.longitude ?? null, id);
      answers?.forEach(({ scores, faces }, at) => {
        const pack = active[at];
        if (pack) putScores.run(id, pack.id, packScores(scores, tagId));
        if (faces) putFaces(id, faces);
      });
      return id;
    },
    refresh,
    decide: (photo, tag, verdict, now) => {
      // Who says 狗狗 or dog means 狗, unless that word was once given as a tag of its own.
      const id = tagId(tagIds.has(tag) ? tag : (vocabulary.meant(tag)?.name ?? tag));
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
    tagsOf: (photo) => unpackTags(getTags.get(photo) ?? Buffer.alloc(0), tagName),
    idOf: (picture) => find.get(Buffer.from(picture, 'hex'))?.id ?? null,
    forget: (photo) => {
      if (forget.run(photo, photo, photo).changes === 0) return false;
      remember.run(photo, nextRevision());
      return true;
    },
    movePlaces: (from, to) => {
      movePlaces.run({ from: packIds([from]), to: packIds([to]), revision: nextRevision() });
      for (const photo of placedIn.all(packIds([from]))) refresh(photo);
    },
    setThreshold: (threshold) => {
      const [main] = active;
      if (main) main.threshold = threshold ?? packs[0]?.threshold ?? main.threshold;
      want();
    },
    deriveSome: () => derivation.some(),
    get deriving() {
      return derivation.open;
    },
  };
}

function findPack(db: Database, { name, version, threshold }: ActivePack): number {
  db.prepare(
    `INSERT INTO packs (name, version, threshold) VALUES (?, ?, ?)
     ON CONFLICT (name, version) DO UPDATE SET threshold = excluded.threshold`,
  ).run(name, version, threshold);
  return Number(
    db.prepare('SELECT id FROM packs WHERE name = ? AND version = ?').pluck().get(name, version),
  );
}

/** Everything that tags follow from besides the rows themselves. */
function derivationOf(
  vocabulary: Vocabulary,
  packs: readonly (ActivePack & { id: number })[],
): string {
  return createHash('sha256')
    .update(JSON.stringify([vocabulary.tags, packs.map(({ id, threshold }) => [id, threshold])]))
    .digest('hex');
}

/**
 * Brings the tags after a change of what they follow from, a few photos at a time, newest first. How far
 * it came is in the catalog, so an engine that ends in the middle goes on there.
 */
function openDerivation(db: Database, refresh: (photo: number) => void) {
  const memory = openMemory(db);
  const next = db.prepare<{ takenAt: number; id: number }, { id: number; takenAt: number }>(
    `SELECT id, taken_at AS takenAt FROM photos
     WHERE places <> x'' AND taken_at <= @takenAt AND (taken_at < @takenAt OR id > @id)
     ORDER BY taken_at DESC, id LIMIT ${String(derivedAtOnce)}`,
  );
  const first = { takenAt: Number.MAX_SAFE_INTEGER, id: 0 };
  let goal = '';
  let reached: typeof first | null = null;

  const some = db.transaction(() => {
    if (!reached) return false;
    const rows = next.all(reached);
    for (const { id } of rows) refresh(id);
    reached = rows.at(-1) ?? null;
    if (reached) memory.set('deriving', JSON.stringify({ goal, reached }));
    else {
      memory.set('derived', goal);
      memory.delete('deriving');
    }
    return reached !== null;
  });
  return {
    want: (wanted: string) => {
      goal = wanted;
      reached = null;
      const stopped = JSON.parse(memory.get('deriving') ?? 'null') as {
        goal: string;
        reached: typeof first;
      } | null;
      if (stopped?.goal === wanted) reached = stopped.reached;
      else if (stopped !== null || memory.get('derived') !== wanted) reached = first;
    },
    some,
    get open() {
      return reached !== null;
    },
  };
}
