/** One label's words: its name in Chinese or English, the translation, other names. */

export interface Label {
  /** The word to show: Chinese where there is one. */
  name: string;
  /** English, '' where unknown. */
  en: string;
  synonyms: string[];
  /** A WordNet id (n01440764) that the line began with. */
  wordnet: string | null;
}

export const han = /\p{Script=Han}/u;
export const wordnetId = /^(n\d{8})(?:[\s,;:]+(.*))?$/;

/** `word` may hold several names for one thing: 猫/猫咪, 猫、猫咪, "tench, Tinca tinca", 苹果（水果）. */
export function labelOf(word: string, en: string, more: string): Label {
  const [, wordnet = null, rest] = wordnetId.exec(word.trim()) ?? [];
  const parts = splitNames((rest ?? word).trim());
  const chinese = parts.filter((part) => han.test(part));
  const english = parts.filter((part) => !han.test(part));
  const names = chinese.length > 0 ? chinese : english;
  const [name = '', ...others] = names;
  const translated = en === '' && chinese.length > 0 ? english : splitNames(en);
  const synonyms = [...others, ...translated.slice(1), ...splitNames(more)];
  return {
    name,
    en: translated[0] ?? (chinese.length > 0 ? '' : name),
    synonyms: [...new Set(synonyms)].filter((one) => one !== name),
    wordnet,
  };
}

/** Chinese marks part names everywhere; a comma beside a blank, or where Chinese is written. */
function splitNames(word: string): string[] {
  const remark = /^(.+?)\s*[（(]([^（）()]+)[）)]$/.exec(word);
  const plain = remark?.[1] ?? word;
  const marks = han.test(plain) ? /\s*[、，;；|]\s*|(?<!\d),|,(?!\d)/ : /\s*[、，;；|]\s*|,\s+/;
  const parts = plain.split(marks).flatMap((part) => splitAtSlashes(part).flatMap(mixed));
  return [...parts, ...(remark ? [word] : [])]
    .map((part) => part.replace(snakeCase, ' ').trim())
    .filter((part) => part !== '');
}

/** hot_dog, but not t_t. */
const snakeCase = /(?<=\p{L}{2})_(?=\p{L}{2})/gu;

/** Between Chinese words, a word and its translation, or blanks; AC/DC and A/B 测试 stay whole. */
function splitAtSlashes(part: string): string[] {
  const around = part.split('/').map((one) => one.trim());
  const isPure = (one: string) => !han.test(one) || !/[a-z]/i.test(one);
  const isList =
    around.every((one) => han.test(one)) ||
    (han.test(part) && around.every(isPure)) ||
    /\s\/\s/.test(part);
  return isList ? around : [part];
}

/** "猫 cat" and "cat 猫" are a word and its translation. */
function mixed(part: string): string[] {
  const found =
    /^([\x20-\x7E]+?)\s+(\P{ASCII}+)$/u.exec(part) ?? /^(\P{ASCII}+)\s+([\x20-\x7E]+)$/u.exec(part);
  return found ? [found[1] ?? '', found[2] ?? ''] : [part];
}
