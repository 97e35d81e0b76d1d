/**
 * Folders as they are on disk: scans them and watches them, and tells the catalog. The scan is the truth;
 * the watcher only says which directory to scan again.
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractError, type Folder } from '../common/contract.ts';
import type { Catalog } from './catalog/catalog.ts';
import { isDamage, isSqlite } from './catalog/database.ts';
import type { SeenFile } from './catalog/files.ts';
import { joinBytes, relativeTo, type Covered, type FolderRow } from './catalog/folders.ts';
import { readGiven, type Given, type Root } from './root.ts';
import { openWalker, type Walked } from './walker.ts';
import { openWatcher } from './watcher.ts';

export interface FolderScanner {
  /**
   * Takes folders and single files (absolute) in and scans them; of a file's folder nothing else is taken.
   * Throws `folder-missing`, or `own-folder` in the library, before anything is changed.
   */
  add(paths: string[]): Promise<Folder[]>;
  /** Scans every known folder after a while; with watching on, keeps watching them. */
  start(afterMs: number): void;
  /** Leaves a root alone from now on; its rows are the caller's to take out. Throws `not-found`. */
  remove(folder: number): void;
  list(): Folder[];
  /** Looks whether a known root is away, and from then on counts it as offline. */
  isAway(folder: number): Promise<boolean>;
  readonly scanning: boolean;
  /** The catalog has no space for what was found: the scan waits and tries again. */
  readonly diskFull: boolean;
  /** Directories that the system would not watch. */
  readonly unwatched: number;
  close(): Promise<void>;
}

export interface ScannerOptions {
  catalog: Catalog;
  /** The app's own folder, never scanned. */
  library: string;
  watch: boolean;
  /** Files were added, changed or went, or a folder's state changed. */
  onChange: () => void;
  /** Photos that were known came, went or lie elsewhere now. */
  onPhotos: () => void;
  /** A root went away. */
  onAway: () => void;
}

interface Part {
  folder: number;
  /** Relative, '/' between parts, '' for the root; bytes as they are. */
  directory: Buffer;
  recursive: boolean;
  live: boolean;
}

const settleMs = 400;
const retryFullMs = 5_000;
const rootCheckMs = 5_000;
const rescanMs = { watched: 3_600_000, unwatched: 45_000 };
const sampleSize = 32;
const listedAhead = 4;

