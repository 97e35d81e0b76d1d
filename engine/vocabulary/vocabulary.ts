/** The Chinese words photos are tagged with, read from vocabulary.json, and the tree they form. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const tagSchema = v.strictObject({
  name: v.string(),
  en: v.string(),
  parents: v.array(v.string()),
  synonyms: v.array(v.string()),
  labels: v.optional(v.array(v.string()), []),
  madeFrom: v.optional(v.picklist(['faces'])),
});
const fileSchema = v.strictObject({ tags: v.array(tagSchema) });

export interface Tag {
  /** The everyday word, unique. */
  readonly name: string;
  readonly en: string;
  readonly parents: readonly string[];
  readonly synonyms: readonly string[];
  /** Model labels (WordNet ids) that mean exactly this tag; only leaves have any. */
  readonly labels: readonly string[];
  /** What this tag follows from where no label means it. */
  readonly madeFrom?: 'faces' | undefined;
}

export interface Vocabulary {
  readonly tags: readonly Tag[];
  readonly labelCount: number;
  get(name: string): Tag | undefined;
  /** The tag of this name, or that this is another word for; letters of any width and case. */
  meant(word: string): Tag | undefined;
  /** Everything above a tag, without itself; empty for a word that is not in the vocabulary. */
  ancestors(name: string): ReadonlySet<string>;
  /** Everything below a tag, without itself. */
  descendants(name: string): ReadonlySet<string>;
  /** The labels of a tag and of everything below it; a label counts once however many ways lead to it. */
  labelsBelow(name: string): ReadonlySet<string>;
}

/** Reads the vocabulary that ships with the engine. Throws on a file that breaks the format. */
export function loadVocabulary(): Vocabulary {
  const file = new URL('./vocabulary.json', import.meta.url);
  return buildVocabulary(v.parse(fileSchema, JSON.parse(readFileSync(file, 'utf8'))).tags);
}

export function buildVocabulary(tags: readonly Tag[]): Vocabulary {
  const byName = new Map(tags.map((tag) => [tag.name, tag]));
  const children = new Map<string, string[]>();
  for (const tag of tags)
    for (const parent of tag.parents) {
      const below = children.get(parent);
      if (below) below.push(tag.name);
      else children.set(parent, [tag.name]);
    }

  const reach = (next: (name: string) => readonly string[]) => {
    const known = new Map<string, ReadonlySet<string>>();
    return (name: string): ReadonlySet<string> => {
      let found = known.get(name);
      if (!found) {
        found = closure(name, next);
        known.set(name, found);
      }
      return found;
    };
  };
  /** Made when a person first names a tag. */
  let words: ReadonlyMap<string, Tag> | null = null;
  const descendants = reach((name) => children.get(name) ?? []);
  return {
    tags,
    labelCount: new Set(tags.flatMap((tag) => tag.labels)).size,
    get: (name) => byName.get(name),
    meant: (word) => (words ??= wordsOf(tags)).get(normalise(word)),
    ancestors: reach((name) => byName.get(name)?.parents ?? []),
    descendants,
    labelsBelow: (name) =>
      new Set([name, ...descendants(name)].flatMap((below) => byName.get(below)?.labels ?? [])),
  };
}

/** A name before another tag's synonym. */
function wordsOf(tags: readonly Tag[]): ReadonlyMap<string, Tag> {
  const words = new Map<string, Tag>();
  const claim = (word: string, tag: Tag) => {
    if (word !== '' && !words.has(normalise(word))) words.set(normalise(word), tag);
  };
  for (const tag of tags) claim(tag.name, tag);
  for (const tag of tags) for (const word of [...tag.synonyms, tag.en]) claim(word, tag);
  return words;
}

/** Width and case folded, so that ＣＤ finds cd. */
export function normalise(word: string): string {
  return word.normalize('NFKC').trim().toLowerCase();
}

function closure(name: string, next: (name: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...next(name)];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    open.push(...next(one));
  }
  return found;
}
