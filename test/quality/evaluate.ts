/** Measures thresholds on photos that did not choose them. Pure. */
import type { Vocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { mean, qualityOf, tagsAt, type Quality } from './count.ts';
import { fit, type Judged, type Labelled, type Thresholds } from './fit.ts';

export interface JudgedPhoto extends Judged {
  /** What the packs beside the classifier say. */
  beside: ReadonlySet<string>;
  people: boolean | null;
}

export interface AlbumPhoto extends JudgedPhoto {
  /** Where the picture comes from: pictures of one package are alike. */
  source: string;
  half: number;
}

type Tags = readonly ReadonlySet<string>[];

const folds = 5;
const none: Thresholds = new Map();

/** The labelled photos, each judged by thresholds from the four folds it is not in. */
export function crossValidated(
  vocabulary: Vocabulary,
  photos: readonly Labelled[],
  album: readonly Judged[],
  concepts: readonly string[],
) {
  const foldOf = (at: number) => at % folds;
  const byFold = Array.from({ length: folds }, (_, fold) => {
    const training = photos.filter((_photo, at) => foldOf(at) !== fold);
    return fit(vocabulary, training, album, concepts);
  });
  const tags = photos.map(({ scores }, at) =>
    tagsAt(vocabulary, scores, byFold[foldOf(at)] ?? none),
  );
  const table: Quality[] = qualityOf(photos, tags, concepts);
  return {
    table,
    precision: mean(table.map((row) => row.precision)),
    recall: mean(table.map((row) => row.recall)),
    coverage: tags.filter(({ size }) => size > 0).length / photos.length,
  };
}

/** The album's tags by one set of thresholds. */
export function albumTags(
  vocabulary: Vocabulary,
  album: readonly JudgedPhoto[],
  thresholds: Thresholds,
): Tags {
  return album.map(({ scores, beside }) => tagsAt(vocabulary, scores, thresholds, beside));
}

/** The album's tags, each group's by thresholds that the other groups chose. */
export function heldOut(
  vocabulary: Vocabulary,
  photos: readonly Labelled[],
  album: readonly AlbumPhoto[],
  concepts: readonly string[],
  groupOf: (photo: AlbumPhoto) => string | number,
): Tags {
  const thresholds = new Map(
    [...new Set(album.map(groupOf))].map((group) => {
      const others = album.filter((photo) => groupOf(photo) !== group);
      return [group, fit(vocabulary, photos, others, concepts)];
    }),
  );
  return album.map((photo) =>
    tagsAt(vocabulary, photo.scores, thresholds.get(groupOf(photo)) ?? none, photo.beside),
  );
}

/** 人物 on the photos whose people can be counted without argument. */
export function peopleQuality(album: readonly AlbumPhoto[], tags: Tags) {
  const counts = { photos: 0, shown: 0, right: 0 };
  album.forEach(({ people }, at) => {
    if (people === null) return;
    const isShown = tags[at]?.has('人物') === true;
    counts.photos += people ? 1 : 0;
    counts.shown += isShown ? 1 : 0;
    counts.right += isShown && people ? 1 : 0;
  });
  return counts;
}
