/** Every question that only reads the catalog. Runs on a read-only connection. */
import type { Query } from '../../../common/contract.ts';
import type { Vocabulary } from '../../vocabulary/vocabulary.ts';
import type { Database } from '../database.ts';
import { openFolders } from '../folders.ts';
import { openDetails } from './details.ts';
import { openPreview } from './preview.ts';
import { everything, openSets, type Wanted } from './sets.ts';
import type { Queries } from './questions.ts';
import { openSummary } from './summary.ts';
import { createReader } from './words.ts';

export function openQueries(db: Database, vocabulary: Vocabulary): Queries {
  const names = db.prepare<[], string>('SELECT name FROM tags').pluck();
  const sets = openSets(db);
  const reader = createReader(
    vocabulary,
    () => names.all(),
    async () => {
      const { counts } = await sets.tags(everything);
      return new Map(counts.map(({ name, count }) => [name, count]));
    },
  );
  const details = openDetails(db, vocabulary);
  const preview = openPreview(db, vocabulary);
  const summary = openSummary(db, openFolders(db));
  const understood = async ({ text, ...rest }: Query): Promise<Wanted> => ({
    ...rest,
    words: await reader.understand(text),
  });

  return {
    'photos.search': async ({ query, limit, offset }) => {
      const wanted = { ...everything, words: await reader.understand(query) };
      const { total, ids } = await sets.page(wanted, limit, offset);
      return { total, photos: details.rows(ids), words: wanted.words };
    },
    'photos.timeline': async ({ query }) => {
      const wanted = await understood(query);
      return { ...(await sets.timeline(wanted)), words: wanted.words };
    },
    'photos.bucket': async ({ query, month }) => sets.bucket(await understood(query), month),
    'photos.get': ({ photo }) => details.byId(photo),
    'photos.original': ({ photo }) => details.original(photo),
    'photos.show': ({ path, scores }) => details.byPath(path, scores),
    'tags.list': async () => ({ tags: (await sets.tags(everything)).counts }),
    'tags.suggest': async ({ text, limit }) => ({ suggestions: await reader.suggest(text, limit) }),
    'tags.tree': async ({ query }) => {
      const { counts, untagged, all } = await sets.tags(await understood(query));
      const tags = counts.map(({ name, count }) => ({
        name,
        count,
        parents: [...(vocabulary.get(name)?.parents ?? [])],
      }));
      return { tags, untagged, all };
    },
    'settings.preview': ({ threshold }) => preview(threshold),
    'files.failed': () => details.failed(),
    'folders.summary': ({ paths, since }) => summary(paths, since),
  };
}
