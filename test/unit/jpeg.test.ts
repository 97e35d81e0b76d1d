/** The JPEG reader beside sharp: the same picture, and nothing of what it does not know or is broken. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp, { type JpegOptions } from 'sharp';
import { readSmall, type SmallPicture } from '../../engine/decode/jpeg/small.ts';
import type { InputShape } from '../../engine/decode/model-input.ts';
import { readHeader, render } from '../../engine/decode/picture.ts';

// As a program: its types change those of the language for the whole room.
const compiler = fileURLToPath(
  new URL('../../node_modules/assemblyscript/bin/asc.js', import.meta.url),
);
const sample = readFileSync(new URL('../../build/samples/bee-flower.jpg', import.meta.url));
const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/jpeg/${name}.jpg`, import.meta.url));

const whole: Omit<InputShape, 'size'> = {
  resize: { rule: 'squash' },
  layout: 'NHWC',
  colour: 'RGB',
  type: 'uint8',
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

const photo = (width: number, height: number, options: JpegOptions = {}) =>
  sharp(sample).resize(width, height, { fit: 'fill' }).jpeg(options).toBuffer();

/** How far it is from the means of squares of the whole picture: a channel's mean difference, of 255. */
async function differenceFromSharp(
  bytes: Buffer,
  small: SmallPicture,
  part: number,
): Promise<number> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  let sum = 0;
  const [across, down] = [Math.floor(info.width / part), Math.floor(info.height / part)];
  for (let y = 0; y < down; y += 1)
    for (let x = 0; x < across * 3; x += 1) {
      let square = 0;
      for (let at = 0; at < part * part; at += 1) {
        const column = Math.floor(x / 3) * part + (at % part);
        const row = y * part + Math.floor(at / part);
        square += data[(row * info.width + column) * 3 + (x % 3)] ?? 0;
      }
      sum += Math.abs(square / part ** 2 - (small.pixels[y * small.width * 3 + x] ?? 0));
    }
  return sum / (across * down * 3);
}

function read(bytes: Buffer, shortest: number): SmallPicture {
  const small = readSmall(bytes, shortest);
  assert.ok(small, 'it is read');
  return small;
}

describe('the picture is the one that sharp reads', () => {
  // Where the file has half the colour, the small picture has half of it too: that is most of the difference.
  const cases: [name: string, bytes: () => Promise<Buffer> | Buffer, most: number][] = [
    ['half the colour both ways', () => photo(1280, 1011), 4],
    ['whole colour', () => photo(1280, 1011, { chromaSubsampling: '4:4:4' }), 1],
    ['sides that are no whole blocks', () => photo(1237, 931, { quality: 95 }), 4],
    ['fewest bytes', () => photo(1280, 1011, { quality: 5 }), 2],
    ['half the colour across, restarts', () => fixture('half-across-restarts'), 5],
    ['half the colour down, restarts', () => fixture('half-down-restarts'), 5],
  ];
  for (const [name, make, most] of cases)
    test(name, async () => {
      const bytes = await make();
      const { width, height } = await sharp(bytes).metadata();
      for (const part of [4, 8]) {
        const small = read(bytes, Math.floor(Math.min(width, height) / part));
        assert.deepEqual(
          [small.width, small.height],
          [Math.ceil(width / part), Math.ceil(height / part)],
        );
        const far = await differenceFromSharp(bytes, small, part);
        assert.ok(far < most, `1/${String(part)}: off by ${far.toFixed(2)} of 255`);
      }
    });
});

test('a picture after a larger one is not mixed with it', async () => {
  const bytes = fixture('half-across-restarts');
  const before = Buffer.from(read(bytes, 37).pixels);
  read(await photo(2560, 2022), 505);
  assert.deepEqual(read(bytes, 37).pixels, before);
});

test('what would become smaller than is asked for is not read', async () => {
  const bytes = await photo(1280, 1000);
  assert.equal(readSmall(bytes, 251), null);
  assert.equal(read(bytes, 250).height, 250);
  assert.equal(read(bytes, 126).height, 250);
  assert.equal(read(bytes, 125).height, 125);
});

describe('other kinds of JPEG are left to sharp', () => {
  const cases: [name: string, make: () => Promise<Buffer> | Buffer][] = [
    ['progressive', () => photo(640, 480, { progressive: true })],
    ['grey', () => sharp(sample).resize(640, 480).toColourspace('b-w').jpeg().toBuffer()],
    ['CMYK', () => sharp(sample).resize(640, 480).toColourspace('cmyk').jpeg().toBuffer()],
    ['RGB', () => renamed(sampleOf640, ['R', 'G', 'B'])],
    ['no JPEG', () => Buffer.alloc(5_000, 'x')],
    ['nothing', () => Buffer.alloc(0)],
  ];
  for (const [name, make] of cases)
    test(name, async () => {
      assert.equal(readSmall(await make(), 60), null);
    });
});

const sampleOf640 = await photo(640, 480);
const scanAt = sampleOf640.indexOf(Buffer.from([0xff, 0xda]));

