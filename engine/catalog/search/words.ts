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

  return {
    suggest: async (text, limit) => {
      const [current, counted] = await Promise.all([currentKeys(), counts()]);
      return current
        .suggest(text, limit, (name) => counted.has(name))
        .map((near) => ({ ...near, count: counted.get(near.name) ?? 0 }));
    },
    understand: async (text) => {
      if (text.trim() === '') return [];
      const current = await currentKeys();
      const meanings = read(current, text);
      if (meanings.every(isKnown))
        return meanings.map((meaning) => ({ ...meaning, suggestions: [] }));
      const counted = await counts();
      return meanings.map((meaning) => ({
        ...meaning,
        suggestions: isKnown(meaning) ? [] : helpful(current, counted, meaning.word),
      }));
    },
  };
}

/** Tags that a word which is none may have meant: what is near to it, else what a part of it says. */
function helpful(keys: Keys, counted: ReadonlyMap<string, number>, word: string): string[] {
  const isFound = (name: string) => counted.has(name);
  const near = keys.suggest(word, suggestions, isFound).map(({ name }) => name);
  // What would find nothing either is no help.
  if (near.some(isFound)) return near.filter(isFound);
  const parts = keys.split(word).words.flatMap((part) => keys.meaning(part).tags);
  return [...new Set(parts.filter(isFound))].slice(0, suggestions);
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
  const one = [keys.meaning(typed), keys.plural(typed)].find(isKnown);
  if (one) return [{ typed, word: typed, ...one }];
  const { words, isWhole } = keys.split(typed);
  if (!isWhole) return [{ typed, word: typed, tags: [], matched: null }];
  return words.map((word) => ({ typed, word, ...keys.meaning(word) }));
}
