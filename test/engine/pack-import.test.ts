/** A person's ONNX file becomes a pack, or is refused in one sentence and leaves nothing behind. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ContractError, type PackReport } from '../../common/contract.ts';
import { errorText } from '../../common/texts.ts';
import { inputShape, readPack, variantFor } from '../../engine/infer/pack.ts';
import { importPack, type ImportRequest } from '../../engine/shelf/import.ts';
import { packHandlers } from '../../engine/shelf/handlers.ts';
import {
  firstChoice,
  libraryPacks,
  packsOn,
  readChoice,
  removePack,
  writeChoice,
} from '../../engine/shelf/shelf.ts';
import { linearModel, linearSize as size } from '../fixtures/linear-model.ts';
import { colourModel, defaultPack } from '../fixtures/pack.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-import-'));
const library = path.join(root, 'library');
after(() => {
  rmSync(root, { recursive: true });
});

function file(name: string, content: string | Buffer): string {
  const at = path.join(root, name);
  writeFileSync(at, content);
  return at;
}

const colours = () => file('colours.txt', '红色/赤\n绿色\n蓝色\n');

function request(parts: Partial<ImportRequest> & { model: string }): ImportRequest {
  return { library, labels: colours(), manifest: null, name: null, threads: 1, ...parts };
}

describe('what works', () => {
  test('the default model, NHWC and bytes, says the same as the pack that ships', async () => {
    const report = await importPack(
      request({
        model: path.join(defaultPack, 'model-int8.onnx'),
        labels: path.join(defaultPack, 'labels.txt'),
        name: 'copy',
      }),
    );
    assert.deepEqual(report.inputs, ['pixels: uint8 [n, 260, 260, 3]']);
    assert.equal(report.kind, 'softmax');
    assert.deepEqual(report.guessed, ['colour', 'resize']);
    const [cat] = report.trial.pictures;
    assert.match(cat?.labels[0]?.name ?? '', /cat|lynx/i);
    assert.ok(report.trial.difference < 1e-3, String(report.trial.difference));
  });
  test('4,585 labels of which many may be right', async () => {
    const labels = Array.from({ length: 4_585 }, (_, at) => `词${String(at)}`).join('\n');
    const report = await importPack(
      request({
        model: file('many.onnx', linearModel(4_585, 'Sigmoid')),
        labels: file('many.txt', labels),
      }),
    );
    assert.equal(report.kind, 'sigmoid');
    assert.equal(report.labels, 4_585);
  });
  test('values that are no probabilities are found out by running', async () => {
    const model = file('logits.onnx', linearModel(3, null));
    const report = await importPack(request({ model }));
    assert.equal(report.kind, 'softmax');
    assert.ok(report.guessed.includes('output.values'));
    const sums = report.trial.pictures.map(({ labels }) =>
      labels.reduce((sum, { score }) => sum + score, 0),
    );
    for (const sum of sums) assert.ok(Math.abs(sum - 1) < 1e-4, String(sum));
  });
  test('an embedding with a vector a label', async () => {
    const vectors = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    file('vectors.bin', Buffer.from(vectors.buffer));
    const manifest = file(
      'embedding.json',
      JSON.stringify({ output: { kind: 'embedding', vectors: 'vectors.bin', scale: 10 } }),
    );
    const report = await importPack(
      request({ model: file('embedding.onnx', colourModel(size)), manifest }),
    );
    assert.equal(report.kind, 'embedding');
    assert.equal(report.trial.pictures[0]?.labels[0]?.name, '红色');
  });
  test('a manifest with thresholds of words brings their file along', async () => {
    file('words.json', JSON.stringify({ 红色: 0.3 }));
    const manifest = file(
      'words-part.json',
      JSON.stringify({ thresholds: { default: 0.5, tags: 'words.json' } }),
    );
    const model = file('words.onnx', linearModel(3, 'Softmax'));
    const { name } = await importPack(request({ model, manifest }));
    assert.deepEqual(readPack(path.join(libraryPacks(library), name)).tagThresholds, {
      红色: 0.3,
    });
  });
  test('a batch that is fixed at one', async () => {
    const report = await importPack(request({ model: file('one.onnx', colourModel(size, 1)) }));
    assert.equal(report.batch, 1);
    assert.ok(report.trial.difference < 1e-6);
  });
  /** Of the first sample picture, by label. */
  const scoresOf = ({ trial }: PackReport) =>
    Object.fromEntries((trial.pictures[0]?.labels ?? []).map(({ name, score }) => [name, score]));
  const nearly = (report: PackReport, other: PackReport) => {
    const expected = scoresOf(other);
    for (const [name, score] of Object.entries(scoresOf(report)))
      assert.ok(Math.abs(score - (expected[name] ?? NaN)) < 0.01, `${name} ${String(score)}`);
  };
  describe('graphs as they are found', () => {
    let plain: PackReport;
    before(async () => {
      plain = await importPack(request({ model: file('plain.onnx', linearModel(3, 'Softmax')) }));
    });
    const sides = [size, size];
    test('floats of sixteen bits in and out', async () => {
      const halves = linearModel(3, null, {
        inputs: [{ name: 'x', type: 'float16', dims: ['n', 3, ...sides] }],
        outputs: [{ name: 'y', type: 'float16', dims: ['n', 3] }],
        nodes: [
          { op: 'Cast', inputs: ['x'], outputs: ['floats'], attributes: { to: 1 } },
          { op: 'GlobalAveragePool', inputs: ['floats'], outputs: ['pooled'] },
          { op: 'Flatten', inputs: ['pooled'], outputs: ['mean'] },
          { op: 'MatMul', inputs: ['mean', 'w'], outputs: ['logits'] },
          { op: 'Softmax', inputs: ['logits'], outputs: ['scores'] },
          { op: 'Cast', inputs: ['scores'], outputs: ['y'], attributes: { to: 10 } },
        ],
      });
      const report = await importPack(request({ model: file('halves.onnx', halves) }));
      assert.deepEqual(report.inputs, ['x: float16 [n, 3, 16, 16]']);
      nearly(report, plain);
    });
    test('any size written as -1', async () => {
      const model = linearModel(3, 'Softmax', {
        inputs: [{ name: 'x', type: 'float32', dims: [-1, 3, ...sides] }],
        outputs: [{ name: 'y', type: 'float32', dims: [-1, 3] }],
      });
      const report = await importPack(request({ model: file('minus.onnx', model) }));
      assert.equal(report.batch, null);
      nearly(report, plain);
    });
    test('logits and probabilities: these are taken', async () => {
      const model = linearModel(3, 'Softmax', {
        outputs: ['logits', 'y'].map((name) => ({ name, type: 'float32', dims: ['n', 3] })),
      });
      const report = await importPack(request({ model: file('both.onnx', model) }));
      assert.ok(!report.guessed.includes('output.values'));
      nearly(report, plain);
    });
    test('no size is told, and the colours are last', async () => {
      const model = linearModel(3, 'Softmax', {
        inputs: [{ name: 'x', type: 'float32', dims: ['n', 'h', 'w', 'c'] }],
        nodes: [
          {
            op: 'ReduceMean',
            inputs: ['x'],
            outputs: ['mean'],
            attributes: { axes: [1, 2], keepdims: 0 },
          },
          { op: 'MatMul', inputs: ['mean', 'w'], outputs: ['logits'] },
          { op: 'Softmax', inputs: ['logits'], outputs: ['y'] },
        ],
      });
      const report = await importPack(request({ model: file('open.onnx', model) }));
      assert.deepEqual(report.guessed.slice(0, 2), ['layout', 'size']);
      nearly(report, plain);
    });
    test('any batch goes, it says, but one alone does', async () => {
      const model = linearModel(3, null, {
        constants: [
          { name: 'w', dims: [3, 3], data: new Float32Array(9).fill(1) },
          { name: 'one', dims: [3], data: BigInt64Array.from([1n, 3n, 256n]) },
        ],
        nodes: [
          { op: 'Reshape', inputs: ['x', 'one'], outputs: ['flat'] },
          {
            op: 'ReduceMean',
            inputs: ['flat'],
            outputs: ['mean'],
            attributes: { axes: [2], keepdims: 0 },
          },
          { op: 'MatMul', inputs: ['mean', 'w'], outputs: ['y'] },
        ],
      });
      const report = await importPack(request({ model: file('alone.onnx', model) }));
      assert.equal(report.batch, 1);
      assert.equal(report.trial.difference, 0);
    });
    test('a Chinese name, and weights beside it', async () => {
      const weights = Float32Array.from({ length: 9 }, (_, at) => Math.sin(at) * 4);
      file('万物 模型.onnx.data', Buffer.from(weights.buffer));
      const model = linearModel(3, 'Softmax', {
        constants: [{ name: 'w', dims: [3, 3], file: '万物 模型.onnx.data' }],
      });
      const report = await importPack(request({ model: file('万物 模型.onnx', model) }));
      assert.equal(report.name, '万物-模型');
      nearly(report, plain);
    });
  });
  test('a graph that wants bytes as floats: its manifest says no more than that', async () => {
    const manifest = file(
      'inside.json',
      '{ "input": { "normalisation": { "insideModel": true } } }',
    );
    const model = file('inside.onnx', linearModel(3, 'Sigmoid'));
    const { name, guessed } = await importPack(request({ model, manifest }));
    assert.ok(!guessed.includes('normalisation'));
    const pack = readPack(path.join(libraryPacks(library), name));
    assert.deepEqual(inputShape(pack.manifest).std, [1 / 255, 1 / 255, 1 / 255]);
  });
  test('a model for each device, as the manifest says', async () => {
    file('for-gpu.onnx', linearModel(3, 'Softmax'));
    const variants = [
      { file: 'for-cpu.onnx', precision: 'int8', devices: ['cpu'] },
      { file: 'for-gpu.onnx', precision: 'fp16', devices: ['cuda'] },
    ];
    const manifest = file('devices.json', JSON.stringify({ variants }));
    const model = file('for-cpu.onnx', linearModel(3, 'Softmax'));
    const { name } = await importPack(request({ model, manifest }));
    const pack = readPack(path.join(libraryPacks(library), name));
    assert.deepEqual(pack.manifest.variants, variants);
    assert.equal(path.basename(variantFor(pack, 'cuda') ?? ''), 'for-gpu.onnx');
    assert.deepEqual(Object.keys(pack.manifest.files).sort(), [
      'for-cpu.onnx',
      'for-gpu.onnx',
      'labels.txt',
    ]);
  });
  test('two at once, where another did not live through its trial', async () => {
    const ended = spawnSync(process.execPath, ['-e', '']).pid;
    const left = path.join(libraryPacks(library), `.import-${String(ended)}-abcdef`);
    mkdirSync(left, { recursive: true });
    writeFileSync(path.join(left, 'manifest.json'), '{}');
    assert.ok(!packsOn(library).some(({ folder }) => folder === left));
    const models = ['first', 'second'].map((name) => file(`${name}.onnx`, colourModel(size)));
    const reports = await Promise.all(models.map((model) => importPack(request({ model }))));
    assert.deepEqual(
      reports.map(({ name }) => name),
      ['first', 'second'],
    );
    assert.ok(!existsSync(left));
  });
});

