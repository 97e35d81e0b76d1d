/** Two packs in one pipeline: one decode a photo, an input for each, scores of both, tags merged. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { startEngine } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import { onnxModel } from '../fixtures/onnx-model.ts';
import { defaultPack, samples, writeColourPack, writePack } from '../fixtures/pack.ts';
import { freshPlace, openTestEngine, show, tagAll, tagNames, untilIdle } from './harness.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-packs-'));
after(() => {
  rmSync(root, { recursive: true });
});

test('both packs judge every photo', async () => {
  const photos = path.join(root, 'photos');
  mkdirSync(photos);
  await sharp({ create: { width: 64, height: 48, channels: 3, background: '#0000ff' } })
    .jpeg()
    .toFile(path.join(photos, 'blue.jpg'));
  copyFileSync(path.join(samples, 'cat-chelsea.jpg'), path.join(photos, 'cat.jpg'));
  // The labels of the colour pack are ones the vocabulary knows: blue is its first channel.
  const colours = writeColourPack(path.join(root, 'colours'), [
    'n02106662',
    'n04147183',
    'n03792782',
  ]);
  const engine = await startEngine({
    node: process.execPath,
    options: engineOptions({ library: path.join(root, 'library'), packs: [defaultPack, colours] }),
  });
  try {
    const idle = new Promise<void>((resolve) => {
      engine.on('status.changed', (status) => {
        if (status.idle && status.counts.indexed === 2) resolve();
      });
    });
    await engine.call('folders.add', { paths: [photos] });
    await idle;
    const tags = async (name: string) => {
      const shown = await engine.call('photos.show', {
        path: path.join(photos, name),
        scores: false,
      });
      return shown.tags.map((tag) => tag.name);
    };
    const blue = await tags('blue.jpg');
    assert.ok(blue.includes('狗'), blue.join());
    const cat = await tags('cat.jpg');
    assert.ok(cat.includes('猫'), cat.join());
  } finally {
    await engine.close();
  }
});

/** Brightness / (1 - brightness) of each channel: a white picture has none. */
const blindedByWhite = onnxModel({
  inputs: [{ name: 'x', type: 'float32', dims: ['n', 3, 16, 16] }],
  outputs: [{ name: 'y', type: 'float32', dims: ['n', 3] }],
  constants: [{ name: 'one', dims: [1], data: new Float32Array([1]) }],
  nodes: [
    {
      op: 'ReduceMean',
      inputs: ['x'],
      outputs: ['mean'],
      attributes: { axes: [2, 3], keepdims: 0 },
    },
    { op: 'Sub', inputs: ['one', 'mean'], outputs: ['rest'] },
    { op: 'Div', inputs: ['mean', 'rest'], outputs: ['y'] },
  ],
});

test('a photo that a model has no numbers for stops no other', { timeout: 30_000 }, async (t) => {
  const { library, photos } = freshPlace(t);
  const paint = async (colour: string) => {
    const file = path.join(photos, `${colour}.png`);
    const size = { width: 64, height: 48, channels: 3 as const };
    await sharp({ create: { ...size, background: colour } })
      .png()
      .toFile(file);
    return file;
  };
  const [white, maroon] = [await paint('white'), await paint('maroon')];
  const pack = writePack(path.join(library, '..', 'pack'), {
    files: { 'model.onnx': blindedByWhite, 'labels.txt': Buffer.from('红色\n绿色\n蓝色') },
    input: {
      ...{ name: 'x', layout: 'NCHW', type: 'float32', colour: 'RGB', size: 16 },
      resize: { rule: 'squash' },
    },
    output: { kind: 'sigmoid', name: 'y', values: 'logits' },
    labels: 'labels.txt',
    thresholds: { default: 0.6 },
  });
  const engine = await openTestEngine(library, { packs: [pack] });
  const { counts } = await tagAll(engine, photos);
  assert.deepEqual([counts.indexed, counts.pending], [2, 0]);
  assert.deepEqual(tagNames(await show(engine, maroon)), ['红色']);
  assert.deepEqual(tagNames(await show(engine, white)), []);
});

test('a photo whose first copy is on a disk that is away is judged by a new pack in another', async (t) => {
  const place = freshPlace(t);
  const copies = `${place.photos}-copies`;
  mkdirSync(copies);
  const [first, copy] = [path.join(place.photos, 'blue.jpg'), path.join(copies, 'blue.jpg')];
  await sharp({ create: { width: 64, height: 48, channels: 3, background: '#0000ff' } })
    .jpeg()
    .toFile(first);
  copyFileSync(first, copy);
  const before = await openTestEngine(place.library, { packs: [defaultPack] });
  await tagAll(before, place.photos);
  await tagAll(before, copies);
  assert.ok(!tagNames(await show(before, copy)).includes('狗'));
  await before.close();
  renameSync(place.photos, `${place.photos}-away`);
  const labels = ['n02106662', 'n04147183', 'n03792782'];
  const packs = [defaultPack, writeColourPack(path.join(root, 'colours-later'), labels)];
  const engine = await openTestEngine(place.library, { packs, watch: true });
  await untilIdle(engine);
  assert.ok(tagNames(await show(engine, copy)).includes('狗'));
});
