/**
 * Models of 60,000 labels, made by this script: what they cost to import, to start with, to tag and to search.
 * `node test/bench/large-model.ts [--labels N] [--photos FOLDER] [--count N]`; one line a figure.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Status } from '../../common/contract.ts';
import { ownPhotos } from '../../engine/bench/photos.ts';
import { startEngine } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import { importPack } from '../../engine/shelf/import.ts';
import { writeChoice } from '../../engine/shelf/shelf.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { onnxModel } from '../../engine/infer/onnx-model.ts';
import { photosFolder } from './places.ts';

const { values } = parseArgs({
  options: {
    labels: { type: 'string', default: '60000' },
    photos: { type: 'string', default: path.join(photosFolder, 'photos') },
    count: { type: 'string', default: '100' },
  },
});
const labels = Number(values.labels);
const size = 64;
const dimensions = 512;

/** The same numbers in every run, spread like a bell. */
function numbers(seed: number): () => number {
  let state = seed;
  const next = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
}

/** Different words of two to four of the characters that the vocabulary has. */
function words(count: number): string[] {
  const characters = [
    ...new Set(loadVocabulary().tags.flatMap(({ name }) => Array.from(name))),
  ].filter((one) => /\p{Script=Han}/u.test(one));
  const found = new Set<string>();
  const random = numbers(7);
  const pick = () => characters[Math.floor(Math.abs(random()) * 1e6) % characters.length] ?? '';
  while (found.size < count) found.add(Array.from({ length: 2 + (found.size % 3) }, pick).join(''));
  return [...found];
}

function model(width: number, bias: number): Buffer {
  const random = numbers(width);
  return onnxModel({
    inputs: [{ name: 'x', type: 'float32', dims: ['n', 3, size, size] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['n', width] }],
    constants: [
      { name: 'w', dims: [3, width], data: Float32Array.from({ length: 3 * width }, random) },
      { name: 'b', dims: [width], data: new Float32Array(width).fill(bias) },
    ],
    nodes: [
      {
        op: 'ReduceMean',
        inputs: ['x'],
        outputs: ['mean'],
        attributes: { axes: [2, 3], keepdims: 0 },
      },
      { op: 'MatMul', inputs: ['mean', 'w'], outputs: ['product'] },
      { op: 'Add', inputs: ['product', 'b'], outputs: ['y'] },
    ],
  });
}

const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-large-'));
const file = (name: string, content: string | Buffer) => {
  const at = path.join(root, name);
  writeFileSync(at, content);
  return at;
};
const say = (name: string, value: number, unit: string) => {
  process.stdout.write(`  ${name.padEnd(44)} ${value.toFixed(1).padStart(9)} ${unit}\n`);
};
async function timed<T>(name: string, job: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await job();
  say(name, performance.now() - started, 'ms');
  return result;
}

async function measure(name: string | null): Promise<void> {
  const library = path.join(root, `library-${name ?? 'default'}`);
  if (name !== null) {
    const vectors = Float32Array.from({ length: labels * dimensions }, numbers(3));
    file('vectors.bin', Buffer.from(vectors.buffer));
    const isEmbedding = name === 'embedding';
    const output = isEmbedding
      ? { kind: 'embedding', vectors: 'vectors.bin', activation: 'softmax', scale: 100, bias: 0 }
      : { kind: 'sigmoid', values: 'logits' };
    await timed('import, with its trial', () =>
      importPack({
        library,
        model: file(`${name}.onnx`, isEmbedding ? model(dimensions, 0) : model(labels, -7)),
        labels: file('labels.txt', words(labels).join('\n')),
        manifest: file('part.json', JSON.stringify({ output })),
        name,
        threads: 1,
      }),
    );
    writeChoice(library, { main: name, extra: [] });
  } else writeChoice(library, { main: 'efficientnet-lite2', extra: [] });
  const options = engineOptions({ library, device: 'cpu' });
  const engine = await timed('engine: start', () =>
    startEngine({ node: process.execPath, options }),
  );
  try {
    const { memoryBytes } = await engine.call('status.get', {});
    say('engine: memory after the start', memoryBytes / 1e6, 'MB');
    const idle = (count: number) =>
      new Promise<Status>((resolve) => {
        engine.on('status.changed', (status) => {
          if (status.idle && status.counts.indexed + status.counts.failed >= count) resolve(status);
        });
      });
    const { photos } = ownPhotos(values.photos, Number(values.count));
    const done = idle(photos.length);
    const started = performance.now();
    await engine.call('folders.add', { paths: photos });
    const status = await done;
    say('tagging', (photos.length * 1000) / (performance.now() - started), 'photos/s');
    say('memory at most', status.peakMemoryBytes / 1e6, 'MB');
    const { tags } = await engine.call('tags.list', {});
    const [top] = tags;
    say('tags in the library', tags.length, '');
    for (const text of ['a', 'gou', top?.name ?? '狗', '狗'])
      await timed(`suggest "${text}"`, () => engine.call('tags.suggest', { text, limit: 8 }));
    await timed('search for the commonest tag', () =>
      engine.call('photos.search', { query: top?.name ?? '狗', limit: 20, offset: 0 }),
    );
    const query = { text: '', tags: [], without: [], folder: null, untagged: false };
    await timed('the tree of all tags', () => engine.call('tags.tree', { query }));
  } finally {
    await engine.close();
  }
}

try {
  for (const name of [null, 'sigmoid', 'embedding']) {
    process.stdout.write(`${name ?? 'the default pack'}\n`);
    await measure(name);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
