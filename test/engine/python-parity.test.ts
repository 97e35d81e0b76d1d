/**
 * An imported model says what Python's onnxruntime says of it, within 1e-3: bytes and floats, softmax,
 * sigmoid, an embedding, a fixed batch. Skipped, with the reason, where that Python cannot be had.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { readPack } from '../../engine/infer/pack.ts';
import { openSession } from '../../engine/infer/session.ts';
import { importPack, type ImportRequest } from '../../engine/shelf/import.ts';
import { libraryPacks } from '../../engine/shelf/shelf.ts';
import { placePictures } from '../../engine/shelf/trial.ts';
import { linearModel, linearSize as size } from '../fixtures/linear-model.ts';
import { colourModel, defaultPack } from '../fixtures/pack.ts';
import { prepareTriton, tritonPython, whyNoTriton } from '../fixtures/triton.ts';

const script = fileURLToPath(new URL('../triton/answers.py', import.meta.url));
const mean = [0.485, 0.456, 0.406];
const std = [0.229, 0.224, 0.225];
const sigmoidLabels = 4_585;
const dimensions = 3;

describe("Python's onnxruntime", { skip: whyNoTriton() }, () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-python-'));
  const library = path.join(root, 'library');
  let isThere = false;
  before(() => {
    isThere = prepareTriton();
  });
  after(() => {
    rmSync(root, { recursive: true });
  });
  const file = (name: string, content: string | Buffer) => {
    const at = path.join(root, name);
    writeFileSync(at, content);
    return at;
  };
  const words = (count: number) =>
    file(
      `${String(count)}.txt`,
      Array.from({ length: count }, (_, at) => `词${String(at)}`).join('\n'),
    );
  /** A picture of the model's own size: nobody's resizing is compared. */
  const picture = async (side: number) => {
    const pixels = Buffer.from(
      Uint8Array.from({ length: side * side * 3 }, (_, at) => (at * 7919 + (at % side) * 31) % 256),
    );
    const at = path.join(root, `${String(side)}.png`);
    await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
      .png()
      .toFile(at);
    return at;
  };

  interface Case {
    side: number;
    request: () => Pick<ImportRequest, 'model' | 'labels'>;
    manifest: object;
    /** For Python. */
    spec: Record<string, unknown>;
  }
  const vectors = Float32Array.from({ length: 50 * dimensions }, (_, at) => Math.cos(at * 1.7));
  const cases: Record<string, Case> = {
    'the default model, NHWC and bytes': {
      side: 260,
      request: () => ({
        model: path.join(defaultPack, 'model-int8.onnx'),
        labels: path.join(defaultPack, 'labels.txt'),
      }),
      manifest: { input: { resize: { rule: 'squash' } } },
      spec: { layout: 'NHWC', output: 'probabilities', activation: null },
    },
    '4,585 labels by a sigmoid': {
      side: size,
      request: () => ({
        model: file('sigmoid.onnx', linearModel(sigmoidLabels, null)),
        labels: words(sigmoidLabels),
      }),
      manifest: {
        input: { resize: { rule: 'squash' }, normalisation: { mean, std } },
        output: { kind: 'sigmoid', values: 'logits' },
      },
      spec: { layout: 'NCHW', output: 'y', activation: 'sigmoid', mean, std },
    },
    'an embedding with a vector a label': {
      side: size,
      request: () => {
        file('vectors.bin', Buffer.from(vectors.buffer));
        return { model: file('embedding.onnx', colourModel(size)), labels: words(50) };
      },
      manifest: {
        input: { resize: { rule: 'squash' }, normalisation: { mean, std } },
        output: { kind: 'embedding', vectors: 'vectors.bin', scale: 10 },
      },
      spec: {
        layout: 'NCHW',
        output: 'y',
        activation: 'softmax',
        vectors: path.join(root, 'vectors.bin'),
        scale: 10,
        mean,
        std,
      },
    },
    'a batch that is fixed at one': {
      side: size,
      request: () => ({ model: file('one.onnx', colourModel(size, 1)), labels: words(3) }),
      manifest: {
        input: { resize: { rule: 'squash' }, normalisation: { mean, std } },
        output: { kind: 'softmax', values: 'logits' },
      },
      spec: { layout: 'NCHW', output: 'y', activation: 'softmax', mean, std },
    },
  };

  for (const [name, { side, request, manifest, spec }] of Object.entries(cases))
    test(name, async (t) => {
      if (!isThere) {
        t.skip('onnxruntime for Python cannot be installed here');
        return;
      }
      const { model, labels } = request();
      const report = await importPack({
        library,
        model,
        labels,
        manifest: file('part.json', JSON.stringify(manifest)),
        name: null,
        threads: 1,
      });
      const pack = readPack(path.join(libraryPacks(library), report.name));
      const shown = await picture(side);
      const { places } = await placePictures(pack, [shown]);
      const options = { pack, device: 'cpu' as const, places, threads: 1, maxBatch: 8 };
      const session = await openSession(options, () => undefined);
      const { outputs } = await session.run([0, 1]);
      await session.close();
      const answer = execFileSync(
        tritonPython(),
        [script, model, shown, file('spec.json', JSON.stringify(spec))],
        { encoding: 'utf8', maxBuffer: 1e8 },
      );
      const theirs = JSON.parse(answer) as number[];
      const ours = outputs[0] ?? new Float32Array();
      assert.equal(ours.length, 2 * theirs.length);
      ours.forEach((value, at) => {
        const expected = theirs[at % theirs.length] ?? NaN;
        assert.ok(
          Math.abs(value - expected) < 1e-3,
          `${String(at)}: ${String(value)} ${String(expected)}`,
        );
      });
      // Not all the same: a model that answers nothing would agree with anything.
      assert.ok(Math.max(...theirs) - Math.min(...theirs) > 1e-4);
    });
});
