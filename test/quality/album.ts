/** The mixed album: where its pictures come from and what an eye said of every tag. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const words = v.array(v.string());
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
      file: v.string(),
      package: v.string(),
      /** In the archive; `#n` is a WebP picture at that byte of a Qt resource file. */
      path: v.string(),
      sha256: v.string(),
      /** Null where it can be argued about: tiny figures, an arm. */
      people: v.nullable(v.boolean()),
      screenshot: v.boolean(),
      right: words,
      wrong: words,
    }),
  ),
});
export type Album = v.InferOutput<typeof albumSchema>;

export function readAlbum(): Album {
  const file = new URL('./album.json', import.meta.url);
  return v.parse(albumSchema, JSON.parse(readFileSync(file, 'utf8')));
}
