/**
 * `wanwu tag` of a folder with everything that lies in everyday albums: right sizes, right tags, one photo
 * for a pair, and words for what cannot be shown.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { startEngine } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import { bmpFile } from '../fixtures/bmp-file.ts';
import { samples } from '../fixtures/pack.ts';
import { zipFile } from '../fixtures/zip-file.ts';
import { rawFile, rawKinds, rawSize } from '../fixtures/raw-files.ts';

const cli = fileURLToPath(new URL('../../engine/cli.ts', import.meta.url));
const heic = fileURLToPath(new URL('../fixtures/heic/cat.heic', import.meta.url));
const cat = readFileSync(path.join(samples, 'cat-chelsea.jpg'));
const catSize = { width: 451, height: 300 };

const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-formats-'));
const photos = path.join(root, 'photos');
const library = path.join(root, 'library');

/** The lines that the command line prints. */
async function wanwu(...args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], {
    env: { ...process.env, WANWU_LIBRARY: library, WANWU_LANG: 'zh' },
  });
  return stdout.trim().split('\n');
}

const grey = { create: { ...catSize, channels: 3 as const, background: '#808080' } };
/** The cat first, then a grey page of the same size. */
const pages = async () =>
  sharp([cat, await sharp(grey).png().toBuffer()], { join: { animated: true } });

const media = (brand: string) =>
  Buffer.from(`\0\0\0\x14ftyp${brand}\0\0\0\0isom${'\0'.repeat(64)}`);

/** Each a way to write the cat. */
const cats: Record<string, () => Buffer | Promise<Buffer>> = {
  'png-16.png': () => sharp(cat).toColourspace('rgb16').png().toBuffer(),
  'webp.webp': () => sharp(cat).webp().toBuffer(),
  'avif.avif': () => sharp(cat).avif({ effort: 0 }).toBuffer(),
  'cmyk.jpg': () => sharp(cat).toColourspace('cmyk').jpeg().toBuffer(),
  'progressive.jpg': () => sharp(cat).jpeg({ progressive: true }).toBuffer(),
  'pages.tiff': async () => (await pages()).tiff().toBuffer(),
  'animated.gif': async () => (await pages()).gif({ effort: 1 }).toBuffer(),
  'animated.webp': async () => (await pages()).webp().toBuffer(),
  'bitmap.bmp': async () =>
    bmpFile(await sharp(cat).raw().toBuffer(), catSize.width, catSize.height),
  'phone.heic': () => readFileSync(heic),
  'live.livp': () => zipFile({ 'IMG_2.HEIC.heic': readFileSync(heic), 'IMG_2.MOV': media('qt  ') }),
};

const refused: Record<string, [bytes: Buffer, code: string, text: string]> = {
  'film.mp4': [media('mp42'), 'video', '视频暂不支持'],
  'old.mpg': [Buffer.from('no container that is known'), 'video', '视频暂不支持'],
  'misnamed.jpg': [media('qt  '), 'video', '视频暂不支持'],
  'film.livp': [zipFile({ 'IMG_3.MOV': media('qt  ') }), 'no-still', '实况照片里没有图片'],
  'layers.jpg': [Buffer.from('8BPS\0\x01'), 'unsupported-format', '暂不支持的格式：PSD'],
  'next.jxl': [
    Buffer.from('\xff\x0a\0\0', 'latin1'),
    'unsupported-format',
    '暂不支持的格式：JPEG XL',
  ],
  'empty.dng': [
    rawFile('dng', Buffer.from('none'), 1),
    'unsupported-format',
    '暂不支持的格式：RAW',
  ],
  'letter.png': [Buffer.from('a letter'), 'not-a-picture', '内容不是图片'],
};

before(async () => {
  mkdirSync(photos);
  const put = (name: string, bytes: Buffer) => {
    writeFileSync(path.join(photos, name), bytes);
  };
  for (const [name, make] of Object.entries(cats)) put(name, await make());
  const large = sharp(await sharp(cat).resize(1_440, 1_080).png().toBuffer());
  for (const [at, kind] of rawKinds.entries()) {
    // No two are the same photo, and every other one is turned.
    const preview = large
      .clone()
      .rotate(at % 2 === 0 ? 0 : 270)
      .jpeg({ quality: 70 + at });
    put(`camera.${kind}`, rawFile(kind, await preview.toBuffer(), at % 2 === 0 ? 1 : 6));
  }
  put('LIVE_1.HEIC', readFileSync(heic));
  put('LIVE_1.MOV', media('qt  '));
  copyFileSync(path.join(samples, 'coffee-cup.jpg'), path.join(photos, 'PAIR_1.JPG'));
  put('PAIR_1.CR2', rawFile('cr2', await large.clone().jpeg().toBuffer(), 1));
  for (const [name, [bytes]] of Object.entries(refused)) put(name, bytes);
});

