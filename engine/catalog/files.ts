/**
 * The files table: every place where a photo lies, and the queue of work. Owns the states of a file;
 * ARCHITECTURE.md has the table of transitions.
 */
import type { Reason } from '../../common/contract.ts';
import type { Stamp } from '../stamp.ts';
import type { Database } from './database.ts';
import { joinBytes } from './folders.ts';

export interface SeenFile {
  name: Buffer;
  stamp: Stamp;
  /** Names of files that are a part of this one. */
  companions?: readonly string[];
}

export interface ClaimedFile {
  id: number;
  /** The root it lies in. */
  folder: number;
  /** Absolute, bytes as they are. */
  path: Buffer;
}

export interface Claim {
  /** These files must be read one at a time, with nothing else in flight. */
  alone: boolean;
  files: ClaimedFile[];
}

export interface Counts {
  pending: number;
  indexed: number;
  failed: number;
  skipped: number;
}

export interface Files {
  /**
   * Puts the files an engine left in flight back into the queue; to be called once after opening. `shown`: the
   * photos they showed before.
   */
  recover(): { count: number; shown: number[] };
  /**
   * One directory as the walk found it. Unchanged files stay, changed and new ones become pending, a
   * moved or linked file takes over what is known of it, and what is no longer there becomes missing, or is
   * forgotten where no photo is known of it.
   * Returns the photos whose places changed.
   */
  seen(folder: number, directory: Buffer, entries: SeenFile[], live: boolean): number[];
  /** Takes files of a root's own directory in, and leaves all others as they are. */
  pick(folder: number, picked: readonly SeenFile[]): number[];
  /** Names of the known files in a root's own directory. */
  names(folder: number): Buffer[];
  /** Directories at or below `directory` that hold known files. */
  directories(folder: number, directory: Buffer): Buffer[];
  /**
   * Takes at most `limit` pending files into `reading`: new ones first, then newest first. A file that
   * must be read alone is taken only while `inFlight` is 0; until then the claim is empty.
   */
  claim(limit: number, inFlight: number): Claim;
  /**
   * Ends a reading. A file that was changed since (its stamp is another) goes back to the queue.
   * Returns the photo the file showed before.
   */
  settle(id: number, outcome: Settled): number | null;
  /** Back to the queue: it changed while it was read, or the work could not be done now. */
  requeue(id: number): void;
  /**
   * It was too slow in company: read it again alone; too slow alone twice, it fails. Returns the photo the file
   * showed before.
   */
  retryAlone(id: number): number | null;
  /** It is no longer there. Returns the photo it showed before. */
  missing(id: number): number | null;
  /** Whether it is being read: what becomes of any other file is nobody's business any more. */
  isReading(id: number): boolean;
  /**
   * Looks at some files after `after` and takes those whose photo lacks the scores of one of `packs` back
   * into the queue, one a photo: the first whose root is there. Returns the last one looked at, null when none is left.
   */
  requeueUnscored(packs: readonly number[], after: number): number | null;
  /** Failed and skipped files, or some of them, go back into the queue. Returns how many. */
  retry(ids: readonly number[] | null): number;
  /** The disk of a root is there again: what it could not give of its files is asked for once more. */
  retryUnread(folder: number): void;
  /** Forgets some files of a root; returns the photos that lay there, null when no file is left. */
  forget(folder: number): number[] | null;
  counts(): Counts;
}

export type Settled =
  | { state: 'indexed'; photo: number; stamp: Stamp; now: number }
  | { state: 'failed' | 'skipped'; reason: Reason; stamp: Stamp | null; now: number };

interface Row {
  id: bigint;
  name: Buffer;
  size: bigint;
  mtime_ns: bigint;
  device: bigint;
  inode: bigint;
  state: string;
  photo: bigint | null;
  companions: string;
}

/** A death or a time-out while alone counts; the second one is the file's fault. */
const attemptsAllowed = 2;
const forgottenAtOnce = 500;
/** Also where none is to be taken: a start must not wait until a million rows are looked through. */
const lookedAtAtOnce = 2_000;

