/**
 * npm run quality -- FOLDER [--album FOLDER] [--write]: measures the tags on labelled photos (file or folder
 * names start with the WordNet id) with 5-fold cross-validation, and on the judged album; --write stores the
 * thresholds in the pack. Prints the table of docs/tag-quality.md.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { readAlbum } from './album.ts';
import * as fits from './fit.ts';
import { packFolder, scoresOf } from './scores.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { album: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('npm run quality -- FOLDER [--album FOLDER] [--write]');

const folds = 5;
const vocabulary = loadVocabulary();
const tagOf = new Map(
  vocabulary.tags.flatMap(({ name, labels }) => labels.map((label) => [label, name] as const)),
);
const photos = [...scoresOf(folder)]
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .flatMap(([file, scores]): fits.Labelled[] => {
    const id = file.split(path.sep).find((part) => /^n\d{8}/.test(part));
    const tag = tagOf.get(id?.slice(0, 9) ?? '');
    return tag === undefined
      ? []
      : [{ scores, truth: new Set([tag, ...vocabulary.ancestors(tag)]) }];
  });
const concepts = fits.measurable(photos);

const judgedScores = values.album === undefined ? new Map<string, never>() : scoresOf(values.album);
const judged = readAlbum().pictures.flatMap(({ file, right, wrong, sha256 }) => {
  const scores: ReadonlyMap<string, number> | undefined = judgedScores.get(file);
  return scores === undefined
    ? []
    : [
        {
          scores,
          right: new Set(right),
          wrong: new Set(wrong),
          half: parseInt(sha256.slice(0, 2), 16) % 2,
        },
      ];
});

const finish = (thresholds: fits.Thresholds, from: readonly fits.Judged[]) =>
  fits.lift(thresholds, from, concepts);

function crossValidated(from: readonly fits.Judged[]): ReadonlySet<string>[] {
  const tags: ReadonlySet<string>[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const training = photos.filter((_, at) => at % folds !== fold);
    const thresholds = finish(fits.fit(vocabulary, training, concepts), from);
    photos.forEach(({ scores }, at) => {
      if (at % folds === fold) tags[at] = fits.tagsAt(vocabulary, scores, thresholds);
    });
  }
  return tags;
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

function reportLabelled(title: string, from: readonly fits.Judged[]): fits.Quality[] {
  const tags = crossValidated(from);
  const table = fits.qualityOf(photos, tags, concepts);
  const precision = percent(fits.mean(table.map((row) => row.precision)));
  const recall = percent(fits.mean(table.map((row) => row.recall)));
  const coverage = percent(tags.filter(({ size }) => size > 0).length / photos.length);
  console.log(`| ${title} | ${precision} | ${recall} | ${coverage} |`);
  return table;
}

function reportJudged(
  title: string,
  parts: readonly (readonly [fits.Judged[], fits.Thresholds])[],
) {
  const counts = parts.map(([part, at]) => fits.judgedQuality(vocabulary, part, at));
  const sum = (pick: (one: (typeof counts)[number]) => number) =>
    counts.reduce((total, one) => total + pick(one), 0);
  const shown = sum((one) => one.shown);
  const wrong = sum((one) => one.wrong);
  const coverage = percent(sum((one) => one.tagged) / sum((one) => one.photos));
  const unjudged = String(sum((one) => one.unjudged));
  console.log(
    `| ${title} | ${String(shown)} | ${String(wrong)} | ${percent(wrong / shown)} | ${unjudged} | ${coverage} |`,
  );
}

console.log(`\n${String(photos.length)} labelled photos, ${String(concepts.length)} concepts\n`);
console.log('| 5-fold | macro precision | macro recall | coverage |\n|---|---|---|---|');
const plainTable = reportLabelled('labelled photos alone', []);
const table =
  judged.length === 0 ? plainTable : reportLabelled('with the attractors lifted', judged);
const plain = fits.fit(vocabulary, photos, concepts);
const final = finish(plain, judged);
if (judged.length > 0) {
  const [even, odd] = [0, 1].map((half) => judged.filter((one) => one.half === half));
  console.log(
    '\n| album | shown tags | wrong | share | unjudged | coverage |\n|---|---|---|---|---|---|',
  );
  reportJudged('before', [[judged, plain]]);
  reportJudged('lifted by the same photos', [[judged, final]]);
  if (even && odd)
    reportJudged('lifted by the other half', [
      [even, finish(plain, odd)],
      [odd, finish(plain, even)],
    ]);
}
console.log('\n| concept | photos | precision | recall | threshold |\n|---|---|---|---|---|');
for (const { tag, photos: n, precision, recall } of table.sort((a, b) => b.photos - a.photos))
  console.log(
    `| ${tag} | ${String(n)} | ${percent(precision)} | ${percent(recall)} | ${(final.get(tag) ?? 0).toFixed(2)} |`,
  );

if (values.write) {
  const entries = [...final].map(([tag, at]) => `  ${JSON.stringify(tag)}: ${at.toFixed(3)}`);
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
}