describe('what is refused', () => {
  const broken: [name: string, parts: () => Parameters<typeof request>[0], problem: string][] = [
    ['cut off', () => ({ model: file('cut.onnx', colourModel(size).subarray(0, 120)) }), 'cut-off'],
    ['no ONNX', () => ({ model: file('text.onnx', 'Not a model at all.') }), 'not-onnx'],
    ['empty', () => ({ model: file('empty.onnx', '') }), 'not-onnx'],
    ['absent', () => ({ model: path.join(root, 'absent.onnx') }), 'no-model'],
    [
      'without output',
      () => ({ model: file('a.onnx', linearModel(3, null, { outputs: [] })) }),
      'no-output',
    ],
    [
      'of another rank',
      () => ({
        model: file(
          'b.onnx',
          linearModel(3, null, { inputs: [{ name: 'x', type: 'float32', dims: ['n', 768] }] }),
        ),
      }),
      'input-rank',
    ],
    [
      'without colours',
      () => ({
        model: file(
          'c.onnx',
          linearModel(3, null, {
            inputs: [{ name: 'x', type: 'float32', dims: ['n', 1, 16, 16] }],
          }),
        ),
      }),
      'input-channels',
    ],
    [
      'of another type',
      () => ({
        model: file(
          'd.onnx',
          linearModel(3, null, { inputs: [{ name: 'x', type: 'int64', dims: ['n', 3, 16, 16] }] }),
        ),
      }),
      'input-type',
    ],
    [
      'with too few labels',
      () => ({ model: file('e.onnx', colourModel(size)), labels: file('two.txt', '红\n绿') }),
      'labels-count',
    ],
    [
      'with too many labels',
      () => ({
        model: file('f.onnx', colourModel(size)),
        labels: file('four.txt', '红\n绿\n蓝\n黄'),
      }),
      'labels-count',
    ],
    [
      'with an empty label',
      () => ({ model: file('g.onnx', colourModel(size)), labels: file('gap.txt', '红\n\n蓝') }),
      'labels-blank',
    ],
    [
      'without labels',
      () => ({ model: file('h.onnx', colourModel(size)), labels: null }),
      'needs-labels',
    ],
    [
      'with another sha256 than promised',
      () => ({
        model: file('i.onnx', colourModel(size)),
        manifest: file(
          'i.json',
          JSON.stringify({ files: { 'i.onnx': { sha256: 'a'.repeat(64) } } }),
        ),
      }),
      'hash-mismatch',
    ],
    [
      'of an ONNX to come',
      () => ({ model: file('new.onnx', linearModel(3, 'Softmax', { opset: 99 })) }),
      'too-new',
    ],
    [
      'with weights elsewhere',
      () => ({
        model: file(
          'apart.onnx',
          linearModel(3, null, {
            constants: [{ name: 'w', dims: [3, 3], file: 'weights/w.bin' }],
          }),
        ),
      }),
      'weights-apart',
    ],
    [
      'with an operator nobody knows',
      () => ({ model: file('j.onnx', linearModel(3, 'Frobnicate')) }),
      'cannot-run',
    ],
    [
      'that answers no numbers',
      () => ({
        model: file(
          'k.onnx',
          linearModel(3, null, {
            constants: [{ name: 'w', dims: [3, 3], data: new Float32Array(9).fill(NaN) }],
          }),
        ),
      }),
      'cannot-run',
    ],
  ];
  const withPart = (name: string, part: object) =>
    request({
      model: file(`${name}.onnx`, colourModel(size)),
      manifest: file(`${name}.json`, JSON.stringify(part)),
    });
  broken.push(
    [
      'with fewer thresholds than labels',
      () => {
        file('few.txt', '0.5\n0.4\n');
        const output = { kind: 'sigmoid' };
        return withPart('l', { output, thresholds: { default: 0.5, labels: 'few.txt' } });
      },
      'cannot-run',
    ],
    [
      'with more vectors than labels',
      () => {
        file('four.bin', Buffer.from(new Float32Array(12).fill(1).buffer));
        return withPart('m', { output: { kind: 'embedding', vectors: 'four.bin' } });
      },
      'cannot-run',
    ],
    [
      'with a manifest that is wrong',
      () => withPart('wrong', { thresholds: { default: 'high' } }),
      'bad-manifest',
    ],
    [
      'with a manifest that is a list',
      () => ({ model: file('list.onnx', colourModel(size)), manifest: file('list.json', '[1]') }),
      'no-manifest',
    ],
    [
      'with models for devices and without itself',
      () =>
        withPart('o', {
          variants: [{ file: 'another.onnx', precision: 'fp32', devices: ['cpu'] }],
        }),
      'bad-manifest',
    ],
    [
      'beside one of other labels',
      () => {
        file('five.onnx', linearModel(5, null));
        const devices = ['cpu', 'cuda'];
        const variants = ['p.onnx', 'five.onnx'].map((name, at) => ({
          file: name,
          precision: 'fp32',
          devices: [devices[at]],
        }));
        return withPart('p', { variants });
      },
      'other-values',
    ],
    [
      'for no CPU',
      () => withPart('q', { variants: [{ file: 'q.onnx', precision: 'fp16', devices: ['cuda'] }] }),
      'cannot-run',
    ],
    [
      'with words above that are none',
      () => {
        file('above.json', '{ "tags": 3 }');
        return withPart('n', { concepts: 'above.json' });
      },
      'cannot-run',
    ],
  );
  let choice = '';
  before(() => {
    choice = JSON.stringify(readChoice(library));
  });
  for (const [name, parts, problem] of broken)
    test(name, async () => {
      const packs = packsOn(library).map((pack) => pack.name);
      const error: unknown = await importPack(request(parts())).then(
        () => null,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof ContractError, String(error));
      assert.equal(error.code, 'pack-refused');
      assert.equal(error.detail.split('\n')[0], problem, error.detail);
      for (const language of ['zh', 'en'] as const) {
        const sentence = errorText(language, error);
        assert.ok(sentence.length > 5 && !sentence.includes('\n'), sentence);
        assert.ok(!sentence.includes('.import-'), 'a place that is gone');
      }
      assert.deepEqual(
        packsOn(library).map((pack) => pack.name),
        packs,
      );
      assert.equal(JSON.stringify(readChoice(library)), choice);
      if (existsSync(libraryPacks(library)))
        assert.ok(!readdirSync(libraryPacks(library)).some((entry) => entry.startsWith('.')));
    });
  test('a name that is taken', async () => {
    copyFileSync(path.join(root, 'one.onnx'), path.join(root, 'taken.onnx'));
    const again = request({ model: path.join(root, 'taken.onnx'), name: 'one' });
    await assert.rejects(importPack(again), /name-taken/);
  });
});