export function openFiles(db: Database): Files {
  const selectRows =
    'SELECT id, name, size, mtime_ns, device, inode, state, photo, companions FROM files';
  const inDirectory = db
    .prepare<[number, Buffer], Row>(
      `${selectRows}
       WHERE folder = ? AND directory = ?`,
    )
    .safeIntegers();
  const named = db
    .prepare<[number, Buffer, Buffer], Row>(
      `${selectRows}
       WHERE folder = ? AND directory = ? AND name = ?`,
    )
    .safeIntegers();
  const sameFile = db
    .prepare<[bigint, bigint, number, bigint], Row>(
      `${selectRows}
       WHERE device = ? AND inode = ? AND size = ? AND mtime_ns = ?
         AND (state IN ('indexed', 'failed', 'skipped') OR (state = 'missing' AND photo IS NOT NULL))
       LIMIT 1`,
    )
    .safeIntegers();
  const otherPlace = db.prepare<[bigint, bigint, bigint]>(
    "SELECT 1 FROM files WHERE device = ? AND inode = ? AND id <> ? AND state <> 'missing'",
  );
  const insert = db.prepare(
    `INSERT INTO files (folder, directory, name, size, mtime_ns, device, inode, state, live)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?)`,
  );
  const insertKnown = db.prepare(
    `INSERT INTO files (folder, directory, name, size, mtime_ns, device, inode, state, reason,
                        reason_detail, photo, settled_at)
     SELECT ?, ?, ?, size, mtime_ns, device, inode,
            CASE WHEN photo IS NULL THEN state ELSE 'indexed' END, reason, reason_detail, photo, settled_at
     FROM files WHERE id = ?`,
  );
  // A file in flight stays there: the pipeline finds out when it settles.
  const changed = db.prepare(
    `UPDATE files SET size = ?, mtime_ns = ?, device = ?, inode = ?, live = ?,
       alone = CASE state WHEN 'reading' THEN alone ELSE 0 END,
       attempts = CASE state WHEN 'reading' THEN attempts ELSE 0 END,
       state = CASE state WHEN 'reading' THEN 'reading' ELSE 'pending' END,
       reason = NULL, reason_detail = NULL WHERE id = ?`,
  );
  const renumber = db.prepare<[bigint, bigint, bigint]>(
    'UPDATE files SET device = ?, inode = ? WHERE id = ?',
  );
  const setCompanions = db.prepare<[string, number, Buffer, Buffer]>(
    'UPDATE files SET companions = ? WHERE folder = ? AND directory = ? AND name = ?',
  );
  const revive = db.prepare<[bigint]>(
    "UPDATE files SET state = CASE WHEN photo IS NULL THEN 'pending' ELSE 'indexed' END WHERE id = ?",
  );
  // What was not read as it is now is known by no size: its photo may be what the file showed before it was changed.
  const toMissing = db.prepare<[bigint | number]>(
    `UPDATE files SET size = CASE WHEN state IN ('pending', 'reading') THEN -1 ELSE size END,
       state = 'missing', alone = 0, attempts = 0 WHERE id = ?`,
  );
  const remove = db.prepare<[bigint]>('DELETE FROM files WHERE id = ?');
  // A picked file is asked for by its name, and one in flight is the pipeline's.
  const removeUnknown = db.prepare<[bigint | number]>(
    `DELETE FROM files WHERE id = ? AND photo IS NULL AND state <> 'reading'
       AND folder IN (SELECT id FROM folders WHERE picked = 0)`,
  );
  const directories = db
    .prepare<[number], Buffer>(
      "SELECT DISTINCT directory FROM files WHERE folder = ? AND state <> 'missing'",
    )
    .pluck();
  // Asked for with every new directory: of the whole root only the range is read that it lies in.
  const directoriesIn = db
    .prepare<Record<'at' | 'below' | 'beyond', Buffer> & { folder: number }, Buffer>(
      `SELECT DISTINCT directory FROM files WHERE folder = @folder AND state <> 'missing'
         AND directory >= @at AND directory < @beyond AND (directory = @at OR directory >= @below)`,
    )
    .pluck();

  const claimable = `SELECT files.id, folder, folders.path AS root, directory, name, live, mtime_ns
     FROM files JOIN folders ON folders.id = files.folder
     WHERE state = 'pending' AND online = 1`;
  interface Claimable {
    id: number;
    folder: number;
    root: string;
    directory: Buffer;
    name: Buffer;
    live: number;
    mtime_ns: number;
  }
  // A file that already died alone waits until nothing else is left, so that kills from outside, which
  // hit whatever is being read, do not hit the same innocent twice.
  const queues = {
    suspects: db.prepare<[number], Claimable>(
      `${claimable} AND alone = 1 AND attempts = 0 LIMIT ?`,
    ),
    ordinary: db.prepare<[number, number], Claimable>(
      `${claimable} AND alone = 0 AND folder = ? ORDER BY live DESC, mtime_ns DESC LIMIT ?`,
    ),
    doubtful: db.prepare<[number], Claimable>(`${claimable} AND alone = 1 LIMIT ?`),
  };
  const queuedFolders = db
    .prepare<[], number>(
      `SELECT folder FROM tallies JOIN folders ON folders.id = folder
       WHERE state = 'pending' AND files > 0 AND online = 1`,
    )
    .pluck();
  /** The first of every root's own queue. */
  const newest = (limit: number): Claimable[] =>
    queuedFolders
      .all()
      .flatMap((folder) => queues.ordinary.all(folder, limit))
      .sort((a, b) => b.live - a.live || b.mtime_ns - a.mtime_ns)
      .slice(0, limit);
  const toReading = db.prepare<[number]>("UPDATE files SET state = 'reading' WHERE id = ?");
  const take = (rows: readonly Claimable[]): ClaimedFile[] => {
    for (const { id } of rows) toReading.run(id);
    return rows.map(({ id, folder, root, directory, name }) => ({
      id,
      folder,
      path: joinBytes(root, directory, name),
    }));
  };

  const inFlightRow = db
    .prepare<[number], { photo: bigint | null; size: bigint; mtime_ns: bigint }>(
      "SELECT photo, size, mtime_ns FROM files WHERE id = ? AND state = 'reading'",
    )
    .safeIntegers();
  const restamp = db.prepare('UPDATE files SET size = ?, mtime_ns = ? WHERE id = ?');
  const toIndexed = db.prepare(
    `UPDATE files SET state = 'indexed', photo = ?, device = ?, inode = ?,
       settled_at = ?, reason = NULL, reason_detail = NULL, live = 0, alone = 0, attempts = 0
     WHERE id = ? AND state = 'reading'`,
  );
  const toRefused = db.prepare(
    `UPDATE files SET state = ?, reason = ?, reason_detail = ?, settled_at = ?, photo = NULL,
       live = 0, alone = 0, attempts = 0
     WHERE id = ? AND state = 'reading'`,
  );
  const requeue = db.prepare<[number]>(
    "UPDATE files SET state = 'pending' WHERE id = ? AND state = 'reading'",
  );
  const suspect = (which: string) =>
    `UPDATE files SET
       attempts = attempts + alone,
       reason = CASE WHEN attempts + alone >= ${String(attemptsAllowed)} THEN @reason END,
       settled_at = CASE WHEN attempts + alone >= ${String(attemptsAllowed)} THEN @now END,
       state = CASE WHEN attempts + alone >= ${String(attemptsAllowed)} THEN 'failed' ELSE 'pending' END,
       photo = CASE WHEN attempts + alone >= ${String(attemptsAllowed)} THEN NULL ELSE photo END,
       alone = 1
     WHERE state = 'reading' ${which}`;
  const retry = db.prepare<{ ids: string | null }>(
    `UPDATE files SET state = 'pending', alone = 0, attempts = 0, reason = NULL, reason_detail = NULL
     WHERE state IN ('failed', 'skipped')
       AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))`,
  );
  const retryUnread = db.prepare<[number]>(
    `UPDATE files SET state = 'pending', reason = NULL, reason_detail = NULL
     WHERE folder = ? AND state = 'failed' AND reason = 'read-error'`,
  );
  const lastOfNext = db
    .prepare<[number], number | null>(
      `SELECT max(id) FROM (SELECT id FROM files WHERE id > ? ORDER BY id LIMIT ${String(lookedAtAtOnce)})`,
    )
    .pluck();
  const requeueUnscored = db.prepare<{
    packs: string;
    count: number;
    after: number;
    last: number;
  }>(
    `UPDATE files SET state = 'pending', live = 0
     WHERE id > @after AND id <= @last AND state = 'indexed' AND photo IS NOT NULL
       AND (SELECT count(*) FROM scores WHERE scores.photo = files.photo
            AND pack IN (SELECT value FROM json_each(@packs))) < @count
       AND NOT EXISTS (SELECT 1 FROM files AS other JOIN folders ON folders.id = other.folder
            WHERE other.photo = files.photo AND other.state IN ('indexed', 'pending', 'reading')
              AND (online, files.id) > ((SELECT online FROM folders WHERE id = files.folder), other.id))`,
  );
  const someOf = db.prepare<[number], { id: number; photo: number | null }>(
    `SELECT id, photo FROM files WHERE folder = ? LIMIT ${String(forgottenAtOnce)}`,
  );
  const inFlightPhotos = db
    .prepare<[], bigint | null>("SELECT photo FROM files WHERE state = 'reading'")
    .pluck()
    .safeIntegers();
  const recover = db.prepare(suspect(''));
  const retryAlone = db.prepare(suspect('AND id = @id'));
  // What waits on an unplugged disk is no work that could be done now.
  const count = db.prepare<[], { state: string; n: number }>(
    `SELECT state, sum(files) AS n FROM tallies JOIN folders ON folders.id = folder
     WHERE removed = 0 AND (online = 1 OR state <> 'pending') GROUP BY state`,
  );

  function seenOne(
    folder: number,
    directory: Buffer,
    file: SeenFile,
    row: Row | undefined,
    live: boolean,
  ) {
    const { size, mtimeNs, device, inode } = file.stamp;
    if (!row) {
      const known = sameFile.get(device, inode, size, mtimeNs);
      if (!known) {
        insert.run(folder, directory, file.name, size, mtimeNs, device, inode, live ? 1 : 0);
        return null;
      }
      insertKnown.run(folder, directory, file.name, known.id);
      if (known.state === 'missing') remove.run(known.id);
      return known.photo;
    }
    if (row.size !== BigInt(size) || row.mtime_ns !== mtimeNs) {
      changed.run(size, mtimeNs, device, inode, live ? 1 : 0, row.id);
      return row.state === 'missing' ? row.photo : null;
    }
    if (row.device !== device || row.inode !== inode) renumber.run(device, inode, row.id);
    if (row.state !== 'missing') return null;
    revive.run(row.id);
    return row.photo;
  }

  function photoInFlight(id: number): number | null {
    const row = inFlightRow.get(id);
    return row?.photo == null ? null : Number(row.photo);
  }

  function goneOne(row: Row): bigint | null {
    if (row.state === 'missing') {
      // It went while it was in flight.
      removeUnknown.run(row.id);
      return null;
    }
    if (otherPlace.get(row.device, row.inode, row.id)) remove.run(row.id);
    else if (removeUnknown.run(row.id).changes === 0) toMissing.run(row.id);
    return row.photo;
  }

  return {
    recover: () => {
      const shown = numbersOf(inFlightPhotos.all());
      const { changes } = recover.run({ reason: 'crashed', now: Date.now() });
      return { count: changes, shown };
    },
    seen: db.transaction(
      (folder: number, directory: Buffer, entries: SeenFile[], live: boolean) => {
        const rows = new Map(
          inDirectory.all(folder, directory).map((row) => [row.name.toString('latin1'), row]),
        );
        const photos: (bigint | null)[] = [];
        for (const entry of entries) {
          const key = entry.name.toString('latin1');
          const companions = entry.companions?.join('/') ?? '';
          photos.push(seenOne(folder, directory, entry, rows.get(key), live));
          if (companions !== (rows.get(key)?.companions ?? ''))
            setCompanions.run(companions, folder, directory, entry.name);
          rows.delete(key);
        }
        for (const row of rows.values()) photos.push(goneOne(row));
        return numbersOf(photos);
      },
    ),
    pick: db.transaction((folder: number, picked: readonly SeenFile[]) => {
      const root = Buffer.alloc(0);
      const photos = picked.map((file) =>
        seenOne(folder, root, file, named.get(folder, root, file.name), true),
      );
      return numbersOf(photos);
    }),
    names: (folder) => inDirectory.all(folder, Buffer.alloc(0)).map(({ name }) => name),
    directories: (folder, directory) => {
      if (directory.length === 0) return directories.all(folder);
      const below = Buffer.concat([directory, Buffer.from('/')]);
      const beyond = Buffer.concat([directory, Buffer.from('0')]);
      return directoriesIn.all({ folder, at: directory, below, beyond });
    },
    claim: db.transaction((limit: number, inFlight: number): Claim => {
      const isFree = inFlight === 0 ? 1 : 0;
      if (queues.suspects.get(1)) return { alone: true, files: take(queues.suspects.all(isFree)) };
      const files = take(newest(limit));
      if (files.length > 0) return { alone: false, files };
      return { alone: true, files: take(queues.doubtful.all(isFree)) };
    }),
    settle: (id, outcome) => {
      const row = inFlightRow.get(id);
      if (!row) return null;
      const { stamp } = outcome;
      if (stamp && (row.size !== BigInt(stamp.size) || row.mtime_ns !== stamp.mtimeNs)) {
        restamp.run(stamp.size, stamp.mtimeNs, id);
        requeue.run(id);
        return null;
      }
      if (outcome.state === 'indexed') {
        const { device, inode } = outcome.stamp;
        toIndexed.run(outcome.photo, device, inode, outcome.now, id);
      } else {
        const { state, reason, now } = outcome;
        toRefused.run(state, reason.code, reason.detail, now, id);
      }
      return row.photo === null ? null : Number(row.photo);
    },
    requeue: (id) => {
      requeue.run(id);
    },
    retryAlone: (id) => {
      const before = photoInFlight(id);
      retryAlone.run({ reason: 'timed-out', now: Date.now(), id });
      return before;
    },
    missing: (id) => {
      const before = photoInFlight(id);
      toMissing.run(id);
      removeUnknown.run(id);
      return before;
    },
    isReading: (id) => inFlightRow.get(id) !== undefined,
    requeueUnscored: (packs, after) => {
      const last = lastOfNext.get(after) ?? null;
      if (last !== null)
        requeueUnscored.run({ packs: JSON.stringify(packs), count: packs.length, after, last });
      return last;
    },
    retry: (ids) => retry.run({ ids: ids === null ? null : JSON.stringify(ids) }).changes,
    retryUnread: (folder) => {
      retryUnread.run(folder);
    },
    forget: db.transaction((folder: number) => {
      const rows = someOf.all(folder);
      for (const { id } of rows) remove.run(BigInt(id));
      return rows.length === 0 ? null : rows.flatMap(({ photo }) => photo ?? []);
    }),
    counts: () => {
      const by = new Map(count.all().map(({ state, n }) => [state, n]));
      const of = (...states: string[]) =>
        states.reduce((sum, state) => sum + (by.get(state) ?? 0), 0);
      return {
        pending: of('pending', 'reading'),
        indexed: of('indexed'),
        failed: of('failed'),
        skipped: of('skipped'),
      };
    },
  };
}

function numbersOf(photos: readonly (bigint | null)[]): number[] {
  return photos.flatMap((photo) => (photo === null ? [] : [Number(photo)]));
}
