/** A folder full of trouble: every file ends tagged, failed or skipped with its reason, and nothing hangs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import type { PhotoDetail } from '../../common/contract.ts';
import {
  freshPlace,
  openTestEngine,
  samples,
  show,
  tagAll,
  untilIdle,
  type Place,
} from './harness.ts';

const cat = path.join(samples, 'cat-chelsea.jpg');

/** What became of a file, in one word: `indexed`, `damaged`, or its reason. */
function fate({ status, reason, photo }: PhotoDetail): string {
  if (status === 'indexed') return photo?.damaged ? 'damaged' : 'indexed';
  return `${status}: ${reason?.code ?? 'no reason'}`;
}

/** A small picture whose header claims `side` x `side`. */
async function bomb(format: 'avif' | 'jpeg' | 'png', side: number): Promise<Buffer> {
  const small = sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } });
  const bytes = await small
    .toFormat(format, format === 'jpeg' ? { progressive: true } : {})
    .toBuffer();
  switch (format) {
    case 'avif': {
      const at = bytes.indexOf('ispe') + 8;
      bytes.writeUInt32BE(side, at);
      bytes.writeUInt32BE(side, at + 4);
      return bytes;
    }
    case 'jpeg': {
      const at = bytes.indexOf(Buffer.from([0xff, 0xc2])) + 5;
      bytes.writeUInt16BE(side, at);
      bytes.writeUInt16BE(side, at + 2);
      return bytes;
    }
    case 'png':
      bytes.writeUInt32BE(side, 16);
      bytes.writeUInt32BE(side, 20);
      bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
      return bytes;
  }
}

async function makeTrouble({ photos }: Place): Promise<Record<string, string>> {
  const jpeg = readFileSync(cat);
  const expected: Record<string, string> = {};
  const put = (name: string, fateOfIt: string, bytes: Buffer | string) => {
    writeFileSync(path.join(photos, name), bytes);
    expected[name] = fateOfIt;
  };
  put('ordinary.jpg', 'indexed', jpeg);
  put('empty.jpg', 'skipped: empty', '');
  put('text.jpg', 'failed: not-a-picture', 'this is no picture');
  put(
    'svg.jpg',
    'skipped: unsupported-format',
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
  );
  put('truncated.jpg', 'damaged', jpeg.subarray(0, jpeg.length * 0.6));
  put('header-only.jpg', 'failed: damaged', jpeg.subarray(0, 200));
  put('avif-bomb.avif', 'skipped: picture-too-large', await bomb('avif', 12_000));
  put('progressive-bomb.jpg', 'skipped: picture-too-large', await bomb('jpeg', 16_000));
  put('png-bomb.png', 'skipped: picture-too-large', await bomb('png', 12_000));
  put('huge.jpg', 'skipped: file-too-large', jpeg);
  truncateSync(path.join(photos, 'huge.jpg'), 5e9);
  execFileSync('mkfifo', [path.join(photos, 'fifo.jpg')]);
  expected['fifo.jpg'] = 'skipped: not-a-file';
  symlinkSync(cat, path.join(photos, 'link.jpg'));
  symlinkSync('loop.jpg', path.join(photos, 'loop.jpg'));
  symlinkSync('/dev/zero', path.join(photos, 'device.jpg'));
  for (const name of ['link.jpg', 'loop.jpg', 'device.jpg']) expected[name] = 'skipped: link';
  for (const name of [
    '表情😀.jpg',
    'line\nbreak.jpg',
    `${'长'.repeat(83)}ab.jpg`,
    '-rf.jpg',
    '$(x) <img onerror=1>.jpg',
    'e\u0301.jpg',
    'upper.JPG',
  ])
    put(name, 'indexed', jpeg);
  const tiny = sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } });
  put('one-pixel.png', 'indexed', await tiny.png().toBuffer());
  put(
    'panorama.png',
    'indexed',
    await sharp({ create: { width: 9_000, height: 10, channels: 3, background: 'blue' } })
      .png()
      .toBuffer(),
  );
  put('cmyk.jpg', 'indexed', await sharp(cat).toColourspace('cmyk').jpeg().toBuffer());
  put('grey.jpg', 'indexed', await sharp(cat).greyscale().jpeg().toBuffer());
  put(
    'grey-16-bit.png',
    'indexed',
    await sharp(cat).resize(200).toColourspace('grey16').png().toBuffer(),
  );
  put('transparent.webp', 'indexed', await sharp(cat).ensureAlpha(0.5).webp().toBuffer());
  put('animated.gif', 'indexed', await sharp(cat).resize(100).gif().toBuffer());
  put('picture.tiff', 'indexed', await sharp(cat).resize(200).tiff().toBuffer());
  put('film.mp4', 'skipped: video', '\0\0\0\x18ftypisom\0\0\0\0isommp42');
  put('picture.avif', 'indexed', await sharp(cat).resize(100).avif({ effort: 0 }).toBuffer());
  return expected;
}

