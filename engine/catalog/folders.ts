/** The watched roots: their rows, how they nest, and how a moved root is known again. */
import path from 'node:path';
import type { Database } from './database.ts';

export interface FolderRow {
  id: number;
  /** Absolute, links resolved. */
  path: string;
  online: boolean;
  /** device:inode of the root when it was last seen. */
  identity: string;
  /** Only the files that a person picked in it are taken in, and nothing below it. */
  picked: boolean;
}

export interface Covered {
  folder: FolderRow;
  /** The part of the root that was asked for, relative, '' for all of it. */
  directory: string;
}

/** A sample of a root's files: enough to tell whether another folder is the same root, moved. */
export interface Sample {
  relative: Buffer;
  size: number;
  mtimeNs: bigint;
}

export interface Folders {
  list(): FolderRow[];
  get(id: number): FolderRow;
  /** The root that a path lies in, with the rest of the path. */
  covering(absolute: string): Covered | null;
  /** Makes `absolute` a whole root; roots below it (`adopted`) become part of it. */
  add(absolute: string, identity: string): { folder: FolderRow; adopted: number[] };
  /** Makes `absolute` a root of picked files, or finds it as one. */
  addPicked(absolute: string, identity: string): FolderRow;
  /** Knows a root by another path; returns the roots at or below it, which became part of it where it is a whole one. */
  move(id: number, absolute: string, identity: string): number[];
  setOnline(id: number, online: boolean): void;
  hasFiles(id: number): boolean;
  /** Files of the root that show a photo. */
  photos(id: number): number;
  sample(id: number, limit: number): Sample[];
  /** From now on nobody sees the root; its rows go piece by piece. */
  startRemoval(id: number): void;
  /** Roots whose removal was started and not finished. */
  removals(): number[];
  /** Ends a removal: the root has no files any more. */
  remove(id: number): void;
}

export function openFolders(db: Database): Folders {
  const all = db.prepare<
    [],
    Omit<FolderRow, 'online' | 'picked'> & { online: number; picked: number }
  >('SELECT id, path, online, identity, picked FROM folders WHERE removed = 0 ORDER BY path');
  const insert = db
    .prepare<[string, string], number>(
      `INSERT INTO folders (path, identity) VALUES (?, ?)
       ON CONFLICT (path) DO UPDATE SET picked = 0 RETURNING id`,
    )
    .pluck();
  const insertPicked = db
    .prepare<[string, string], number>(
      `INSERT INTO folders (path, identity, picked) VALUES (?, ?, 1)
       ON CONFLICT (path) DO UPDATE SET identity = excluded.identity RETURNING id`,
    )
    .pluck();
  const adopt = db.prepare<[number, Buffer, Buffer, number]>(
    `UPDATE files SET folder = ?,
       directory = CASE directory WHEN x'' THEN ? ELSE CAST(? || '/' || directory AS BLOB) END
     WHERE folder = ?`,
  );
  // A part of a moved root may have been added anew before all of it was.
  const removeTwice = db.prepare<{ folder: number; below: number; prefix: Buffer }>(
    `DELETE FROM files WHERE folder = @below AND EXISTS (
       SELECT 1 FROM files AS known WHERE known.folder = @folder AND known.name = files.name
         AND known.directory = CASE files.directory WHEN x'' THEN @prefix
           ELSE CAST(@prefix || '/' || files.directory AS BLOB) END)`,
  );
  const remove = db.prepare<[number]>('DELETE FROM folders WHERE id = ?');
  const move = db.prepare<[string, string, number]>(
    'UPDATE folders SET path = ?, identity = ?, online = 1 WHERE id = ?',
  );
  const setOnline = db.prepare<[number, number]>('UPDATE folders SET online = ? WHERE id = ?');
  // Its path is free at once for a root that is added anew.
  const startRemoval = db.prepare<[number]>(
    'UPDATE folders SET removed = 1, online = 0, path = path || char(0) || id WHERE id = ?',
  );
  const removals = db.prepare<[], number>('SELECT id FROM folders WHERE removed = 1').pluck();
  const anyFile = db.prepare<[number]>(
    "SELECT 1 FROM tallies WHERE folder = ? AND state <> 'missing' AND files > 0",
  );
  const photos = db
    .prepare<[number], number>("SELECT files FROM tallies WHERE folder = ? AND state = 'indexed'")
    .pluck();
  const sample = db
    .prepare<[number, number], { directory: Buffer; name: Buffer; size: bigint; mtime_ns: bigint }>(
      `SELECT directory, name, size, mtime_ns FROM files
       WHERE folder = ? AND state <> 'missing' ORDER BY inode LIMIT ?`,
    )
    .safeIntegers();

  const list = () =>
    all.all().map((row) => ({ ...row, online: row.online === 1, picked: row.picked === 1 }));
  const get = (id: number) => {
    const found = list().find((folder) => folder.id === id);
    if (!found) throw new Error(`no folder ${String(id)}`);
    return found;
  };
  /** What lies at or below `absolute` becomes part of the root `id`. */
  const adoptAll = (id: number, absolute: string): number[] => {
    const adopted: number[] = [];
    for (const below of list()) {
      const directory = relativeTo(absolute, below.path);
      if (directory === null || below.id === id) continue;
      const prefix = Buffer.from(directory);
      removeTwice.run({ folder: id, below: below.id, prefix });
      adopt.run(id, prefix, prefix, below.id);
      remove.run(below.id);
      adopted.push(below.id);
    }
    return adopted;
  };
  return {
    list,
    get,
    covering: (absolute) => {
      for (const folder of list()) {
        const directory = relativeTo(folder.path, absolute);
        if (directory !== null && (directory === '' || !folder.picked))
          return { folder, directory };
      }
      return null;
    },
    add: db.transaction((absolute: string, identity: string) => {
      const id = insert.get(absolute, identity) ?? 0;
      const adopted = adoptAll(id, absolute);
      return { folder: get(id), adopted };
    }),
    addPicked: (absolute, identity) => get(insertPicked.get(absolute, identity) ?? 0),
    move: db.transaction((id: number, absolute: string, identity: string) => {
      const adopted = get(id).picked ? [] : adoptAll(id, absolute);
      move.run(absolute, identity, id);
      return adopted;
    }),
    setOnline: (id, online) => {
      setOnline.run(online ? 1 : 0, id);
    },
    startRemoval: (id) => {
      startRemoval.run(id);
    },
    removals: () => removals.all(),
    remove: (id) => {
      remove.run(id);
    },
    hasFiles: (id) => anyFile.get(id) !== undefined,
    photos: (id) => photos.get(id) ?? 0,
    sample: (id, limit) =>
      sample.all(id, limit).map((row) => ({
        relative: joinBytes(row.directory, row.name),
        size: Number(row.size),
        mtimeNs: row.mtime_ns,
      })),
  };
}

/** Path below `root` with '/' between its parts, '' for the root itself, null outside of it. */
export function relativeTo(root: string, absolute: string): string | null {
  const relative = path.relative(root, absolute);
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative))
    return null;
  return path.sep === '/' ? relative : relative.split(path.sep).join('/');
}

/** Joins parts of a path whose bytes need not be valid UTF-8. */
export function joinBytes(...parts: (Buffer | string)[]): Buffer {
  const slash = Buffer.from('/');
  return Buffer.concat(
    parts
      .map((part) => Buffer.from(part))
      .filter((part) => part.length > 0)
      .flatMap((part, at) => (at === 0 || part.equals(slash) ? [part] : [slash, part])),
  );
}
