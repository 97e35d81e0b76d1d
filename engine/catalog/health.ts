/** Whether the catalog is whole, and how much is in it. */
import type { Info } from '../../common/contract.ts';
import { schemaVersion, type Database } from './database.ts';

const problemsShown = 20;

/** Reads every page of the catalog: seconds for a large one. */
export function readHealth(db: Database): Omit<Info['library'], 'path'> {
  const answers = db.pragma(`integrity_check(${String(problemsShown)})`) as {
    integrity_check: string;
  }[];
  const problems = answers.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  const count = (table: 'photos' | 'files') =>
    db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  const pragma = (name: 'page_count' | 'page_size') => db.pragma(name, { simple: true }) as number;
  return {
    healthy: problems.length === 0,
    problems,
    schema: schemaVersion(db),
    photos: count('photos'),
    files: count('files'),
    // The file alone would leave out what still lies in the write-ahead log.
    catalogBytes: pragma('page_count') * pragma('page_size'),
  };
}
