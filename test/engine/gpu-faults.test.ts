/** A GPU that is too small, breaks, or is slower than the CPU, in the words that onnxruntime has for it. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DeviceChoice } from '../../common/contract.ts';
import { engineOptions } from '../../engine/options.ts';
import { failureOf, isOutOfMemory } from '../../engine/infer/device.ts';
import { defaultPack } from '../fixtures/pack.ts';
import { faultyNode, lostWords, outOfMemoryWords, type CudaFault } from './faults.ts';
import {
  freshPlace,
  manyPhotos,
  openTestEngine,
  query,
  show,
  tagAll,
  tagNames,
  wanwu,
} from './harness.ts';

const main = fileURLToPath(new URL('../../engine/main.ts', import.meta.url));
const photos = 24;
/** Where onnxruntime knows CUDA at all. */
const onLinux = { skip: process.platform !== 'linux' || process.arch !== 'x64' };

/** The folder of the trials is the test's own. */
function freshGpuPlace(t: TestContext) {
  const place = freshPlace(t);
  const root = path.dirname(place.library);
  const gpu = path.join(root, 'gpu');
  process.env['WANWU_GPU_FOLDER'] = gpu;
  t.after(() => {
    delete process.env['WANWU_GPU_FOLDER'];
  });
  return { ...place, root, gpu };
}

/** Tags photos on a CUDA with this fault. */
async function tagOn(t: TestContext, cuda: CudaFault, device: DeviceChoice = 'cuda') {
  const { library, photos: folder, root, gpu } = freshGpuPlace(t);
  const files = manyPhotos(folder, 'cat-chelsea', photos);
  const deaths: string[] = [];
  const engine = await openTestEngine(
    library,
    { device, packs: [defaultPack], batch: { max: 16, preferred: [16], maxDelayMs: 300 } },
    { onDeath: (why) => deaths.push(why) },
    faultyNode(root, { cuda }),
  );
  const status = await tagAll(engine, folder);
  return { engine, files, status, deaths, gpu };
}

