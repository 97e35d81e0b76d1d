/** Whether the catalog is whole, and how much is in it. */
import { statSync } from 'node:fs';
import type { Info } from '../../common/contract.ts';
import { catalogFile, schemaVersion, type Database } from './database.ts';

const problemsShown = 20;

/** Reads every page of the catalog: seconds for a large one. */
export function readHealth(library: string, db: Database): Omit<Info['library'], 'path'> {
  const answers = db.pragma(`integrity_check(${String(problemsShown)})`) as {
    integrity_check: string;
  }[];
  const problems = answers.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  const count = (table: 'photos' | 'files') =>
    db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  return {
    healthy: problems.length === 0,
    problems,
    schema: schemaVersion(db),
    photos: count('photos'),
    files: count('files'),
    catalogBytes: statSync(catalogFile(library)).size,
  };
}
