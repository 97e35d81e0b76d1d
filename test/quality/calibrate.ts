/**
 * npm run quality -- FOLDER --album FOLDER [--write]: finds thresholds from labelled photos (file or folder names
 * start with the WordNet id), the judged album and the samples, measures them on photos that did not choose them, and
 * prints docs/tag-quality.md. --write stores thresholds and document; the pack's version is raised by hand.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadVocabulary, type Vocabulary } from '../../engine/vocabulary/vocabulary.ts';
import {
  readAlbum,
  readLabelledFaces,
  readSamples,
  type Album,
  type JudgedPicture,
} from './album.ts';
import {
  albumTags,
  crossValidated,
  heldOut,
  type AlbumPhoto,
  type JudgedPhoto,
} from './evaluate.ts';
import { fit, measurable, type Labelled, type Thresholds } from './fit.ts';
import { reportOf } from './report.ts';
import { packFolder, scoresOf, type FolderScores, type Stored } from './scores.ts';

const samplesFolder = fileURLToPath(new URL('../../build/samples/', import.meta.url));
const usage = 'npm run quality -- FOLDER --album FOLDER [--write]';

export function labelledPhotos(vocabulary: Vocabulary, stored: FolderScores): Labelled[] {
  const tagOf = new Map(
    vocabulary.tags.flatMap(({ name, labels }) => labels.map((label) => [label, name] as const)),
  );
  return [...stored]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([file, { scores }]) => {
      const id = file.split(path.sep).find((part) => /^n\d{8}/.test(part));
      const tag = tagOf.get(id?.slice(0, 9) ?? '');
      return tag === undefined
        ? []
        : [{ scores, truth: new Set([tag, ...vocabulary.ancestors(tag)]) }];
    });
}

/** 人物 on the labelled photos: those that were judged, one way or the other, and the others. */
export function labelledPeople(stored: FolderScores) {
  const { people, nobody, why } = readLabelledFaces();
  const shown = [...stored].flatMap(([file, { beside }]) =>
    beside.has('人物') ? [path.basename(file).slice(0, 9)] : [],
  );
  const count = (ids: readonly string[]) => shown.filter((id) => ids.includes(id)).length;
  const right = count(people);
  const wrong = count(nobody);
  return { right, wrong, unjudged: shown.length - right - wrong, why };
}

function judged(picture: JudgedPicture, found: Stored): JudgedPhoto {
  const { people } = picture;
  const right = new Set(picture.right);
  const wrong = new Set(picture.wrong);
  (picture.screenshot ? right : wrong).add('截图');
  if (people !== null) (people ? right : wrong).add('人物');
  return { ...found, right, wrong, people };
}

export const samplePhotos = (stored: FolderScores): JudgedPhoto[] =>
  readSamples().flatMap((picture) => {
    const found = stored.get(picture.file);
    return found ? [judged(picture, found)] : [];
  });

export function albumPhotos({ pictures }: Album, stored: FolderScores): AlbumPhoto[] {
  return pictures.flatMap((picture) => {
    const found = stored.get(picture.file);
    if (!found) return [];
    const { sha256, package: source } = picture;
    return [{ ...judged(picture, found), source, half: parseInt(sha256.slice(0, 2), 16) % 2 }];
  });
}

export function measure(
  vocabulary: Vocabulary,
  photos: readonly Labelled[],
  album: readonly AlbumPhoto[],
  samples: readonly JudgedPhoto[],
) {
  const concepts = measurable(photos);
  const everyJudged = [...album, ...samples];
  const thresholds = fit(vocabulary, photos, everyJudged, concepts);
  const plain = fit(vocabulary, photos, [], concepts);
  // Without the samples: some show what the album shows too.
  const held = (groupOf: (photo: AlbumPhoto) => string | number) =>
    heldOut(vocabulary, photos, album, concepts, groupOf);
  return {
    photos: photos.length,
    album,
    samples,
    thresholds,
    labelled: crossValidated(vocabulary, photos, everyJudged, concepts),
    plainLabelled: crossValidated(vocabulary, photos, [], concepts),
    plain: albumTags(vocabulary, album, plain),
    same: albumTags(vocabulary, album, thresholds),
    sampleTags: albumTags(vocabulary, samples, thresholds),
    otherSources: held(({ source }) => source),
    otherHalf: held(({ half }) => half),
  };
}
export type Figures = ReturnType<typeof measure>;

function write(thresholds: Thresholds, report: string): void {
  const entries = [...thresholds].map(([tag, at]) => `  ${JSON.stringify(tag)}: ${at.toFixed(3)}`);
  const text = `{\n${entries.join(',\n')}\n}\n`;
  writeFileSync(path.join(packFolder, 'thresholds.json'), text);
  const file = path.join(packFolder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    thresholds: Record<string, unknown>;
    files: Record<string, unknown>;
  };
  manifest.thresholds['tags'] = 'thresholds.json';
  manifest.files['thresholds.json'] = {
    sha256: createHash('sha256').update(text).digest('hex'),
    bytes: Buffer.byteLength(text),
  };
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(new URL('../../docs/tag-quality.md', import.meta.url), report);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { album: { type: 'string' }, write: { type: 'boolean', default: false } },
  });
  const [folder] = positionals;
  if (folder === undefined || values.album === undefined) throw new Error(usage);
  const vocabulary = loadVocabulary();
  const album = readAlbum();
  const stored = scoresOf(folder);
  const figures = measure(
    vocabulary,
    labelledPhotos(vocabulary, stored),
    albumPhotos(album, scoresOf(values.album)),
    samplePhotos(scoresOf(samplesFolder)),
  );
  const report = reportOf(figures, labelledPeople(stored), album);
  console.log(report);
  if (values.write) write(figures.thresholds, report);
}
