/** Why the grid shows no photo. Pure. */
import { isEverything, isNarrowedByWords } from './search-words.ts';
import type { State } from './state.ts';

export type WhyEmpty =
  | { code: 'working' | 'all-tagged' | 'none-found' | 'none' }
  /** There are files, and none of them can be read. */
  | { code: 'unreadable'; files: number };

export function whyEmpty({
  query,
  status,
  folders,
  failed,
}: Pick<State, 'query' | 'status' | 'folders' | 'failed'>): WhyEmpty {
  const isWorking = status?.idle === false;
  if (isWorking && isEverything(query)) return { code: 'working' };
  if (query.untagged) return { code: 'all-tagged' };
  if (isNarrowedByWords(query)) return { code: 'none-found' };
  const root = folders?.find(({ id }) => id === query.folder)?.path ?? null;
  const files = (failed ?? []).filter(({ path }) => root === null || isBelow(path, root)).length;
  return files > 0 && !isWorking ? { code: 'unreadable', files } : { code: 'none' };
}

function isBelow(path: string, root: string): boolean {
  const above = root.replace(/[/\\]$/u, '');
  return path.startsWith(above) && /^[/\\]/u.test(path.slice(above.length));
}