export function openFolderScanner(options: ScannerOptions): FolderScanner {
  const { catalog, onChange, onPhotos, onAway } = options;
  // As roots are: a thumbnail that counted as a photo would have a thumbnail of its own, and so on.
  const library = realpathSync.native(options.library);
  const { folders, files } = catalog;
  const queue: Part[] = [];
  const walker = openWalker();
  const watcher = openWatcher(library);
  const dirty = new Map<string, Part>();
  const lastScan = new Map<number, number>();
  let current: Part | null = null;
  let settling: NodeJS.Timeout | null = null;
  let starting: NodeJS.Timeout | null = null;
  let diskFull = false;
  let closing = false;
  const ending = new AbortController();

  function enqueue(part: Part): void {
    const covers = (other: Part) =>
      other.folder === part.folder &&
      (other.directory.equals(part.directory)
        ? other.recursive || !part.recursive
        : other.recursive && isBelow(part.directory, other.directory));
    if (closing || queue.some(covers)) return;
    queue.push(part);
    if (queue.length === 1 && !current) void run();
  }

  async function run(): Promise<void> {
    for (let part = queue.shift(); part && !closing; part = queue.shift()) {
      current = part;
      try {
        await scan(part);
        diskFull = false;
      } catch (error) {
        if (isDamage(error)) throw error;
        diskFull = isSqlite(error, 'SQLITE_FULL');
        if (!diskFull) console.error('scan', error);
        else queue.unshift(part);
      }
      if (!diskFull) continue;
      onChange();
      await sleep(retryFullMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    current = null;
    onChange();
  }

  async function scan(part: Part): Promise<void> {
    const folder = folders.list().find(({ id }) => id === part.folder);
    if (!folder) return;
    if (part.directory.length === 0) lastScan.set(folder.id, Date.now());
    const identity = here(folder, (await walker.find(folder.path, [])).root);
    if (identity === null) {
      setOnline(folder, false);
      return;
    }
    if (identity !== folder.identity) folders.move(folder.id, folder.path, identity);
    setOnline(folder, true);
    if (options.watch) watchFolder(folder);

    const visited = new Set<string>();
    const unreadable: Buffer[] = [];
    const open = [folder.picked ? Buffer.alloc(0) : part.directory];
    const asked: { directory: Buffer; walked: Promise<Walked> }[] = [];
    const ask = (directory: Buffer) => ({
      directory,
      walked: folder.picked
        ? walker.find(folder.path, files.names(folder.id))
        : walker.list(folder.path, joinBytes(folder.path, directory)),
    });
    for (;;) {
      // The thread lists some directories ahead while the catalog compares.
      while (asked.length < listedAhead) {
        const next = open.pop();
        if (!next) break;
        asked.push(ask(next));
      }
      const next = asked.shift();
      if (!next || closing) break;
      const { directory } = next;
      const { listing, root } = await next.walked;
      // A disk that went away in the middle looks like deleted files: only a root that is still the
      // same after the listing makes the listing true.
      if (here(folder, root) !== identity) {
        setOnline(folder, false);
        return;
      }
      if (!isKnown(folder)) return;
      if ('unreadable' in listing) {
        if (listing.unreadable !== 'ENOENT') unreadable.push(directory);
        continue;
      }
      visited.add(directory.toString('latin1'));
      if (catalog.seen(folder.id, directory, listing.files, part.live)) onPhotos();
      onChange();
      if (part.recursive && !folder.picked)
        for (const name of listing.directories) {
          const below = joinBytes(directory, name);
          if (!isLibrary(folder, below)) open.push(below);
        }
    }
    if (closing || !isKnown(folder)) return;
    const known = part.recursive
      ? files.directories(folder.id, part.directory)
      : visited.has(part.directory.toString('latin1'))
        ? []
        : [part.directory];
    for (const directory of known) {
      if (visited.has(directory.toString('latin1'))) continue;
      if (unreadable.some((stuck) => stuck.equals(directory) || isBelow(directory, stuck)))
        continue;
      if (catalog.seen(folder.id, directory, [], part.live)) onPhotos();
      onChange();
    }
  }

  function isLibrary(folder: FolderRow, directory: Buffer): boolean {
    return path.join(folder.path, directory.toString()) === library;
  }

  /** The root's device:inode; null while it is away: gone, or an empty mount point that had files. */
  function here({ id }: FolderRow, { identity, isEmpty }: Root): string | null {
    return isEmpty && folders.hasFiles(id) ? null : identity;
  }

  /** False once the person has removed the root, which may happen in the middle of a scan. */
  function isKnown({ id }: FolderRow): boolean {
    return folders.list().some((folder) => folder.id === id);
  }

  function setOnline(folder: FolderRow, online: boolean): void {
    if (!isKnown(folder) || folders.get(folder.id).online === online) return;
    folders.setOnline(folder.id, online);
    if (online) files.retryUnread(folder.id);
    else {
      watcher.unwatch(folder.id);
      onAway();
    }
    onChange();
  }

  function watchFolder({ id, path: root, picked }: FolderRow): void {
    watcher.watch(id, root, !picked, {
      onChanged: (directory, recursive) => {
        const relative = relativeTo(root, directory);
        if (relative === null) return;
        const known = dirty.get(directory);
        dirty.set(directory, {
          folder: id,
          directory: Buffer.from(relative),
          recursive: recursive || (known?.recursive ?? false),
          live: true,
        });
        settling ??= setTimeout(settle, settleMs);
      },
      onUnwatched: onChange,
    });
  }

  function forget(folder: number): void {
    watcher.unwatch(folder);
    lastScan.delete(folder);
  }

  function settle(): void {
    settling = null;
    const parts = [...dirty.values()];
    dirty.clear();
    parts.forEach(enqueue);
  }

  async function checkRoots(): Promise<void> {
    for (const folder of folders.list()) {
      const isThere = here(folder, (await walker.find(folder.path, [])).root) !== null;
      // The time of day goes on while the machine sleeps; where it was set back, its distance counts.
      const age = Math.abs(Date.now() - (lastScan.get(folder.id) ?? -Infinity));
      const due = age > rescanMs[watcher.unwatched(folder.id) > 0 ? 'unwatched' : 'watched'];
      if (isThere !== folder.online || (isThere && due)) enqueue(whole(folder.id));
    }
  }

  /** The known root that `absolute` is, under a new name: the same directory, or the same files in it. */
  async function movedRoot(absolute: string, identity: string): Promise<FolderRow | null> {
    for (const folder of folders.list()) {
      if (folder.picked || here(folder, (await walker.find(folder.path, [])).root) !== null)
        continue;
      const sample = folders.sample(folder.id, sampleSize);
      const { listing } = await walker.find(
        absolute,
        sample.map(({ relative }) => relative),
      );
      const there = 'unreadable' in listing ? [] : listing.files;
      const found = sample.filter(({ relative, size, mtimeNs }) =>
        there.some(
          ({ name, stamp }) =>
            name.equals(relative) && stamp.size === size && stamp.mtimeNs === mtimeNs,
        ),
      );
      // The number alone tells nothing: the next disk in a socket has its device, and its root the same inode.
      const least =
        folder.identity === identity
          ? Math.min(1, sample.length)
          : Math.max(1, sample.length * 0.8);
      if (found.length >= least) return folder;
    }
    return null;
  }

  /** The whole root that a path lies in. */
  function coveredBy(absolute: string): Covered | null {
    const covered = folders.covering(absolute);
    return covered?.folder.picked === false ? covered : null;
  }

  async function addOne(absolute: string, identity: string): Promise<FolderRow> {
    const moved = coveredBy(absolute) ? null : await movedRoot(absolute, identity);
    // Asked once more: another call may have added what lies above in the meantime.
    const covered = coveredBy(absolute);
    if (covered) {
      enqueue({ ...whole(covered.folder.id), directory: Buffer.from(covered.directory) });
      return covered.folder;
    }
    const before = folders.list();
    if (moved) folders.move(moved.id, absolute, identity);
    const added = moved ? folders.get(moved.id) : folders.add(absolute, identity);
    const kept = new Set(folders.list().map(({ id }) => id));
    const changed = before.filter(({ id }) => !kept.has(id) || id === added.id);
    for (const { id } of changed) forget(id);
    enqueue(whole(added.id));
    return added;
  }

  /** Single files of one directory. */
  function pick(root: string, identity: string, picked: readonly SeenFile[]): FolderRow {
    const covered = coveredBy(root);
    if (covered) {
      const directory = Buffer.from(covered.directory);
      enqueue({ folder: covered.folder.id, directory, recursive: false, live: true });
      return covered.folder;
    }
    const folder = folders.addPicked(root, identity);
    catalog.pick(folder.id, picked);
    setOnline(folder, true);
    if (options.watch) watchFolder(folder);
    onChange();
    return folder;
  }

  const toFolder = ({ id, path: root, online, picked }: FolderRow): Folder => ({
    id,
    path: root,
    online,
    picked,
    scanning:
      starting !== null || current?.folder === id || queue.some((part) => part.folder === id),
    photos: folders.photos(id),
  });
  const timer = options.watch ? setInterval(() => void checkRoots(), rootCheckMs) : null;

  return {
    add: async (paths) => {
      const given = await Promise.all(paths.map(readGiven));
      for (const { root } of given)
        if (relativeTo(library, root) !== null) throw new ContractError('own-folder', root);
      const added = new Map<Given, FolderRow>();
      for (const one of given) if (!one.file) added.set(one, await addOne(one.root, one.identity));
      // A whole directory may be dropped as its single files: each directory is picked from once.
      for (const ones of Map.groupBy(given, ({ root }) => root).values()) {
        const [first] = ones;
        const picked = ones.flatMap(({ file }) => file ?? []);
        if (!first || picked.length === 0) continue;
        const folder = pick(first.root, first.identity, picked);
        for (const one of ones) if (one.file) added.set(one, folder);
      }
      // Each folder is told of by a question to the catalog: once, however many of its files were given.
      const told = new Map([...new Set(added.values())].map((row) => [row, toFolder(row)]));
      return given.flatMap((one) => {
        const row = added.get(one);
        return (row && told.get(row)) ?? [];
      });
    },
    start: (afterMs) => {
      starting = setTimeout(() => {
        starting = null;
        for (const folder of folders.list()) enqueue(whole(folder.id));
      }, afterMs);
    },
    remove: (folder) => {
      if (!folders.list().some(({ id }) => id === folder))
        throw new ContractError('not-found', String(folder));
      folders.startRemoval(folder);
      forget(folder);
      onChange();
    },
    list: () => folders.list().map(toFolder),
    isAway: async (id) => {
      const folder = folders.list().find((one) => one.id === id);
      if (!folder || here(folder, (await walker.find(folder.path, [])).root) !== null) return false;
      setOnline(folder, false);
      return true;
    },
    get scanning() {
      return starting !== null || current !== null || queue.length > 0;
    },
    get diskFull() {
      return diskFull;
    },
    get unwatched() {
      return watcher.unwatched();
    },
    close: async () => {
      closing = true;
      ending.abort();
      if (timer) clearInterval(timer);
      if (settling) clearTimeout(settling);
      if (starting) clearTimeout(starting);
      walker.close();
      await watcher.close();
    },
  };
}

const whole = (folder: number): Part => ({
  folder,
  directory: Buffer.alloc(0),
  recursive: true,
  live: false,
});

/** Whether a relative directory lies below another; both without a slash at the end. */
function isBelow(directory: Buffer, above: Buffer): boolean {
  if (above.length === 0) return directory.length > 0;
  return directory.subarray(0, above.length + 1).equals(Buffer.concat([above, Buffer.from('/')]));
}
