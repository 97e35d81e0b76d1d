/**
 * Verified copies of the catalog, one a day and three kept, and what happens when the catalog is damaged:
 * it is set aside, never thrown away, and the newest good copy takes its place.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { ContractError } from '../../common/contract.ts';
import { catalogFile, guard, openCatalog, openFile, type Database } from './database.ts';

const kept = 3;
/** Reading a larger one would hold every start up: it is checked with the daily snapshot, and where it is suspected. */
const checkedAtStartBytes = 16_000_000;
const everyMs = 86_400_000;

const folderOf = (library: string) => path.join(library, 'snapshots');

/** What there is of the catalog, itself first. */
const partsOf = (library: string) =>
  ['', '-wal', '-shm'].map((part) => `${catalogFile(library)}${part}`).filter(existsSync);

const suspicion = (library: string) => path.join(library, 'catalog.suspect');

/** A broken page was met while the catalog was in use: the next start reads all of it, however large it is. */
export function suspect(library: string): void {
  writeFileSync(suspicion(library), '');
}

/**
 * File names, newest first; each is `catalog-<ms since 1970>.sqlite`. What is from the future was taken by a clock
 * that was wrong, and comes last.
 */
export function listSnapshots(
  library: string,
  now = Date.now(),
): { file: string; takenMs: number }[] {
  const folder = folderOf(library);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .flatMap((name) => {
      const taken = /^catalog-(\d{13})\.sqlite$/.exec(name)?.[1];
      return taken ? [{ file: path.join(folder, name), takenMs: Number(taken) }] : [];
    })
    .sort((a, b) => Number(a.takenMs > now) - Number(b.takenMs > now) || b.takenMs - a.takenMs);
}

export function isSnapshotDue(library: string, now = Date.now()): boolean {
  const [newest] = listSnapshots(library, now);
  return newest === undefined || Math.abs(now - newest.takenMs) >= everyMs;
}

/**
 * Copies the catalog beside whoever works on it and keeps the copy only if it is whole. Blocks for as long
 * as that takes: for a thread of its own. Throws `library-damaged` where the catalog is not whole.
 */
export function takeSnapshot(library: string, now = Date.now()): void {
  const half = makeHalf(library, (file) => {
    copyWhole(library, file);
  });
  const name = `catalog-${String(now).padStart(13, '0')}.sqlite`;
  renameSync(half, path.join(folderOf(library), name));
  for (const { file } of listSnapshots(library, now).slice(kept)) rmSync(file);
}

/** Writes a copy that is to be renamed: it is on disk by then, whatever becomes of the machine. Returns its path. */
function makeHalf(library: string, write: (half: string) => void): string {
  const half = path.join(folderOf(library), 'half.sqlite');
  mkdirSync(folderOf(library), { recursive: true });
  rmSync(half, { force: true });
  try {
    write(half);
    const written = openSync(half, 'r+');
    fsyncSync(written);
    closeSync(written);
    return half;
  } catch (error) {
    // On a full disk it would take the last room for itself.
    rmSync(half, { force: true });
    throw error;
  }
}

function copyWhole(library: string, copy: string): void {
  guard(library, () => {
    const db = openFile(catalogFile(library), true);
    try {
      checkWhole(db, library);
      db.prepare('VACUUM INTO ?').run(copy);
    } finally {
      db.close();
    }
  });
  if (!isWhole(copy)) throw new Error(`${copy} is not whole`);
}

export interface SoundCatalog {
  db: Database;
  /** Null where the catalog was whole; else of the snapshot that was put in its place, if there was one. */
  restored: { takenMs: number | null } | null;
}

/** Opens the catalog; a damaged one is set aside and the newest whole snapshot opened in its place. */
export function openSoundCatalog(library: string): SoundCatalog {
  const sound = openOrRestore(library);
  rmSync(suspicion(library), { force: true });
  return sound;
}

function openOrRestore(library: string): SoundCatalog {
  try {
    // A restoring that was cut short may have left a log of writes alone, which would not outlive a new catalog.
    const isCutShort = partsOf(library).length > 0 || listSnapshots(library).length > 0;
    if (!existsSync(catalogFile(library)) && isCutShort)
      throw new ContractError('library-damaged', library);
    const db = openCatalog(library);
    try {
      const isSmall = statSync(catalogFile(library)).size <= checkedAtStartBytes;
      if (isSmall || existsSync(suspicion(library)))
        guard(library, () => {
          checkWhole(db, library);
        });
      return { db, restored: null };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof ContractError) || error.code !== 'library-damaged') throw error;
    const takenMs = restore(library);
    return { db: openCatalog(library), restored: { takenMs } };
  }
}

/**
 * Returns when the snapshot was taken; null where there is none. Cut short anywhere, the next start does it
 * again: a snapshot takes the catalog's place whole, and last of all.
 */
function restore(library: string, now = Date.now()): number | null {
  const good = listSnapshots(library).find(({ file }) => isWhole(file));
  const half =
    good &&
    guard(library, () =>
      makeHalf(library, (file) => {
        copyFileSync(good.file, file);
      }),
    );
  const aside = path.join(library, 'damaged', String(now));
  mkdirSync(aside, { recursive: true });
  for (const file of partsOf(library)) renameSync(file, path.join(aside, path.basename(file)));
  if (half) renameSync(half, catalogFile(library));
  const from = good ? new Date(good.takenMs).toISOString() : 'nothing';
  console.error(`catalog: damaged, kept in ${aside}; restored from ${from}`);
  return good?.takenMs ?? null;
}

function isWhole(file: string): boolean {
  try {
    const db = openFile(file, true);
    try {
      return db.pragma('integrity_check(1)', { simple: true }) === 'ok';
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

function checkWhole(db: Database, library: string): void {
  if (db.pragma('quick_check(1)', { simple: true }) !== 'ok')
    throw new ContractError('library-damaged', library);
}
