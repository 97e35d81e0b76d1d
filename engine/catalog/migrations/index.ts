/** All migrations in order; a catalog's user_version is how many it has had. */
import { first } from './0001-first.ts';
import { oneHash } from './0002-one-hash.ts';

export const migrations: readonly string[] = [first, oneHash];
