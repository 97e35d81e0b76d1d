/** A chosen pack that is damaged on disk: the app's own works in its place, and nothing a person said is lost. */
import assert from 'node:assert/strict';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readPack } from '../../engine/infer/pack.ts';
import { libraryPacks, readChoice, writeChoice } from '../../engine/shelf/shelf.ts';
import { writeColourPack } from '../fixtures/pack.ts';
import {
  copySamples,
  freshPlace,
  openTestEngine,
  show,
  tagAll,
  tagNames,
  untilIdle,
  wanwu,
} from './harness.ts';

const damage: Record<string, (folder: string) => void> = {
  'cut off': (folder) => {
    truncateSync(path.join(folder, 'model.onnx'), 100);
  },
  'without labels': (folder) => {
    rmSync(path.join(folder, 'labels.txt'));
  },
  gone: (folder) => {
    rmSync(folder, { recursive: true });
  },
};

for (const [name, harm] of Object.entries(damage))
  test(`${name}: another judges the photos, decisions stay, and it is told`, async (t) => {
    const { library, photos } = freshPlace(t);
    const [file = ''] = copySamples(photos, 'cat-chelsea');
    const folder = writeColourPack(path.join(libraryPacks(library), 'colours'), [
      '蓝色',
      '绿色',
      '红色',
    ]);
    const choice = { main: 'colours', extra: ['blazeface'] };
    writeChoice(library, choice);
    const first = await openTestEngine(library);
    await tagAll(first, photos);
    const { photo } = await show(first, file);
    assert.ok(!tagNames(await show(first, file)).includes('猫'));
    await first.call('photos.decide', { photo: photo?.id ?? 0, tag: '我的猫', verdict: 'added' });
    await first.close();

    harm(folder);
    const second = await openTestEngine(library);
    const { damagedPacks } = await untilIdle(second);
    assert.deepEqual(
      damagedPacks.map((pack) => pack.name),
      ['colours'],
    );
    const tags = tagNames(await show(second, file));
    assert.ok(tags.includes('猫') && tags.includes('我的猫'), tags.join());
    const { packs } = await second.call('packs.list', {});
    assert.equal(packs.find(({ use }) => use === 'main')?.name, 'efficientnet-lite2');
    assert.deepEqual(readChoice(library), choice, 'a pack that is whole again is used again');
    await second.close();

    const { code, stderr } = await wanwu(['tag', photos], library);
    assert.equal(code, 0);
    assert.match(stderr, /模型“colours”的文件不完整/);
  });

test('a damaged pack can be removed, and is then chosen no more', async (t) => {
  const { library } = freshPlace(t);
  const folder = writeColourPack(path.join(libraryPacks(library), 'colours'), ['蓝', '绿', '红']);
  writeChoice(library, { main: 'efficientnet-lite2', extra: ['colours'] });
  truncateSync(path.join(folder, 'model.onnx'), 100);
  const engine = await openTestEngine(library);
  await engine.call('packs.remove', { name: 'colours' });
  const { damagedPacks } = await engine.call('status.get', {});
  assert.deepEqual(damagedPacks, []);
  assert.deepEqual(readChoice(library), { main: 'efficientnet-lite2', extra: [] });
});

test('weights of more than two gigabytes are read and checked', (t) => {
  const { library } = freshPlace(t);
  const folder = writeColourPack(path.join(libraryPacks(library), 'large'), [
    '红色',
    '绿色',
    '蓝色',
  ]);
  // Zeros, which lie on no disk.
  const bytes = 2 ** 31 + 4096;
  const sha256 = 'd702231a97a4e742e747bd3fdc81d8d1b604378660d5fc38934b865ca2a9d6d1';
  writeFileSync(path.join(folder, 'weights'), '');
  truncateSync(path.join(folder, 'weights'), bytes);
  const { manifest } = readPack(folder);
  const files = { ...manifest.files, weights: { sha256, bytes } };
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ ...manifest, files }));
  assert.deepEqual(readPack(folder).manifest.files, files);
});
