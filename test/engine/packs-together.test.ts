/** Two packs in one pipeline: one decode a photo, an input for each, scores of both, tags merged. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { startEngine } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import { defaultPack, samples, writeColourPack } from '../fixtures/pack.ts';

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