test('a folder of everything is tagged; videos and foreign formats are skipped', async (t) => {
  const done = JSON.parse((await wanwu('tag', photos, '--json')).at(-1) ?? '') as object;
  const shown = Object.keys(cats).length + rawKinds.length + 2;
  const refusals = Object.keys(refused).length;
  assert.partialDeepStrictEqual(done, {
    seen: shown + refusals,
    tagged: shown,
    failed: 1,
    skipped: refusals - 1,
  });

  const options = engineOptions({ library, readOnly: true });
  const engine = await startEngine({ node: process.execPath, options });
  t.after(() => engine.close());
  const detail = (name: string) =>
    engine.call('photos.show', { path: path.join(photos, name), scores: false });
  /** The photo's facts, once it is known to show the cat. */
  const catIn = async (name: string) => {
    const { photo, tags } = await detail(name);
    assert.ok(photo);
    assert.ok(
      tags.some((tag) => tag.name === '猫'),
      tags.map((tag) => tag.name).join(),
    );
    return photo;
  };

  for (const name of Object.keys(cats))
    await t.test(`${name} shows the cat in its size`, async () => {
      assert.partialDeepStrictEqual(await catIn(name), { ...catSize, damaged: false });
    });
  for (const [at, kind] of rawKinds.entries())
    await t.test(`${kind} shows the cat upright, in the real picture's size`, async () => {
      const { width, height } = rawSize;
      assert.partialDeepStrictEqual(await catIn(`camera.${kind}`), {
        ...(at % 2 === 0 ? { width, height } : { width: height, height: width }),
        camera: `Wanwu Maker of ${kind}`,
        takenAt: '2024-05-01T18:30:00',
      });
    });

  await t.test('a phone tells when, where and with what', async () => {
    const { place, ...facts } = await catIn('phone.heic');
    assert.partialDeepStrictEqual(facts, {
      takenAt: '2024-05-01T18:30:00+08:00',
      takenSource: 'exif',
      camera: 'Apple iPhone 15',
      iso: 64,
    });
    assert.ok(place);
    assert.deepEqual(
      [place.latitude.toFixed(4), place.longitude.toFixed(4)],
      ['31.2400', '121.4900'],
    );
    const lines = await wanwu('show', path.join(photos, 'phone.heic'));
    assert.match(lines.join('\n'), /451 × 300 HEIC[^]*相机：Apple iPhone 15[^]*31\.24000° N/);
  });

  await t.test('live photos and RAW pairs are one photo each', async () => {
    assert.deepEqual((await detail('LIVE_1.HEIC')).companions, ['LIVE_1.MOV']);
    assert.deepEqual((await detail('PAIR_1.JPG')).companions, ['PAIR_1.CR2']);
  });

  await t.test('what cannot be shown says why in words', async () => {
    const [line = ''] = await wanwu('failed', '--json');
    const { photos: failed } = JSON.parse(line) as {
      photos: { path: string; reason: string; code: string }[];
    };
    const said = failed.map(({ path: file, reason, code }) => [
      path.basename(file),
      [code, reason],
    ]);
    const expected = Object.entries(refused).map(([name, [, code, text]]) => [name, [code, text]]);
    assert.deepEqual(Object.fromEntries(said), Object.fromEntries(expected));
  });

  await t.test('another library is named where the reasons are', async () => {
    const ask = async (...args: string[]) => (await wanwu('tag', photos, ...args)).at(-1);
    assert.equal(await ask(), '原因见：wanwu failed');
    assert.equal(await ask('--library', library), `原因见：wanwu failed --library "${library}"`);
  });

  await t.test('a photo without tags says why there are none', async () => {
    const page = path.join(photos, 'page.png');
    writeFileSync(page, await sharp(grey).png().toBuffer());
    await wanwu('tag', page);
    const lines = await wanwu('show', page);
    assert.equal(lines.at(-1), '标签：没有足够把握的标签');
    assert.match(lines.join('\n'), /拍摄时间：\d{4}-\d\d-\d\d \d\d:/);
  });
});

after(() => {
  rmSync(root, { recursive: true });
});
