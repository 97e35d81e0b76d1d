/** The albums of the soak: ordinary photos and everything that is not one, new in each turn. */
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { madePhotos } from '../../engine/bench/photos.ts';
import { rawFile } from '../fixtures/raw-files.ts';
import { root } from './places.ts';

export interface Album {
  /** Files that must end with tags, and files that must not. */
  good: number;
  bad: number;
  /** Changes files for a while, as a copy in progress and a person's clearing do. */
  disturb(): Promise<void>;
}

export interface Templates {
  photos: Buffer[];
  others: Record<string, Buffer>;
  refused: Record<string, Buffer>;
}

const bigBytes = 300 * 1024 * 1024;
const depth = 24;
const appends = 20;
const appendMs = 100;

/** `folder`: a place for made photos. */
export async function soakTemplates(folder: string): Promise<Templates> {
  const samples = path.join(root, 'build/samples');
  const made = await madePhotos(folder, { pictures: 12, versions: 1 });
  const small = readdirSync(samples)
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => readFileSync(path.join(samples, name)));
  const [cat = Buffer.alloc(0), dog = cat] = small;
  const { width, height } = await sharp(cat).metadata();
  const page = await sharp(dog).resize(width, height, { fit: 'fill' }).png().toBuffer();
  const pages = () => sharp([cat, page], { join: { animated: true } });
  return {
    photos: [...small, ...made.photos.map((file) => readFileSync(file))],
    others: {
      'wrong-extension.png': dog,
      'wrong-extension.webp': cat,
      'screen.png': await sharp(cat).png().toBuffer(),
      'web.webp': await sharp(cat).webp().toBuffer(),
      'animated.gif': await pages().gif({ effort: 1 }).toBuffer(),
      'animated.webp': await pages().webp().toBuffer(),
      'pages.tiff': await pages().tiff().toBuffer(),
      'modern.avif': await sharp(cat).avif({ effort: 0 }).toBuffer(),
      'phone.heic': readFileSync(path.join(root, 'test/fixtures/heic/cat.heic')),
      // Cameras write no progressive preview, and none is read.
      'camera.nef': rawFile('nef', await sharp(dog).jpeg().toBuffer(), 1),
      'cut-off.jpg': dog.subarray(0, Math.floor(dog.length * 0.6)),
    },
    refused: {
      'empty.jpg': Buffer.alloc(0),
      'text.jpg': Buffer.from('no picture at all\n'.repeat(400)),
      'ten-bytes.jpg': cat.subarray(0, 10),
      'zeros.png': Buffer.alloc(1_000_000),
      'huge.png': hugePng(cat),
      'broken.webp': (await sharp(cat).webp().toBuffer()).subarray(0, 400),
    },
  };
}

/** A PNG whose header claims 60,000 x 60,000 pixels. */
function hugePng(rest: Buffer): Buffer {
  const header = Buffer.alloc(33);
  header.write('\x89PNG\r\n\x1a\n', 'latin1');
  header.writeUInt32BE(13, 8);
  header.write('IHDR', 12);
  header.writeUInt32BE(60_000, 16);
  header.writeUInt32BE(60_000, 20);
  header.set([8, 2], 24);
  return Buffer.concat([header, rest]);
}

/** With a `name` of its own every file is new to the engine: bytes behind a picture's end are a part of its hash. */
export function writeAlbum(
  folder: string,
  name: string,
  { photos, others, refused }: Templates,
): Album {
  const mark = Buffer.from(name);
  const own = (bytes: Buffer) => Buffer.concat([bytes, mark]);
  const deep = path.join(folder, ...Array.from({ length: depth }, (_, at) => `层 ${String(at)}`));
  mkdirSync(deep, { recursive: true });
  for (const [at, photo] of photos.entries())
    writeFileSync(path.join(at % 4 === 0 ? deep : folder, `photo-${String(at)}.jpg`), own(photo));
  for (const [file, bytes] of Object.entries(others))
    writeFileSync(path.join(folder, file), own(bytes));
  for (const [file, bytes] of Object.entries(refused))
    writeFileSync(path.join(folder, file), bytes);
  writeFileSync(path.join(folder, 'too-big.jpg'), '');
  truncateSync(path.join(folder, 'too-big.jpg'), bigBytes);
  mkdirSync(path.join(folder, 'a-folder.jpg'));
  symlinkSync(path.join(folder, 'photo-1.jpg'), path.join(folder, 'link.jpg'));
  const [first = mark, second = mark] = photos;
  copyFileSync(path.join(folder, 'photo-1.jpg'), path.join(folder, 'copy.jpg'));
  const growing = path.join(folder, 'growing.jpg');
  writeFileSync(growing, first.subarray(0, first.length / 2));
  for (let at = 0; at < appends; at += 1)
    writeFileSync(path.join(folder, `gone-${String(at)}.jpg`), own(second));
  return {
    good: photos.length + Object.keys(others).length + 2,
    // The link and the file that is too big, too.
    bad: Object.keys(refused).length + 2,
    disturb: async () => {
      const half = first.subarray(first.length / 2);
      for (let at = 0; at < appends; at += 1) {
        const part = half.length / appends;
        appendFileSync(growing, half.subarray(Math.floor(at * part), Math.floor((at + 1) * part)));
        rmSync(path.join(folder, `gone-${String(at)}.jpg`));
        await new Promise((resolve) => setTimeout(resolve, appendMs));
      }
      appendFileSync(growing, mark);
    },
  };
}
