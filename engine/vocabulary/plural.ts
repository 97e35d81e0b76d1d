/** English plurals. */

/** From the surest on; the last word of several is the one that changes. */
const endings: readonly (readonly [plural: RegExp, singular: string])[] = [
  [/people$/, 'person'],
  [/children$/, 'child'],
  [/men$/, 'man'],
  [/mice$/, 'mouse'],
  [/geese$/, 'goose'],
  [/feet$/, 'foot'],
  [/teeth$/, 'tooth'],
  [/oxen$/, 'ox'],
  [/ies$/, 'y'],
  [/ves$/, 'f'],
  [/ves$/, 'fe'],
  [/(?<!s)s$/, ''],
  [/(?<=s|x|z|ch|sh|o)es$/, ''],
];

/** What a word in small letters may be the plural of; only some of it are words. */
export function singulars(word: string): string[] {
  return endings.flatMap(([plural, singular]) =>
    plural.test(word) ? [word.replace(plural, singular)] : [],
  );
}
