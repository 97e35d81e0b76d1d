/** Gives the labels of model packs their tags: ours where the word is known, else new ones, with their own tree. */
import * as v from 'valibot';
import { buildVocabulary, type Tag, type Vocabulary } from './vocabulary.ts';

/** Concepts above labels, as a pack's file holds them. */
export const conceptsSchema = v.object({
  tags: v.array(
    v.object({
      name: v.pipe(v.string(), v.nonEmpty()),
      en: v.optional(v.string(), ''),
      parents: v.optional(v.array(v.string()), []),
      synonyms: v.optional(v.array(v.string()), []),
    }),
  ),
});
export type Concept = v.InferOutput<typeof conceptsSchema>['tags'][number];

export interface PackWords {
  /** Of the pack; makes its label ids its own. */
  name: string;
  labels: readonly {
    name: string;
    en: string;
    synonyms: readonly string[];
    wordnet: string | null;
  }[];
  /** Parents may be the pack's own or ours; a label may be a concept's name. */
  concepts: readonly Concept[];
}

/** The id by which the vocabulary knows a pack's label: its WordNet id, or one of its own. */
export function labelId(pack: string, at: number, wordnet: string | null): string {
  return wordnet ?? `${pack}#${String(at)}`;
}

export function withPacks(base: Vocabulary, packs: readonly PackWords[]): Vocabulary {
  const tags = new Map<string, Tag & { labels: string[] }>(
    base.tags.map((tag) => [tag.name, { ...tag, labels: [...tag.labels] }]),
  );
  const known = new Set(base.tags.flatMap((tag) => tag.labels));
  const names = new Map<string, string>();
  const claim = (word: string, tag: string) => {
    const key = word.toLowerCase();
    if (!names.has(key)) names.set(key, tag);
  };
  for (const { name } of base.tags) claim(name, name);
  for (const { name, synonyms } of base.tags) for (const word of synonyms) claim(word, name);
  for (const { name, en } of base.tags) if (en !== '') claim(en, name);

  for (const { name: pack, labels, concepts } of packs) {
    for (const concept of concepts) {
      const tag = tags.get(concept.name);
      if (tag) tags.set(tag.name, { ...tag, parents: union(tag.parents, concept.parents) });
      else tags.set(concept.name, { ...concept, labels: [] });
      for (const word of [concept.name, ...concept.synonyms]) claim(word, concept.name);
    }
    labels.forEach((label, at) => {
      const id = labelId(pack, at, label.wordnet);
      if (label.wordnet !== null && known.has(label.wordnet)) return;
      const found =
        names.get(label.name.toLowerCase()) ?? names.get(label.en.toLowerCase()) ?? label.name;
      const tag = tags.get(found);
      if (tag) tag.labels.push(id);
      else {
        const synonyms = label.synonyms.filter((word) => !names.has(word.toLowerCase()));
        tags.set(found, { name: found, en: label.en, parents: [], synonyms, labels: [id] });
      }
      for (const word of [label.name, ...label.synonyms]) claim(word, found);
    });
  }
  return buildVocabulary([...tags.values()].map((tag) => ownParents(tag, tags)));
}

/** A parent that nobody defines is left out: it could never be searched for. */
function ownParents(tag: Tag, tags: ReadonlyMap<string, Tag>): Tag {
  return tag.parents.every((parent) => tags.has(parent))
    ? tag
    : { ...tag, parents: tag.parents.filter((parent) => tags.has(parent)) };
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}
