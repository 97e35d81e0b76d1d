/** Every format is shown the right way up in all eight orientations, to people and to models. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import type { InputShape } from '../../engine/decode/model-input.ts';
import { readHeader, render } from '../../engine/decode/picture.ts';
import { sniff } from '../../engine/decode/sniff.ts';
import { quarters, quartersOf, storedQuarters } from '../fixtures/quarters.ts';
import { rawFile, rawSize } from '../fixtures/raw-files.ts';

const orientations = [1, 2, 3, 4, 5, 6, 7, 8];
const input: InputShape = {
  size: { width: 32, height: 32 },
  resize: { rule: 'squash' },
  layout: 'NHWC',
  colour: 'RGB',
  type: 'uint8',
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

interface Expected {
  format: string;
  width: number;
  height: number;
}

async function isUpright(bytes: Buffer, { format, width, height }: Expected): Promise<void> {
  const sniffed = sniff(bytes);
  assert.deepEqual(sniffed, { kind: 'readable', format });
  const header = await readHeader(bytes, sniffed.format);
  assert.ok(!('code' in header), JSON.stringify(header));
  assert.deepEqual([header.width, header.height], [width, height]);
  const rendered = await render(header, [input]);
  assert.ok(!('code' in rendered), JSON.stringify(rendered));
  assert.equal(rendered.damaged, false);
  assert.deepEqual(await quartersOf(sharp(rendered.thumbnail)), quarters);
  const [pixels = Buffer.alloc(0)] = rendered.pixels;
  const { size } = input;
  assert.deepEqual(await quartersOf(sharp(pixels, { raw: { ...size, channels: 3 } })), quarters);
}

/** Large enough that JPEG is read at a quarter. */
const shown = { width: 2_400, height: 1_800 };
for (const format of ['jpeg', 'webp', 'tiff', 'png', 'avif'] as const)
  describe(format, () => {
    for (const orientation of orientations)
      test(`orientation ${String(orientation)}`, async () => {
        const size = format === 'avif' ? { width: 200, height: 120 } : shown;
        const stored = await storedQuarters(size.width, size.height, orientation);
        const bytes = await stored.withMetadata({ orientation }).toFormat(format).toBuffer();
        await isUpright(bytes, { format, ...size });
      });
  });

describe('RAW previews', () => {
  for (const orientation of orientations)
    test(`orientation ${String(orientation)}`, async () => {
      const isTurned = orientation >= 5;
      const [long, short] = [1_600, 1_200];
      const stored = await storedQuarters(
        isTurned ? short : long,
        isTurned ? long : short,
        orientation,
      );
      const { width, height } = rawSize;
      await isUpright(rawFile('nef', await stored.jpeg().toBuffer(), orientation), {
        format: 'raw',
        ...(isTurned ? { width: height, height: width } : { width, height }),
      });
    });
});

describe('heic', () => {
  const fixture = (name: string) =>
    readFileSync(new URL(`../fixtures/heic/${name}.heic`, import.meta.url));
  for (const orientation of orientations)
    test(`orientation ${String(orientation)}`, async () => {
      const bytes = fixture(`orientation-${String(orientation)}`);
      await isUpright(bytes, { format: 'heic', width: 96, height: 64 });
    });
  test('with a smaller picture inside', async () => {
    await isUpright(fixture('thumbnail'), { format: 'heic', width: 480, height: 320 });
  });
});
