/** Measuring: what it finds, what it keeps, that it breaks off, and that the person's own work waits for it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliTexts } from '../../engine/cli/texts.ts';
import { benchTable } from '../../engine/cli/bench-table.ts';
import { writeColourPack } from '../fixtures/pack.ts';
import {
  copySamples,
  freshPlace,
  manyPhotos,
  openTestEngine,
  spawnWanwu,
  untilIdle,
  untilStatus,
  wanwu,
} from './harness.ts';

const onUnix = { skip: process.platform === 'win32' && 'there are no process groups' };
const scratch = () => readdirSync(os.tmpdir()).filter((name) => name.startsWith('wanwu-bench'));

test("a person's photos are measured beside their library and stay as they are", async (t) => {
  const { library, photos } = freshPlace(t);
  const files = copySamples(photos, 'cat-chelsea', 'dog-shepherd', 'horses');
  writeFileSync(path.join(photos, 'broken.jpg'), 'no picture');
  const before = files.map((file) => [statSync(file).mtimeMs, readFileSync(file).length]);
  const packs = [writeColourPack(path.join(library, '..', 'colours'), ['a', 'b', 'c'])];
  const engine = await openTestEngine(library, { packs });
  const steps = new Set<string>();
  let share = 0;
  engine.on('bench.progress', (progress) => {
    steps.add(progress.step);
    assert.ok(progress.share >= share && progress.share <= 1);
    share = progress.share;
  });
  const { result, earlier, file } = await engine.call('bench.run', { folder: photos });
  assert.deepEqual([...steps], ['photos', 'files', 'infer', 'engine']);
  assert.equal(share, 1);
  assert.equal(earlier, null);
  assert.equal(result.photos.count, 3);
  assert.equal(result.device, 'cpu');
  assert.deepEqual(
    result.inference.find(({ device }) => device === 'cpu')?.batches.map(({ batch }) => batch),
    [1, 4, 8, 16, 32],
  );
  assert.ok(result.read.cpuMs > 0 && result.decode.cpuMs > 0 && result.engine.cpuMs > 0);
  assert.equal(result.efficiency, result.engine.photosPerSecond / result.ceilingPerSecond);
  assert.ok(result.engine.peakMemoryBytes > 50e6);
  assert.deepEqual(
    files.map((one) => [statSync(one).mtimeMs, readFileSync(one).length]),
    before,
  );
  assert.deepEqual((await engine.call('tags.list', {})).tags, []);
  assert.equal(path.dirname(file), path.join(library, 'bench'));
  assert.match(readFileSync(file.replace(/json$/, 'svg'), 'utf8'), /整个引擎/);
  assert.deepEqual(await engine.call('bench.latest', {}), { report: { result, earlier, file } });

  const faster = { ...result, engine: { ...result.engine, photosPerSecond: 1e6 } };
  const table = benchTable({ result: faster, earlier: result, file }, 'zh', cliTexts.zh);
  assert.match(table, /整个引擎 +1000000\.0 .*\+\d+ %/);
  assert.match(table, /效率/);
});

test('the work waits for it, and goes on when it is broken off', async (t) => {
  const { library, photos } = freshPlace(t);
  manyPhotos(photos, 'cat-chelsea', 40);
  const engine = await openTestEngine(library);
  const left = scratch();
  const running = engine.call('bench.run', { folder: null });
  const ended = assert.rejects(running, { code: 'cancelled' });
  const begun = Promise.withResolvers<undefined>();
  engine.on('bench.progress', () => {
    begun.resolve(undefined);
  });
  await begun.promise;
  await engine.call('folders.add', { paths: [photos] });
  const { paused, counts } = await untilStatus(engine, (now) => now.counts.pending === 40);
  assert.deepEqual([paused, counts.indexed], ['bench', 0]);
  await engine.call('work.pause', {});
  await engine.call('work.resume', {});
  assert.equal((await engine.call('status.get', {})).paused, 'bench');
  await engine.call('bench.cancel', {});
  await ended;
  assert.deepEqual(scratch(), left);
  assert.deepEqual(await engine.call('bench.latest', {}), { report: null });
  const status = await untilIdle(engine);
  assert.equal(status.counts.indexed, 40);
});

test('Ctrl-C reaches every process at once, and nothing of them stays', onUnix, async (t) => {
  const { library, photos } = freshPlace(t);
  manyPhotos(photos, 'cat-chelsea', 100);
  const left = scratch();
  const command = spawnWanwu(['bench', photos], library, {}, true);
  let said = '';
  command.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(command, 'close');
  // Thumbnails of the process that decodes.
  const isDecoding = () => scratch().some((name) => !left.includes(name) && !/photos/.test(name));
  while (!isDecoding()) await sleep(20);
  process.kill(-(command.pid ?? 0), 'SIGINT');
  assert.deepEqual(await ended, [130, null]);
  assert.equal(said, '');
  assert.deepEqual(scratch(), left);
});

test('the command line says what it cannot measure and makes no library', async (t) => {
  const { library, photos } = freshPlace(t);
  writeFileSync(path.join(photos, 'text.jpg'), 'no picture');
  const none = await wanwu(['bench', photos], library);
  assert.deepEqual([none.code, none.stdout, none.stderr], [1, '', '没有能读出来的照片\n']);
  const missing = await wanwu(['bench', path.join(photos, 'away')], library);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^找不到文件夹/);
  assert.equal((await wanwu(['bench', photos, photos], library)).code, 2);
  assert.ok(!existsSync(library));
});
