/**
 * node test/quality/finer-look.ts FOLDER --album ALBUM [--side 1]: what 人物 would gain if the face detector looked
 * at squares of the picture too (`side`: of the picture's shorter side), and what it would cost. A prototype:
 * squares are cut from the original, faces of all looks merged, and the engine's own rules say who is there.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import type { Face } from '../../common/contract.ts';
import { inputBytes } from '../../engine/decode/model-input.ts';
import { partOf } from '../../engine/infer/answers.ts';
import { mergeFaces, readFaces } from '../../engine/infer/faces.ts';
import { describePack, inputShape, readPack } from '../../engine/infer/pack.ts';
import { agreed } from '../../engine/infer/people.ts';
import { openSession } from '../../engine/infer/session.ts';
import { stretched } from '../../engine/infer/tags.ts';
import { readAlbum, readLabelledFaces } from './album.ts';
import { packFolder, scoresOf } from './scores.ts';

/** Neighbouring squares share at least this much, so that no face is cut by all. */
const shared = 0.2;
/** No look needs the picture larger. */
const longest = 1344;
/** Squares of one photo at a time. */
const most = 64;

interface Cut {
  left: number;
  top: number;
  side: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { album: { type: 'string' }, side: { type: 'string', default: '1' } },
});
const [folder] = positionals;
if (folder === undefined || values.album === undefined)
  throw new Error('node test/quality/finer-look.ts FOLDER --album ALBUM [--side 1]');

const classifier = describePack(packFolder);
const pack = readPack(fileURLToPath(new URL('../../models/blazeface/', import.meta.url)));
const { output, thresholds } = pack.manifest;
if (output.kind !== 'faces') throw new Error('no face detector');
const shape = inputShape(pack.manifest);
const size = shape.size.width;
const detector = { size, grids: output.grids };
const places = new SharedArrayBuffer(most * inputBytes(shape));
const session = await openSession(
  { pack, device: 'cpu', places, threads: 1, maxBatch: most },
  (error) => {
    throw error;
  },
);
const cost = { photos: 0, squares: 0, looks: 0, ms: 0 };

function starts(whole: number, side: number): number[] {
  const steps = Math.max(0, Math.ceil((whole - side) / (side * (1 - shared))));
  return Array.from({ length: steps + 1 }, (_, at) =>
    steps === 0 ? 0 : Math.round((at * (whole - side)) / steps),
  );
}

function squares(width: number, height: number): Cut[] {
  const side = Math.round(Math.min(width, height) * Number(values.side));
  return starts(height, side).flatMap((top) =>
    starts(width, side).map((left) => ({ left, top, side })),
  );
}

/** Faces of the whole picture, and those of it and its squares together. */
async function looksAt(file: string): Promise<{ whole: Face[]; finer: Face[] }> {
  const { data, info } = await sharp(file, { limitInputPixels: false })
    .rotate()
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .resize(longest, longest, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const picture = () => sharp(data, { raw: info });
  const cuts = squares(width, height).slice(0, most - 1);
  const looks = [
    picture().resize(size, size, { fit: 'contain', background: 'black' }),
    ...cuts.map(({ left, top, side }) =>
      picture().extract({ left, top, width: side, height: side }).resize(size, size),
    ),
  ];
  const slots = Buffer.from(places);
  for (const [at, look] of looks.entries())
    slots.set(await look.raw().toBuffer(), at * inputBytes(shape));
  const { outputs, ms } = await session.run(looks.map((_, at) => at));
  cost.photos += 1;
  cost.squares += cuts.length;
  cost.looks += looks.length;
  cost.ms += ms;
  const facesOf = (at: number, aspect: number) => {
    const [logits, boxes] = partOf(outputs, at, looks.length);
    if (!logits || !boxes) return [];
    return readFaces(detector, { logits, boxes }, aspect, thresholds.default);
  };
  const whole = facesOf(0, width / height);
  const near = cuts.flatMap(({ left, top, side }, at) =>
    facesOf(at + 1, 1).map((face) => ({
      ...face,
      left: (left + face.left * side) / width,
      top: (top + face.top * side) / height,
      width: (face.width * side) / width,
      height: (face.height * side) / height,
    })),
  );
  return { whole, finer: mergeFaces([...whole, ...near]) };
}

/** `isThere`: whether anybody is in a file; undefined where nobody judged it. */
async function count(name: string, files: string, isThere: (file: string) => boolean | undefined) {
  const shown = { whole: new Set<string>(), finer: new Set<string>() };
  const stored = scoresOf(files);
  for (const [file, { scores }] of stored) {
    const seen = new Map(
      [...scores].map(([tag, score]) => [
        tag,
        stretched(
          score,
          classifier.tagThresholds[tag] ?? 0.5,
          classifier.manifest.thresholds.default,
        ),
      ]),
    );
    const looks = await looksAt(path.join(files, file));
    for (const look of ['whole', 'finer'] as const) {
      const answers = agreed([{ scores: seen }, { scores: new Map(), faces: looks[look] }]);
      if (answers[1]?.scores.has('人物')) shown[look].add(file);
    }
  }
  const people = [...stored.keys()].filter((file) => isThere(file) === true).length;
  for (const [look, some] of Object.entries(shown)) {
    const judged = [...some].map(isThere);
    const right = judged.filter((one) => one === true).length;
    const wrong = judged.filter((one) => one === false).length;
    console.log(
      `${name}, ${look}: ${String(right)} right of ${String(people)}, ${String(wrong)} wrong, ${String(some.size - right - wrong)} unjudged`,
    );
    for (const file of some)
      if (look === 'finer' && !shown.whole.has(file))
        console.log(`  + ${file} ${String(isThere(file))}`);
  }
}

const album = new Map(readAlbum().pictures.map(({ file, people }) => [file, people ?? undefined]));
await count('album', values.album, (file) => album.get(file));
const { people, nobody } = readLabelledFaces();
await count('labelled', folder, (file) => {
  const id = path.basename(file).slice(0, 9);
  return people.includes(id) ? true : nobody.includes(id) ? false : undefined;
});
const each = cost.ms / cost.looks;
console.log(
  `${(cost.squares / cost.photos).toFixed(1)} squares a photo, ${each.toFixed(1)} ms each: ${((cost.squares / cost.photos) * each).toFixed(1)} ms more a photo`,
);
await session.close();
