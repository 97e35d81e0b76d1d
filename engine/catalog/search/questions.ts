/** Which methods the search thread answers; apart from the answers, so that naming them loads nothing. */
import type { Handlers } from '../../../common/contract.ts';

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
