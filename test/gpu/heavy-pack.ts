/**
 * Makes a heavy model pack, for benchmarks only: a vision transformer of the size of ViT-L/16 (304 M weights)
 * with made weights, so that a fast GPU can be filled. What it answers means nothing. Not committed.
 *
 *     node test/gpu/heavy-pack.ts FOLDER [--size large|tiny] [--precision fp16|fp32]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onnxModel, type Constant, type Node } from '../fixtures/onnx-model.ts';
import { writePack } from '../fixtures/pack.ts';

export const sizes = {
  large: { width: 1024, layers: 24, heads: 16, picture: 224 },
  tiny: { width: 64, layers: 2, heads: 4, picture: 64 },
};
export type Size = keyof typeof sizes;
export type Precision = 'fp16' | 'fp32';

const patch = 16;
const labels = 1000;

/** Writes the pack and returns its folder. */
export function writeHeavyPack(folder: string, size: Size, precision: Precision): string {
  const { picture } = sizes[size];
  const names = Array.from({ length: labels }, (_, at) => `made ${String(at)}`);
  return writePack(folder, {
    files: {
      'model.onnx': heavyModel(size, precision),
      'labels.txt': Buffer.from(names.join('\n')),
    },
    input: {
      name: 'pixels',
      layout: 'NHWC',
      type: 'uint8',
      colour: 'RGB',
      size: picture,
      resize: { rule: 'squash' },
    },
    output: { kind: 'softmax', name: 'probabilities', values: 'probabilities' },
    labels: 'labels.txt',
    variants: [
      { file: 'model.onnx', precision, devices: ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] },
    ],
  });
}

export function heavyModel(size: Size, precision: Precision): Buffer {
  const { width, layers, heads, picture } = sizes[size];
  const side = picture / patch;
  const tokens = side * side;
  const nodes: Node[] = [];
  const constants: Constant[] = [];
  const weights = weightMaker(precision);
  let made = 0;

  const constant = (dims: number[], data: Extract<Constant, { data: unknown }>['data']): string => {
    const name = `c${String((made += 1))}`;
    constants.push({ name, dims, data });
    return name;
  };
  const weight = (...dims: number[]) => constant(dims, weights.random(dims));
  const filled = (value: number, ...dims: number[]) => constant(dims, weights.filled(value, dims));
  const shape = (...dims: number[]) =>
    constant([dims.length], BigInt64Array.from(dims.map((dim) => BigInt(dim))));
  const node = (op: string, inputs: string[], attributes: Node['attributes'] = {}): string => {
    const name = `v${String((made += 1))}`;
    nodes.push({ op, inputs, outputs: [name], attributes });
    return name;
  };
  const linear = (x: string, from: number, to: number) =>
    node('Add', [node('MatMul', [x, weight(from, to)]), filled(0, to)]);
  const normalised = (x: string) =>
    node('LayerNormalization', [x, filled(1, width), filled(0, width)]);
  const element = precision === 'fp16' ? 10 : 1;

  const attention = (x: string): string => {
    const qkv = node('Reshape', [
      linear(x, width, 3 * width),
      shape(0, tokens, 3, heads, width / heads),
    ]);
    // Now [three, photos, heads, tokens, width of a head].
    const parts = node('Transpose', [qkv], { perm: [2, 0, 3, 1, 4] });
    const part = (at: number) =>
      node('Squeeze', [node('Gather', [parts, shape(at)], { axis: 0 }), shape(0)]);
    const keys = node('Transpose', [part(1)], { perm: [0, 1, 3, 2] });
    const products = node('MatMul', [part(0), keys]);
    const scaled = node('Mul', [products, filled(1 / Math.sqrt(width / heads), 1)]);
    const mixed = node('MatMul', [node('Softmax', [scaled], { axis: 3 }), part(2)]);
    const together = node('Transpose', [mixed], { perm: [0, 2, 1, 3] });
    return linear(node('Reshape', [together, shape(0, tokens, width)]), width, width);
  };
  const gelu = (x: string): string => {
    const erf = node('Erf', [node('Mul', [x, filled(Math.SQRT1_2, 1)])]);
    const half = node('Mul', [x, filled(0.5, 1)]);
    return node('Mul', [half, node('Add', [erf, filled(1, 1)])]);
  };
  const perceptron = (x: string) => linear(gelu(linear(x, width, 4 * width)), 4 * width, width);

  const bytes = node('Cast', ['pixels'], { to: element });
  const centred = node('Add', [node('Mul', [bytes, filled(1 / 127.5, 1)]), filled(-1, 1)]);
  const planes = node('Transpose', [centred], { perm: [0, 3, 1, 2] });
  const patches = node('Conv', [planes, weight(width, 3, patch, patch)], {
    kernel_shape: [patch, patch],
    strides: [patch, patch],
  });
  const flat = node('Reshape', [patches, shape(0, width, tokens)]);
  let x = node('Add', [node('Transpose', [flat], { perm: [0, 2, 1] }), weight(1, tokens, width)]);
  for (let layer = 0; layer < layers; layer += 1) {
    x = node('Add', [x, attention(normalised(x))]);
    x = node('Add', [x, perceptron(normalised(x))]);
  }
  const mean = node('ReduceMean', [normalised(x)], { axes: [1], keepdims: 0 });
  const logits = node('Cast', [linear(mean, width, labels)], { to: 1 });
  nodes.push({ op: 'Softmax', inputs: [logits], outputs: ['probabilities'] });
  return onnxModel({
    inputs: [{ name: 'pixels', type: 'uint8', dims: ['n', picture, picture, 3] }],
    outputs: [{ name: 'probabilities', type: 'float32', dims: ['n', labels] }],
    nodes,
    constants,
  });
}

/** Even between -0.035 and 0.035: as wide as trained weights, the same in every run. */
function weightMaker(precision: Precision) {
  const table = Array.from({ length: 256 }, (_, at) => ((at - 127.5) / 127.5) * 0.035);
  const coded = precision === 'fp16' ? Uint16Array.from(table, toHalf) : Float32Array.from(table);
  let state = 0x9e3779b9;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  };
  const room = (dims: number[]) => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    return precision === 'fp16' ? new Uint16Array(count) : new Float32Array(count);
  };
  return {
    random: (dims: number[]) => {
      const data = room(dims);
      for (let at = 0; at < data.length; at += 1) data[at] = coded[next()] ?? 0;
      return data;
    },
    filled: (value: number, dims: number[]) =>
      room(dims).fill(precision === 'fp16' ? toHalf(value) : value),
  };
}

/** The bits of a float16; for values that are normal in it, or zero. */
export function toHalf(value: number): number {
  if (value === 0) return 0;
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  return ((bits >>> 16) & 0x8000) | ((exponent << 10) + ((bits >>> 13) & 0x3ff));
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: 'large' },
      precision: { type: 'string', default: 'fp16' },
    },
  });
  const [folder = 'dist/gpu/heavy'] = positionals;
  const size: Size = values.size === 'tiny' ? 'tiny' : 'large';
  const precision: Precision = values.precision === 'fp32' ? 'fp32' : 'fp16';
  console.log(writeHeavyPack(path.resolve(folder), size, precision));
}
