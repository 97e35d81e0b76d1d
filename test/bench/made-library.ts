/**
 * Makes a library of any size through the catalog's own door: a tree of empty files, a photo for each with
 * scores as a model gives them, and real thumbnails where samples are given. Nothing is decoded.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { openWholeCatalog, type Catalog, type Settlement } from '../../engine/catalog/catalog.ts';
import { lockLibrary, thumbnailFolder } from '../../engine/catalog/database.ts';
import { engineOptions } from '../../engine/options.ts';
import { readPack, wordsOf } from '../../engine/infer/pack.ts';
import { choosePacks } from '../../engine/packs.ts';
import { cameraFacts, noExif } from '../../engine/decode/exif.ts';
import { identityOf } from '../../engine/root.ts';
import { withPacks } from '../../engine/vocabulary/pack-tags.ts';
import { loadVocabulary, type Vocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { listDirectory } from '../../engine/walk.ts';

export interface MadeLibrary {
  library: string;
  /** The root of the made tree. */
  tree: string;
}

const perDirectory = 200;
const noCamera = cameraFacts(noExif);

/** The catalog as the engine opens it with its default packs. The caller closes both. */
export function openMadeCatalog(library: string): {
  catalog: Catalog;
  packs: number;
  close: () => void;
} {
  const options = engineOptions({ library });
  const chosen = choosePacks(options, readPack).packs;
  const vocabulary = withPacks(loadVocabulary(), chosen.map(wordsOf));
  const lock = lockLibrary(library);
  const packs = chosen.map(({ manifest }) => ({
    name: manifest.name,
    version: manifest.version,
    threshold: manifest.thresholds.default,
  }));
  const catalog = openWholeCatalog({ library, vocabulary, packs });
  const close = () => {
    catalog.close();
    lock.release();
  };
  return { catalog, packs: packs.length, close };
}

/** `samples`: a folder of pictures whose thumbnails the photos take turns to have; null: none. */
export async function makeLibrary(
  library: string,
  photos: number,
  samples: string | null,
  say: (done: number) => void,
): Promise<MadeLibrary> {
  mkdirSync(library, { recursive: true });
  const tree = path.join(realpathSync(library), 'made-photos');
  mkdirSync(tree, { recursive: true });
  const shapes = samples === null ? [] : await thumbnailsOf(library, samples);
  const { catalog, packs, close } = openMadeCatalog(library);
  while (catalog.photos.deriveSome());
  const folder = catalog.folders.add(tree, (await identityOf(tree)) ?? '');
  const scores = scoresFrom(loadVocabulary());
  for (let made = 0; made < photos; made += perDirectory) {
    const directory = Buffer.from(String(made / perDirectory).padStart(6, '0'));
    const absolute = path.join(tree, directory.toString());
    mkdirSync(absolute, { recursive: true });
    const count = Math.min(perDirectory, photos - made);
    for (let at = 0; at < count; at += 1)
      writeFileSync(path.join(absolute, `IMG_${String(made + at).padStart(7, '0')}.jpg`), '');
    const listing = listDirectory(Buffer.from(absolute));
    if ('unreadable' in listing) throw new Error(listing.unreadable);
    catalog.seen(folder.id, directory, listing.files, false);
    const stamps = new Map(listing.files.map(({ name, stamp }) => [name.toString(), stamp]));
    const { files } = catalog.files.claim(perDirectory, 0);
    const settlements = files.flatMap((file, at): Settlement[] => {
      const stamp = stamps.get(path.basename(file.path.toString()));
      if (!stamp) return [];
      const number = made + at;
      const hash = createHash('sha256')
        .update(`made ${String(number)}`)
        .digest('hex');
      const shape = shapes[number % Math.max(1, shapes.length)];
      if (shape) placeThumbnail(library, shape.file, hash);
      const facts = {
        picture: hash,
        format: 'jpeg',
        width: shape?.width ?? 4000,
        height: shape?.height ?? 3000,
        damaged: false,
        // Twelve years, more photos in the later ones.
        taken: {
          wallMs: Math.round(
            Date.UTC(2014, 0) + Math.sqrt(random(number)) * 12 * 365.25 * 86_400_000,
          ),
          offsetMinutes: 480,
          source: 'exif' as const,
        },
        camera: noCamera,
      };
      // The other packs found nothing.
      const answers = Array.from({ length: packs }, (_, at) => ({
        scores: at === 0 ? scores(number) : new Map<string, number>(),
      }));
      return [{ file: file.id, kind: 'photo', facts, stamp, answers }];
    });
    catalog.settle(settlements);
    say(made + count);
  }
  close();
  return { library, tree };
}

/** About eight tags a photo: some leaves believed in, everything above them, and a tail below the threshold. */
function scoresFrom(vocabulary: Vocabulary): (number: number) => Map<string, number> {
  const leaves = vocabulary.tags.filter(({ labels }) => labels.length > 0).map(({ name }) => name);
  return (number) => {
    const scores = new Map<string, number>();
    const put = (name: string, score: number) => {
      scores.set(name, Math.max(score, scores.get(name) ?? 0));
      for (const above of vocabulary.ancestors(name))
        scores.set(above, Math.max(score, scores.get(above) ?? 0));
    };
    for (let at = 0; at < 3; at += 1) {
      // A few tags are everywhere, most are rare.
      const share = random(number * 7 + at) ** 3;
      put(leaves[Math.floor(share * leaves.length)] ?? '', 0.6 + 0.4 * random(number * 11 + at));
    }
    for (let at = 0; at < 8; at += 1) {
      const name = leaves[Math.floor(random(number * 13 + at) * leaves.length)] ?? '';
      if (!scores.has(name)) scores.set(name, 0.02 + 0.2 * random(number * 17 + at));
    }
    return scores;
  };
}

/** Always the same number of 0..1 for the same seed. */
function random(seed: number): number {
  let t = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  t = Math.imul(t ^ (t >>> 13), 0xc2b2ae35);
  return ((t ^ (t >>> 16)) >>> 0) / 2 ** 32;
}

async function thumbnailsOf(library: string, samples: string) {
  const folder = path.join(library, 'made-thumbnails');
  mkdirSync(folder, { recursive: true });
  const pictures = readdirSync(samples).filter((name) => /\.(jpe?g|png|webp)$/i.test(name));
  return Promise.all(
    pictures.map(async (name) => {
      const file = path.join(folder, `${name}.jpg`);
      const { width, height } = await sharp(path.join(samples, name))
        .autoOrient()
        .resize(448, 448, { fit: 'outside', withoutEnlargement: true })
        .jpeg({ quality: 75 })
        .toFile(file);
      return { file, width: width * 9, height: height * 9 };
    }),
  );
}

/** Another name for the same bytes where the file system has room for one more, else a copy. */
function placeThumbnail(library: string, from: string, picture: string): void {
  const folder = path.join(thumbnailFolder(library), picture.slice(0, 2));
  const to = path.join(folder, `${picture}.jpg`);
  mkdirSync(folder, { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
