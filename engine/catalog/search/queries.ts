/** Every question that only reads the catalog. Runs on a read-only connection. */
import type { Handlers, Query, Result } from '../../../common/contract.ts';
import type { Vocabulary } from '../../vocabulary/vocabulary.ts';
import type { Database } from '../database.ts';
import { openFolders } from '../folders.ts';
import { openDetails } from './details.ts';
import { openPreview } from './preview.ts';
import { everything, openSets, type Sets, type Wanted } from './sets.ts';
import { openSummary } from './summary.ts';
import { createReader } from './words.ts';

export const questions = [
  'files.failed',
  'folders.summary',
  'photos.bucket',
  'photos.get',
  'photos.original',
  'photos.search',
  'photos.show',
  'photos.timeline',
  'settings.preview',
  'tags.list',
  'tags.suggest',
  'tags.tree',
] as const satisfies (keyof Handlers)[];
export type Queries = Pick<Handlers, (typeof questions)[number]>;

export function openQueries(db: Database, vocabulary: Vocabulary): Queries {
  const names = db.prepare<[], string>('SELECT name FROM tags').pluck();
  const reader = createReader(vocabulary, () => names.all());
  const sets = openSets(db);
  const details = openDetails(db, vocabulary);
  const preview = openPreview(db, vocabulary);
  const summary = openSummary(db, openFolders(db));
  const understood = ({ text, ...rest }: Query): Wanted => ({
    ...rest,
    words: reader.understand(text),
  });

  return {
    'photos.search': ({ query, limit, offset }) => {
      const wanted = { ...everything, words: reader.understand(query) };
      const { total, ids } = sets.page(wanted, limit, offset);
      return { total, photos: details.rows(ids), words: wanted.words };
    },
    'photos.timeline': ({ query }) => {
      const wanted = understood(query);
      return { ...sets.timeline(wanted), words: wanted.words };
    },
    'photos.bucket': ({ query, month }) => sets.bucket(understood(query), month),
    'photos.get': ({ photo }) => details.byId(photo),
    'photos.original': ({ photo }) => details.original(photo),
    'photos.show': ({ path, scores }) => details.byPath(path, scores),
    'tags.list': () => ({ tags: sets.tags(everything).counts }),
    'tags.suggest': ({ text, limit }) => suggest(reader.suggest(text, limit), sets),
    'tags.tree': ({ query }) => {
      const { counts, untagged } = sets.tags(understood(query));
      const tags = counts.map(({ name, count }) => ({
        name,
        count,
        parents: [...(vocabulary.get(name)?.parents ?? [])],
      }));
      return { tags, untagged };
    },
    'settings.preview': ({ threshold }) => preview(threshold),
    'files.failed': () => details.failed(),
    'folders.summary': ({ paths, since }) => summary(paths, since),
  };
}

function suggest(near: { name: string; via: string | null }[], sets: Sets): Result<'tags.suggest'> {
  const counts = new Map(sets.tags(everything).counts.map(({ name, count }) => [name, count]));
  return { suggestions: near.map((one) => ({ ...one, count: counts.get(one.name) ?? 0 })) };
}
