/** What the words of a query mean: which tags they name, and what was perhaps meant by the others. */
import type { SearchResult } from '../../../common/contract.ts';
import type { Keys, Meaning } from '../../vocabulary/keys.ts';
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
      if (text.trim() === '') return [];
      const current = await currentKeys();
      const meanings = read(current, text);
      if (meanings.every(isKnown))
        return meanings.map((meaning) => ({ ...meaning, suggestions: [] }));
      const counted = await counts();
      return meanings.map((meaning) => {
        const near = isKnown(meaning) ? [] : nearest(current, counted, meaning.word, suggestions);
        // What would find nothing either is no help.
        const helpful = near.filter(({ count }) => count > 0);
        return { ...meaning, suggestions: helpful.map(({ name }) => name) };
      });
    },
  };
}

type Read = Omit<Words[number], 'suggestions'>;

const isKnown = ({ tags }: Meaning): boolean => tags.length > 0;

function read(keys: Keys, text: string): Read[] {
  const words = text.split(between).filter((word) => word !== '');
  const whole = text.trim();
  // A tag whose name has a space in it (English) is looked for before its parts, its plural after them.
  const isOne =
    isKnown(keys.meaning(whole)) ||
    (isKnown(keys.plural(whole)) && !words.every((word) => isKnown(keys.meaning(word))));
  return (words.length > 1 && isOne ? [whole] : words).flatMap((word) => readWord(keys, word));
}

/** As one word where it is one; else as what it is the plural of, or as the words that it is made of. */
function readWord(keys: Keys, typed: string): Read[] {
  const meaning = keys.meaning(typed);
  const one = isKnown(meaning) ? meaning : keys.plural(typed);
  const parts = isKnown(one) ? [] : keys.split(typed);
  return parts.length === 0
    ? [{ typed, word: typed, ...one }]
    : parts.map((word) => ({ typed, word, ...keys.meaning(word) }));
}