test('every file of a hostile folder ends with its fate', async (t) => {
  const place = freshPlace(t);
  const { library, photos } = place;
  const expected = await makeTrouble(place);
  // A loop of folders, hidden and foreign ones, and a name that is no UTF-8.
  symlinkSync('.', path.join(photos, 'again'));
  for (const name of ['.hidden', '@eaDir', '.Trash-0', '$RECYCLE.BIN', '__MACOSX']) {
    mkdirSync(path.join(photos, name));
    copyFileSync(cat, path.join(photos, name, 'unseen.jpg'));
  }
  for (const name of ['.hidden.jpg', '._ordinary.jpg', 'half.jpg.part', 'notes.txt'])
    copyFileSync(cat, path.join(photos, name));
  writeFileSync(
    Buffer.concat([Buffer.from(`${photos}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.jpg')]),
    readFileSync(cat),
  );
  const engine = await openTestEngine(library);
  const status = await tagAll(engine, photos);

  const found: Record<string, string> = {};
  for (const name of Object.keys(expected))
    found[name] = fate(await show(engine, path.join(photos, name)));
  assert.deepEqual(found, expected);

  const { indexed, failed, skipped, pending } = status.counts;
  assert.equal(pending, 0);
  assert.equal(indexed + failed + skipped, Object.keys(expected).length + 1);
  const listed = (await engine.call('files.failed', {})).photos;
  assert.equal(listed.length, failed + skipped);
  for (const { reason } of listed) assert.ok(reason.code.length > 0);

  const peak = /VmHWM:\s+(\d+) kB/.exec(
    readFileSync(`/proc/${String(engine.pid)}/status`, 'utf8'),
  )?.[1];
  const megabytes = Number(peak) / 1024;
  t.diagnostic(`peak engine memory: ${megabytes.toFixed(0)} MB`);
  assert.ok(megabytes < 800);
});

describe('orientation', () => {
  /** How the pixels lie in a file that is shown upright with this EXIF orientation. */
  const lying: Record<number, (upright: Buffer) => Promise<Buffer>> = {
    1: (upright) => Promise.resolve(upright),
    2: (upright) => sharp(upright).flop().png().toBuffer(),
    3: (upright) => sharp(upright).rotate(180).png().toBuffer(),
    4: (upright) => sharp(upright).flip().png().toBuffer(),
    5: async (upright) =>
      sharp(await sharp(upright).rotate(90).png().toBuffer())
        .flop()
        .png()
        .toBuffer(),
    6: (upright) => sharp(upright).rotate(270).png().toBuffer(),
    7: async (upright) =>
      sharp(await sharp(upright).rotate(90).png().toBuffer())
        .flip()
        .png()
        .toBuffer(),
    8: (upright) => sharp(upright).rotate(90).png().toBuffer(),
  };
  test('all eight are shown upright, with the sizes as shown', async (t) => {
    const { library, photos } = freshPlace(t);
    const upright = await sharp(cat).resize(90, 60, { fit: 'fill' }).png().toBuffer();
    for (const [orientation, lay] of Object.entries(lying))
      await sharp(await lay(upright))
        .withMetadata({ orientation: Number(orientation) })
        .jpeg({ quality: 95 })
        .toFile(path.join(photos, `${orientation}.jpg`));
    const engine = await openTestEngine(library);
    await tagAll(engine, photos);
    const wanted = await sharp(upright).raw().toBuffer();
    for (const orientation of Object.keys(lying)) {
      const { photo } = await show(engine, path.join(photos, `${orientation}.jpg`));
      assert.deepEqual([photo?.width, photo?.height], [90, 60], orientation);
      const picture = photo?.hash ?? '';
      const thumbnail = path.join(library, 'thumbnails', picture.slice(0, 2), `${picture}.jpg`);
      const seen = await sharp(thumbnail).raw().toBuffer();
      const off = wanted.reduce((sum, value, at) => sum + Math.abs(value - (seen[at] ?? 0)), 0);
      assert.ok(off / wanted.length < 12, `${orientation}: ${String(off / wanted.length)}`);
    }
  });
});

test('a hard link is a second place of the same photo, read once', async (t) => {
  const { library, photos } = freshPlace(t);
  copyFileSync(cat, path.join(photos, 'a.jpg'));
  linkSync(path.join(photos, 'a.jpg'), path.join(photos, 'b.jpg'));
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  const { copies } = await show(engine, path.join(photos, 'a.jpg'));
  assert.deepEqual(copies, [path.join(photos, 'b.jpg')]);
});

test("the app's own thumbnails are never photos, whatever way leads to the library", async (t) => {
  const { library, photos } = freshPlace(t);
  const real = path.join(photos, 'app');
  mkdirSync(real);
  symlinkSync(real, library);
  copyFileSync(cat, path.join(photos, 'a.jpg'));
  const engine = await openTestEngine(library);
  await tagAll(engine, photos);
  await tagAll(engine, photos);
  const { counts } = await untilIdle(engine);
  assert.equal(counts.indexed, 1);
  for (const own of [real, path.join(real, 'thumbnails')])
    await assert.rejects(engine.call('folders.add', { paths: [own] }), { code: 'own-folder' });
});
