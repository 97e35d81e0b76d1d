/**
 * Opens the catalog: the only importer of better-sqlite3. Owns the pragmas, the migrations, and the
 * lock that keeps one library open in one engine.
 */
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { ContractError } from '../../common/contract.ts';
import { migrations } from './migrations/index.ts';

export type { Database, Statement } from 'better-sqlite3';

export const catalogFile = (library: string) => path.join(library, 'catalog.sqlite');

/** Where the thumbnails of a library lie: `<2 hex>/<picture>.jpg`. */
export const thumbnailFolder = (library: string) => path.join(library, 'thumbnails');

export interface Lock {
  release(): void;
}

/** Longer than an engine takes to end whose parent is gone: an app that broke down may be opened again at once. */
const lockWaitMs = 3_000;

/**
 * Makes this process the library's one engine, and waits a little for one that is ending. The lock is an exclusive
 * transaction on a database of its own, so the operating system frees it whatever way the process ends. Throws `library-busy`.
 */
export function lockLibrary(library: string): Lock {
  mkdirSync(library, { recursive: true });
  const holder = new Database(path.join(library, 'engine.lock'), { timeout: lockWaitMs });
  try {
    holder.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    holder.close();
    throw isSqlite(error, 'SQLITE_BUSY') ? new ContractError('library-busy', library) : error;
  }
  return {
    release: () => {
      holder.close();
    },
  };
}

/** Opens the catalog for the engine that holds the lock, made or migrated as needed. */
export function openCatalog(library: string): Database.Database {
  return guard(library, () => {
    refuseNewerUntouched(library);
    const db = new Database(catalogFile(library));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    migrate(db, library);
    return db;
  });
}

/** Any file as a database. */
export function openFile(file: string, readonly: boolean): Database.Database {
  return new Database(file, { readonly, fileMustExist: true });
}

/** Read-only, because even closing a catalog that was open for writing may change its bytes. */
function refuseNewerUntouched(library: string): void {
  if (!hasCatalog(library)) return;
  const db = openFile(catalogFile(library), true);
  try {
    refuseNewer(versionOf(db), library);
  } finally {
    db.close();
  }
}

export function hasCatalog(library: string): boolean {
  return existsSync(catalogFile(library));
}

/** Opens the catalog beside a running engine. A catalog from an older version is migrated first. */
export function openCatalogReader(library: string): Database.Database {
  return guard(library, () => {
    const db = new Database(catalogFile(library), { readonly: true });
    const version = versionOf(db);
    refuseNewer(version, library);
    db.prepare('SELECT name FROM sqlite_schema').all();
    if (version === migrations.length) return db;
    db.close();
    const lock = lockLibrary(library);
    try {
      openCatalog(library).close();
    } finally {
      lock.release();
    }
    return new Database(catalogFile(library), { readonly: true });
  });
}

export function schemaVersion(db: Database.Database): number {
  return versionOf(db);
}

function migrate(db: Database.Database, library: string): void {
  refuseNewer(versionOf(db), library);
  if (versionOf(db) === migrations.length) return;
  db.transaction(() => {
    migrations.slice(versionOf(db)).forEach((migration) => db.exec(migration));
    db.pragma(`user_version = ${String(migrations.length)}`);
  }).immediate();
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function refuseNewer(version: number, library: string): void {
  if (version > migrations.length) throw new ContractError('library-newer', library);
}

/** Does work on the catalog; a broken page becomes `library-damaged`, whenever it is met, and no space `disk-full`. */
export function guard<T>(library: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw inWords(error, library);
  }
}

/** The same of every answer; `onDamage` hears of a broken page. */
export function guardEach<H extends object>(
  library: string,
  handlers: H,
  onDamage?: () => void,
): H {
  type Answer = (params: never) => unknown;
  const guarded = Object.entries(handlers as Record<string, Answer>).map(([method, answer]) => [
    method,
    async (params: never) => {
      try {
        return await answer(params);
      } catch (error) {
        const said = inWords(error, library);
        if (said instanceof ContractError && said.code === 'library-damaged') onDamage?.();
        throw said;
      }
    },
  ]);
  return Object.fromEntries(guarded) as H;
}

function inWords(error: unknown, library: string): unknown {
  if (isSqlite(error, 'SQLITE_FULL') || (error as NodeJS.ErrnoException).code === 'ENOSPC')
    return new ContractError('disk-full', library);
  return isDamage(error) ? new ContractError('library-damaged', library) : error;
}

/** A page of the catalog is broken. */
export function isDamage(error: unknown): boolean {
  return isSqlite(error, 'SQLITE_NOTADB') || isSqlite(error, 'SQLITE_CORRUPT');
}

/** `code` also matches its extended codes: SQLITE_BUSY covers SQLITE_BUSY_SNAPSHOT. */
export function isSqlite(error: unknown, code: string): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith(code);
}
