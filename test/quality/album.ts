/** What an eye said: of every tag of the mixed album (and where its pictures come from), of the sample album, and of faces. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const words = v.array(v.string());
const judgedEntries = {
  file: v.string(),
  /**
   * Whether anybody is in it, in the flesh, photographed on a screen or painted; a statue, a doll or a drawn
   * figure is nobody. Null where it can be argued about: tiny figures, an arm, film posters in a menu.
   */
  people: v.nullable(v.boolean()),
  screenshot: v.boolean(),
  right: words,
  wrong: words,
};
const samplesSchema = v.array(v.object(judgedEntries));
export type JudgedPicture = v.InferOutput<typeof samplesSchema>[number];

const albumSchema = v.object({
  sources: v.array(
    v.object({
      kind: v.picklist(['debian', 'pypi']),
      package: v.string(),
      version: v.string(),
      sha256: v.string(),
      licence: v.string(),
    }),
  ),
  pictures: v.array(
    v.object({
      ...judgedEntries,
      package: v.string(),
      /** In the archive; `#n` is a WebP picture at that byte of a Qt resource file. */
      path: v.string(),
      sha256: v.string(),
    }),
  ),
});
export type Album = v.InferOutput<typeof albumSchema>;

/** Labelled photos (WordNet ids, one photo each) in which a face was found: whether anybody is there, by the same rule. */
const facesSchema = v.object({
  people: words,
  nobody: words,
  /** Of those that can be taken for the other, by id. */
  why: v.record(v.string(), v.string()),
});

function read<S extends v.GenericSchema>(schema: S, name: string): v.InferOutput<S> {
  return v.parse(schema, JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')));
}

export const readAlbum = (): Album => read(albumSchema, './album.json');
export const readSamples = () => read(samplesSchema, './samples.json');
export const readLabelledFaces = () => read(facesSchema, './labelled-faces.json');