describe('a GPU', onLinux, () => {
  test('that is out of memory works on in smaller parts, and every photo is tagged once', async (t) => {
    const { engine, files, status, deaths } = await tagOn(t, { memoryPhotos: 3 });
    assert.deepEqual(deaths, []);
    assert.equal(status.device.name, 'cuda');
    assert.deepEqual(status.device.unused, []);
    // 16, 8, 4 are too many.
    assert.equal(status.device.mostAtOnce, 2);
    assert.deepEqual([status.counts.indexed, status.counts.failed], [photos, 0]);
    for (const file of files) assert.ok(tagNames(await show(engine, file)).includes('猫'));
    const { total } = await engine.call('photos.timeline', { query: query({ tags: ['猫'] }) });
    assert.equal(total, photos);
  });

  test('without room for a single photo is set aside', async (t) => {
    const { status } = await tagOn(t, { memoryPhotos: 0 });
    assert.equal(status.device.name, 'cpu');
    assert.deepEqual(
      status.device.unused.map(({ device, code }) => [device, code]),
      [['cuda', 'out-of-memory']],
    );
    assert.equal(status.device.mostAtOnce, null);
    assert.equal(status.counts.indexed, photos);
  });

  test('that breaks at work leaves its photos to the CPU', async (t) => {
    const { engine, files, status, deaths } = await tagOn(t, { lostInRun: 3 });
    assert.deepEqual(deaths, []);
    assert.equal(status.device.name, 'cpu');
    const [lost] = status.device.unused;
    assert.deepEqual([lost?.device, lost?.code], ['cuda', 'lost']);
    assert.equal(lost?.reason, 'CUDA failure 700: an illegal memory access was encountered');
    assert.deepEqual([status.counts.indexed, status.counts.failed], [photos, 0]);
    const { total } = await engine.call('photos.timeline', { query: query({ tags: ['猫'] }) });
    assert.equal(total, files.length);
  });

  test('that is slower than the CPU is used only when a person wants it', async (t) => {
    const slow = { msPerPhoto: 250 };
    const automatic = await tagOn(t, slow, 'auto');
    assert.equal(automatic.status.device.name, 'cpu');
    const unused = automatic.status.device.unused.find(({ device }) => device === 'cuda');
    assert.equal(unused?.code, 'slower');
    assert.match(unused.reason, /^\d+\.\d ms a photo, the CPU \d+\.\d ms$/);
    assert.deepEqual(readdirSync(automatic.gpu), []);
  });

  test('that was tried when the engine died is tried once more, then left alone for a day', async (t) => {
    const { library, root, gpu } = freshGpuPlace(t);
    const marker = path.join(gpu, 'trial-cuda');
    mkdirSync(gpu);
    /** What becomes of it after a trial that left this behind. */
    const after = async (left: string, device: DeviceChoice = 'auto', hoursAgo = 0) => {
      writeFileSync(marker, left);
      const then = new Date(Date.now() - hoursAgo * 60 * 60_000);
      utimesSync(marker, then, then);
      const node = faultyNode(root, { cuda: { msPerPhoto: 100 } });
      const engine = await openTestEngine(library, { device, packs: [defaultPack] }, {}, node);
      const { name, unused } = (await engine.call('status.get', {})).device;
      await engine.close();
      return name === 'cuda' ? name : unused.find((one) => one.device === 'cuda')?.code;
    };
    // A power cut looks like this too.
    assert.equal(await after('2147483646 0'), 'slower');
    assert.ok(!existsSync(marker));
    assert.equal(await after('2147483646 1'), 'resting');
    assert.ok(existsSync(marker));
    assert.equal(await after('2147483646 1', 'auto', 25), 'slower');
    assert.equal(await after('2147483646 1', 'cuda'), 'cuda');
    assert.ok(!existsSync(marker));
  });

  test('that ends every engine that tries it stops no work', async (t) => {
    const { status, deaths } = await tagOn(t, { crashes: true }, 'auto');
    assert.deepEqual(deaths, []);
    const cuda = status.device.unused.find(({ device }) => device === 'cuda');
    assert.deepEqual([cuda?.code, status.counts.indexed], ['resting', photos]);
  });

  for (const end of ['SIGTERM', 'disconnect', 'SIGKILL'] as const)
    test(`in a trial when its engine is ended by ${end}`, async (t) => {
      const { library, root, gpu } = freshGpuPlace(t);
      const marker = path.join(gpu, 'trial-cuda');
      const options = engineOptions({ library, device: 'auto', packs: [defaultPack] });
      mkdirSync(gpu);
      const engine = fork(main, [JSON.stringify(options)], {
        execPath: faultyNode(root, { cuda: { msPerPhoto: 60_000 } }),
      });
      for await (const { filename } of watch(gpu)) if (filename === 'trial-cuda') break;
      const ended = once(engine, 'exit');
      if (end === 'disconnect') engine.disconnect();
      else engine.kill(end);
      await ended;
      // Nobody can tell a kill from a crash.
      assert.equal(existsSync(marker), end === 'SIGKILL');
    });

  test('that crashes ends no engine that is asked what works here', async (t) => {
    const { library, root } = freshGpuPlace(t);
    const deaths: string[] = [];
    const engine = await openTestEngine(
      library,
      { readOnly: true, packs: [defaultPack] },
      { onDeath: (why) => deaths.push(why) },
      faultyNode(root, { cuda: { crashes: true } }),
    );
    const { devices } = await engine.call('engine.info', {});
    const of = (device: string) => devices.find((one) => one.device === device);
    assert.deepEqual([of('cuda')?.code, of('cuda')?.reason], ['failed', 'SIGSEGV']);
    assert.equal(of('cpu')?.available, true);
    assert.deepEqual(deaths, []);
  });
});

test("onnxruntime's words are understood", () => {
  assert.ok(isOutOfMemory(new Error(outOfMemoryWords)));
  assert.ok(!isOutOfMemory(new Error(lostWords)));
  const codes = (words: string) => failureOf(new Error(words)).code;
  for (const words of [
    outOfMemoryWords,
    'CUDA failure 2: out of memory ; GPU=0 ; hostname=host ; expr=cudaMalloc((void**)&p, size);',
    'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; expr=cublasCreate(&cublas_handle_);',
    'ExecutionProvider.cpp(950): 8007000E Not enough memory resources are available to complete this operation.',
  ])
    assert.equal(codes(words), 'out-of-memory', words);
  for (const words of [
    lostWords,
    'CUDA failure 719: unspecified launch failure ; GPU=0',
    'ExecutionProvider.cpp(962) Exception(3) tid(5a68) 887A0005 The GPU device instance has been suspended.',
  ])
    assert.equal(codes(words), 'lost', words);
  assert.equal(
    codes('CUDA failure 100: no CUDA-capable device is detected ; GPU=-1'),
    'no-hardware',
  );
  assert.equal(codes('Load model from x failed:Protobuf parsing failed.'), 'failed');
});

test('doctor says what each device is worth, and why not', async (t) => {
  const { library } = freshPlace(t);
  const { stdout } = await wanwu(['doctor'], library);
  assert.match(stdout, /CPU: 可用，每张 \d+\.\d 毫秒/);
  if (process.platform === 'linux') assert.match(stdout, /DirectML\): 这个系统上没有\n/);
});
