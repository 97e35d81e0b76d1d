/**
 * What a typed word means: a tag's name or synonym in Simplified or Traditional characters, its English
 * name or its pinyin. A part of a name never means the tag (马 is not 马桶); it only suggests it. A name that a
 * person gave adds to what a word means and takes nothing away.
 */
import { Converter } from 'opencc-js/t2cn';
import { pinyin } from 'pinyin-pro';
import type { Match } from '../../common/contract.ts';
import { singulars } from './plural.ts';
import { split, type Split } from './split.ts';
import { normalise, type Vocabulary } from './vocabulary.ts';

export interface Meaning {
  tags: string[];
  matched: Match | null;
}

export interface Keys {
  meaning(word: string): Meaning;
  /** What an English word means as the plural of another. */
  plural(word: string): Meaning;
  /** The words that Chinese typed without spaces is made of. */
  split(word: string): Split<string>;
  /**
   * Tags that a person may mean, best first; `via` is the word that matched where it is not the name.
   * Whole words come before all; after them what `hasPhotos` before what would find nothing.
   */
  suggest(
    word: string,
    limit: number,
    hasPhotos?: (name: string) => boolean,
  ): { name: string; via: string | null }[];
}

interface Entry {
  name: string;
  words: string[];
  pinyin: string[];
  initials: string[];
}

/** From the surest on. */
const matches = ['name', 'synonym', 'traditional', 'english', 'pinyin'] as const satisfies Match[];
type Tables = Record<Match, Map<string, Set<string>>>;

const emptyTables = (): Tables => ({
  name: new Map(),
  synonym: new Map(),
  traditional: new Map(),
  english: new Map(),
  pinyin: new Map(),
});

/** What the dictionaries say of a word stays: another name given by a person asks them of that one alone. */
const heard = new Map<string, { simplified: string; sound: string[] }>();
const toSimplified = Converter({ from: 'hk', to: 'cn' });

function lookUp(word: string): { simplified: string; sound: string[] } {
  let found = heard.get(word);
  if (!found) {
    const sound = pinyin(word, { toneType: 'none', type: 'array' }).map(typeable);
    found = { simplified: toSimplified(word), sound };
    heard.set(word, found);
  }
  return found;
}

/** `more`: names that people gave beside the vocabulary. */
export function buildKeys(vocabulary: Vocabulary, more: readonly string[] = []): Keys {
  const [ours, given] = [emptyTables(), emptyTables()];
  const entries: Entry[] = [];
  let longest = 0;
  const put = (match: Match, key: string, name: string) => {
    const tables = vocabulary.get(name) ? ours : given;
    const known = tables[match].get(key);
    if (known) known.add(name);
    else tables[match].set(key, new Set([name]));
  };
  const custom = more
    .filter((name) => !vocabulary.get(name))
    .map((name) => ({ name, en: '', synonyms: [] }));
  for (const tag of [...vocabulary.tags, ...custom]) {
    const words = [tag.name, ...tag.synonyms].map(normalise);
    words.forEach((word, at) => {
      put(at === 0 ? 'name' : 'synonym', word, tag.name);
      const { simplified } = lookUp(word);
      put('traditional', simplified, tag.name);
      longest = Math.max(longest, simplified.length);
    });
    if (tag.en !== '') put('english', normalise(tag.en), tag.name);
    const sounds = words.map((word) => lookUp(word).sound);
    const full = sounds.map((sound) => normalise(sound.join('')));
    for (const sound of full) put('pinyin', sound, tag.name);
    entries.push({
      name: tag.name,
      words: tag.en === '' ? words : [...words, normalise(tag.en)],
      pinyin: full,
      initials: sounds.map((sound) => sound.map((syllable) => syllable.slice(0, 1)).join('')),
    });
  }

  const meaning = (word: string): Meaning => {
    const key = normalise(word);
    const typed: Record<Match, string> = {
      name: key,
      synonym: key,
      traditional: toSimplified(key),
      english: key,
      pinyin: letters(key),
    };
    const tags: string[] = [];
    let matched: Match | null = null;
    for (const match of matches) {
      const own = tags.length === 0 ? given[match].get(typed[match]) : undefined;
      const known = ours[match].get(typed[match]);
      tags.push(...(own ?? []), ...(known ?? []));
      if (tags.length > 0) matched ??= match;
      if (known) break;
    }
    return { tags, matched };
  };
  const plural = (word: string): Meaning => {
    const meanings = singulars(normalise(word)).map(meaning);
    const isWord = ({ matched }: Meaning) => matched !== null && matched !== 'pinyin';
    return meanings.find(isWord) ?? { tags: [], matched: null };
  };

  return {
    meaning,
    plural,
    split: (word) => {
      const typed = normalise(word);
      const folded = toSimplified(typed);
      // As typed: a name that a person gave may be in Traditional characters.
      const text = typed.length === folded.length ? typed : folded;
      const isKnown = (part: string) =>
        [ours, given].some(
          ({ traditional, english }) => traditional.has(part) || english.has(part),
        );
      const { words, isWhole } = split(folded, longest, isKnown);
      return { words: words.map(([from, to]) => text.slice(from, to)), isWhole };
    },
    suggest: (word, limit, hasPhotos = () => true) => {
      const typed = normalise(word);
      // As typed first: a name that a person gave may be in Traditional characters.
      const keys = new Set([typed, toSimplified(typed), letters(typed)]);
      keys.delete('');
      const found = entries
        .flatMap((entry) => [...keys].map((key) => nearest(entry, key)).find((near) => near) ?? [])
        .map((near) => ({ ...near, tier: near.rank === 0 ? 0 : hasPhotos(near.name) ? 1 : 2 }))
        .sort((a, b) => a.tier - b.tier || a.rank - b.rank || a.name.length - b.name.length)
        .slice(0, limit)
        .map(({ name, via }) => ({ name, via: via === name ? null : via }));
      if (found.length > 0) return found;
      return plural(word)
        .tags.slice(0, limit)
        .map((name) => ({ name, via: vocabulary.get(name)?.en ?? null }));
    },
  };
}

/** How a tag is near to what was typed, 0 nearest, and the word that is; null where it is not. */
function nearest(
  { name, words, pinyin: sounds, initials }: Entry,
  key: string,
): { name: string; rank: number; via: string } | null {
  const ways = [
    words.findIndex((word) => word === key),
    words.findIndex((word) => word.startsWith(key)),
    sounds.findIndex((sound) => sound.startsWith(key)),
    initials.findIndex((letters) => letters.startsWith(key)),
    words.findIndex((word) => word.includes(key)),
  ];
  const rank = ways.findIndex((at) => at >= 0);
  const via = words[ways[rank] ?? -1];
  // The first word is the name, folded for comparing.
  return via === undefined ? null : { name, rank, via: via === words[0] ? name : via };
}

/** Pinyin without what parts its syllables. */
function letters(word: string): string {
  return typeable(word.replace(/[\s']/g, ''));
}

/** Keyboards have no ü; people type v for it. */
function typeable(sound: string): string {
  return sound.replace(/ü/g, 'v');
}