/** The same picture whose three planes have other names. */
function renamed(bytes: Buffer, names: string[]): Buffer {
  const copy = Buffer.from(bytes);
  const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
  names.forEach((name, index) => {
    copy.write(name, frame + 10 + index * 3, 'latin1');
    copy.write(name, scanAt + 5 + index * 2, 'latin1');
  });
  return copy;
}

describe('a broken file is left to sharp', () => {
  test('cut off', () => {
    for (const share of [0.2, 0.5, 0.9, 0.999])
      assert.equal(readSmall(sampleOf640.subarray(0, sampleOf640.length * share), 60), null);
  });

  test('more or fewer blocks than there are', () => {
    const frame = sampleOf640.indexOf(Buffer.from([0xff, 0xc0]));
    for (const height of [480 - 16, 480 + 16]) {
      const wrong = Buffer.from(sampleOf640);
      wrong.writeUInt16BE(height, frame + 5);
      assert.equal(readSmall(wrong, 50), null);
    }
  });

  test('whatever the bytes are, it ends and does not throw', () => {
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return state % below;
    };
    let refused = 0;
    for (let round = 0; round < 400; round += 1) {
      const broken = Buffer.from(round % 2 === 0 ? sampleOf640 : fixture('half-down-restarts'));
      // Every second one in the header, where sizes and tables stand.
      const most = round % 4 < 2 ? broken.length : broken.indexOf(Buffer.from([0xff, 0xda])) + 14;
      for (let change = 0; change <= round % 5; change += 1)
        broken[2 + random(most - 2)] = random(256);
      if (!readSmall(broken, 10 + random(60))) refused += 1;
    }
    assert.ok(refused > 100, `${String(refused)} of 400 refused`);
  });

  test('the part that can be read is shown, and said to be damaged', async () => {
    const bytes = await photo(2400, 1896);
    const header = await readHeader(bytes.subarray(0, bytes.length / 2), 'jpeg');
    assert.ok('draw' in header);
    const rendered = await render(header, []);
    assert.ok('thumbnail' in rendered);
    assert.equal(rendered.damaged, true);
  });
});

test('what sharp reads is made small first and turned then: each way up gives the very same pixels', async () => {
  const pixelsOf = async (orientation: number) => {
    const size = orientation > 4 ? { width: 448, height: 567 } : { width: 567, height: 448 };
    const bytes = await sharp(sample)
      .resize(2400, 1896, { fit: 'fill' })
      .withMetadata({ orientation })
      .jpeg({ progressive: true })
      .toBuffer();
    const header = await readHeader(bytes, 'jpeg');
    assert.ok('draw' in header);
    const rendered = await render(header, [{ ...whole, size }]);
    assert.ok('pixels' in rendered);
    return { size, pixels: rendered.pixels[0] ?? Buffer.alloc(0) };
  };
  const lying = await pixelsOf(1);
  for (let orientation = 2; orientation <= 8; orientation += 1) {
    const { pixels } = await pixelsOf(orientation);
    const raw = { raw: { ...lying.size, channels: 3 as const } };
    const marked = await sharp(lying.pixels, raw).withMetadata({ orientation }).png().toBuffer();
    const turned = await sharp(marked).autoOrient().raw().toBuffer();
    assert.ok(pixels.equals(turned), String(orientation));
  }
});

test('colours of a phone become those that sharp makes of them', async () => {
  const bytes = await sharp(sample).resize(2400, 1896).withIccProfile('p3').jpeg().toBuffer();
  assert.ok(readSmall(bytes, 448)?.profile);
  const header = await readHeader(bytes, 'jpeg');
  assert.ok('draw' in header);
  const rendered = await render(header, []);
  assert.ok('thumbnail' in rendered);
  const meanOf = async (picture: Buffer) =>
    (
      await sharp(await sharp(picture).toColourspace('srgb').raw().toBuffer(), {
        raw: await sizeOf(picture),
      }).stats()
    ).channels.map(({ mean }) => mean);
  const [ours, theirs] = [await meanOf(rendered.thumbnail), await meanOf(bytes)];
  ours.forEach((mean, channel) => {
    assert.ok(Math.abs(mean - (theirs[channel] ?? 0)) < 1.5, `${String(ours)}, ${String(theirs)}`);
  });
});

async function sizeOf(picture: Buffer) {
  const { width, height } = await sharp(picture).metadata();
  return { width, height, channels: 3 as const };
}

for (const room of ['jpeg', 'resize'])
  test(`the compiled kernel of ${room} is what its source says`, () => {
    const kernel = fileURLToPath(new URL(`../../engine/decode/${room}/kernel/`, import.meta.url));
    const folder = mkdtempSync(path.join(os.tmpdir(), 'wanwu-kernel-'));
    try {
      const made = path.join(folder, 'kernel.wasm');
      execFileSync(process.execPath, [
        ...[compiler, '--baseDir', kernel, '--config', path.join(kernel, 'asconfig.json')],
        ...['--outFile', path.relative(kernel, made)],
      ]);
      assert.deepEqual(readFileSync(made), readFileSync(path.join(kernel, 'kernel.wasm')));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
