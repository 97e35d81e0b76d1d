/** What the words of a query mean: which tags they name, and what was perhaps meant by the others. */
import type { SearchResult } from '../../../common/contract.ts';
import type { Keys } from '../../vocabulary/keys.ts';
import type { Vocabulary } from '../../vocabulary/vocabulary.ts';

export type Words = SearchResult['words'];

export interface Reader {
  understand(text: string): Promise<Words>;
  /** `count`: photos that have the tag. */
  suggest(
    text: string,
    limit: number,
  ): Promise<(ReturnType<Keys['suggest']>[number] & { count: number })[]>;
}

const suggestions = 5;
/** Chinese parts words by its own marks, too. */
const between = /[\s、，,;；。]+/u;

/**
 * `names`: of all tags, those that people gave among them; `counts`: how many photos have each. Keys are
 * built when first needed and when more are given.
 */
export function createReader(
  vocabulary: Vocabulary,
  names: () => string[],
  counts: () => Promise<ReadonlyMap<string, number>>,
): Reader {
  let keys: { keys: Keys; names: number } | null = null;

  async function currentKeys(): Promise<Keys> {
    const known = names();
    if (keys?.names !== known.length) {
      // Loaded when words are first typed: its dictionaries take longer than the first timeline.
      const { buildKeys } = await import('../../vocabulary/keys.ts');
      keys = { keys: buildKeys(vocabulary, known), names: known.length };
    }
    return keys.keys;
  }

  function nearest(
    current: Keys,
    counted: ReadonlyMap<string, number>,
    text: string,
    limit: number,
  ) {
    return current
      .suggest(text, limit, (name) => counted.has(name))
      .map((near) => ({ ...near, count: counted.get(near.name) ?? 0 }));
  }

  return {
    suggest: async (text, limit) => {
      const [current, counted] = await Promise.all([currentKeys(), counts()]);
      return nearest(current, counted, text, limit);
    },
    understand: async (text) => {
      const words = text.split(between).filter((word) => word !== '');
      if (words.length === 0) return [];
      // A tag whose name has a space in it (English) is looked for before its parts.
      const current = await currentKeys();
      const whole = current.meaning(text);
      const read = words.length > 1 && whole.tags.length > 0 ? [text.trim()] : words;
      const meanings = read.map((word) => ({ word, ...current.meaning(word) }));
      if (meanings.every(({ tags }) => tags.length > 0))
        return meanings.map((meaning) => ({ ...meaning, suggestions: [] }));
      const counted = await counts();
      return meanings.map((meaning) => {
        const near =
          meaning.tags.length > 0 ? [] : nearest(current, counted, meaning.word, suggestions);
        // What would find nothing either is no help.
        const helpful = near.filter(({ count }) => count > 0);
        return { ...meaning, suggestions: helpful.map(({ name }) => name) };
      });
    },
  };
}