test('one of two at once takes the name, the other is refused', async () => {
  const model = file('twin.onnx', colourModel(size));
  const [one, other] = await Promise.allSettled([
    importPack(request({ model })),
    importPack(request({ model })),
  ]);
  const refused = one.status === 'rejected' ? one : other;
  assert.ok(refused.status === 'rejected' && refused.reason instanceof ContractError);
  assert.equal(refused.reason.detail, 'name-taken\ntwin');
  assert.ok([one, other].some(({ status }) => status === 'fulfilled'));
});

test('a pack in use and one that ships cannot be removed, another can', () => {
  writeChoice(library, { main: 'efficientnet-lite2', extra: ['one'] });
  assert.throws(() => {
    removePack(library, 'one');
  }, /in-use/);
  assert.throws(() => {
    removePack(library, 'efficientnet-lite2');
  }, /built-in/);
  writeChoice(library, { main: 'efficientnet-lite2', extra: [] });
  removePack(library, 'one');
  assert.ok(!packsOn(library).some(({ name }) => name === 'one'));
});

test('a pack that is removed and imported otherwise is judged by anew, and the same one is not', async () => {
  const model = file('again.onnx', linearModel(3, 'Softmax'));
  const versionOf = async (manifest: object) => {
    const said = file('again.json', JSON.stringify(manifest));
    const { name } = await importPack(request({ model, manifest: said }));
    const { version } = readPack(path.join(libraryPacks(library), name)).manifest;
    removePack(library, name);
    return version;
  };
  const mean = (value: number) => ({ version: '7', input: { mean: [value, 0, 0] } });
  const first = await versionOf(mean(0));
  assert.match(first, /^7\+[0-9a-f]{8}$/);
  assert.equal(await versionOf(mean(0)), first);
  assert.notEqual(await versionOf(mean(0.5)), first);
});

test('what was copied has its sha256 in the manifest', () => {
  const folder = path.join(libraryPacks(library), 'many');
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as {
    files: Record<string, { sha256: string }>;
  };
  for (const [name, { sha256 }] of Object.entries(manifest.files)) {
    const sum = createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex');
    assert.equal(sum, sha256);
  }
  assert.deepEqual(Object.keys(manifest.files).sort(), ['labels.txt', 'model.onnx']);
});

test('a pack that is named twice judges once', async () => {
  const handlers = packHandlers({ library, inferThreads: 1 }, [], () => undefined);
  const extra = ['blazeface', 'blazeface', firstChoice.main];
  await handlers['packs.use']({ main: firstChoice.main, extra });
  assert.deepEqual(readChoice(library), { main: firstChoice.main, extra: ['blazeface'] });
});

test('one without labels is no main pack', async () => {
  const handlers = packHandlers({ library, inferThreads: 1 }, [], () => undefined);
  const before = readChoice(library);
  await assert.rejects(async () => handlers['packs.use']({ main: 'blazeface', extra: [] }), {
    code: 'pack-refused',
    detail: 'beside-another\nblazeface',
  });
  assert.deepEqual(readChoice(library), before);
});
