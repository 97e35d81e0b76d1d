/** All migrations in order; a catalog's user_version is how many it has had. */
import { first } from './0001-first.ts';
import { oneHash } from './0002-one-hash.ts';
import { forgottenSince } from './0003-forgotten-since.ts';
import { queueByFolder } from './0004-queue-by-folder.ts';

export const migrations: readonly string[] = [first, oneHash, forgottenSince, queueByFolder];
