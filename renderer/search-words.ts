/** What is typed and what is chosen in the search bar. Pure. */
import type { Query } from '../common/contract.ts';

export const everything: Query = {
  text: '',
  tags: [],
  without: [],
  folder: null,
  untagged: false,
};

export function isEverything(query: Query): boolean {
  return !isNarrowedByWords(query) && query.folder === null && !query.untagged;
}

/** Whether the search bar itself narrows: words or chips. */
export function isNarrowedByWords({ text, tags, without }: Query): boolean {
  return text.trim() !== '' || tags.length > 0 || without.length > 0;
}

/** What clearing the search leaves: the folder, and whether only untagged photos are shown. */
export function withoutWords(query: Query): Query {
  return { ...query, text: '', tags: [], without: [] };
}

/** What parts words, as the engine does it. */
const between = /[\s、，,;；。]+/u;
const sign = '(?:[-－−]|不要)';
const exclusion = new RegExp(`^(|.*?${between.source})${sign}(.*)$`, 'u');
const furtherSign = new RegExp(`(${between.source})${sign}`, 'gu');

/** `-猫` and `不要猫` ask for what a photo must not show; what stands before them is looked for. */
export function readTyped(typed: string): { before: string; word: string; excludes: boolean } {
  const [, before, rest] = exclusion.exec(typed) ?? [];
  return before === undefined || rest === undefined
    ? { before: '', word: typed.trim(), excludes: false }
    : { before: before.trim(), word: rest.replace(furtherSign, '$1').trim(), excludes: true };
}

/** A text without one of its words. */
export function withoutWord(text: string, word: string): string {
  return text
    .split(between)
    .filter((one) => one !== word)
    .join(' ')
    .trim();
}

/** A chosen tag stands on one side only; choosing it again changes nothing. */
export function withTag(query: Query, tag: string, excludes = false): Query {
  const tags = query.tags.filter((one) => one !== tag);
  const without = query.without.filter((one) => one !== tag);
  return {
    ...query,
    untagged: false,
    tags: excludes ? tags : [...tags, tag],
    without: excludes ? [...without, tag] : without,
  };
}

export function withoutTag(query: Query, tag: string): Query {
  return {
    ...query,
    tags: query.tags.filter((one) => one !== tag),
    without: query.without.filter((one) => one !== tag),
  };
}

export function toggleTag(query: Query, tag: string): Query {
  return query.tags.includes(tag) ? withoutTag(query, tag) : withTag(query, tag);
}

/** The chip between 要 and 不要. */
export function flipTag(query: Query, tag: string): Query {
  return withTag(query, tag, query.tags.includes(tag));
}

/** What Backspace in an empty field takes away. */
export function withoutLastTag(query: Query): Query {
  return query.without.length > 0
    ? { ...query, without: query.without.slice(0, -1) }
    : { ...query, tags: query.tags.slice(0, -1) };
}

/** A half-typed exclusion says nothing yet; only its chip does. */
export function searchedText(typed: string): string {
  const { before, excludes } = readTyped(typed);
  return excludes ? before : typed.trim();
}
