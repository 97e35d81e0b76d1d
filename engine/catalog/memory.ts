/** What the catalog itself must remember between two runs: one text a name. */
import type { Database } from './database.ts';

export interface Memory {
  get(name: string): string | null;
  set(name: string, value: string): void;
  delete(name: string): void;
}

export function openMemory(db: Database): Memory {
  const get = db.prepare<[string], string>('SELECT value FROM memory WHERE name = ?').pluck();
  const put = db.prepare<[string, string]>(
    'INSERT OR REPLACE INTO memory (name, value) VALUES (?, ?)',
  );
  const remove = db.prepare<[string]>('DELETE FROM memory WHERE name = ?');
  return {
    get: (name) => get.get(name) ?? null,
    set: (name, value) => {
      put.run(name, value);
    },
    delete: (name) => {
      remove.run(name);
    },
  };
}
