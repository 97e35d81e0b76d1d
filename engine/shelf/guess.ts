/** From a graph and what the person said: the manifest's input and output, what was guessed, what is missing. */
import { packRefused } from '../../common/contract.ts';
import type { GraphValue, OnnxGraph } from '../infer/onnx-graph.ts';

/** What a person may say in a partial manifest; everything else is read or guessed. */
export interface Said {
  input: Record<string, unknown>;
  output: Record<string, unknown>;
}

export interface Guess {
  input: Record<string, unknown> & { name: string; batch?: number };
  output: Record<string, unknown>;
  /** Names of what is not in the graph and was not said: `resize`, `normalisation` ... */
  guessed: string[];
  /** Null where the graph does not tell whether its values are probabilities. */
  values: 'probabilities' | 'logits' | null;
}

const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
/** The usual share of the shortest side that is kept. */
const kept = 0.875;
const usualSize = 224;

/** `labels`: how many there are. Throws `pack-refused` with the one thing that is wrong. */
export function guessPack(graph: OnnxGraph, labels: number, said: Said): Guess {
  const guessed: string[] = [];
  const input = guessInput(pictureInput(graph, said), said, guessed);
  return { input, ...guessOutput(graph, labels, said, guessed), guessed };
}

function pictureInput({ inputs }: OnnxGraph, { input }: Said): GraphValue {
  const [first, ...others] = inputs;
  if (!first) throw packRefused('no-input');
  const named = inputs.find(({ name }) => name === input['name']);
  if (input['name'] !== undefined && !named)
    throw packRefused('no-such-input', word(input['name']), names(inputs));
  if (others.length > 0) throw packRefused('many-inputs', names(inputs));
  return named ?? first;
}

function guessInput(found: GraphValue, { input }: Said, guessed: string[]): Guess['input'] {
  const { name, type, dims } = found;
  const shape = dims.map((dim) => dim ?? '?').join(' × ');
  if (dims.length !== 4) throw packRefused('input-rank', name, shape);
  if (!['float32', 'float16', 'uint8'].includes(type)) throw packRefused('input-type', name, type);
  const [batch, ...rest] = dims;
  const or = (key: string, value: unknown): unknown => {
    if (input[key] !== undefined) return input[key];
    guessed.push(key);
    return value;
  };
  const [likely, other] = layoutsOf(rest);
  if (!likely) throw packRefused('input-channels', name, shape);
  const layout = other ? or('layout', likely) : likely;
  const [height, width] = layout === 'NHWC' ? [rest[0], rest[1]] : [rest[1], rest[2]];
  const size = height && width ? sizeOf(width, height) : or('size', usualSize);
  const side = typeof size === 'number' ? size : Math.min(height ?? usualSize, width ?? usualSize);
  return {
    ...input,
    name,
    layout,
    type,
    size,
    colour: or('colour', 'RGB'),
    resize: or('resize', { rule: 'shortest-side', to: Math.round(side / kept), crop: 'centre' }),
    ...(type !== 'uint8' ? { normalisation: or('normalisation', imageNet) } : {}),
    ...(typeof batch === 'number' ? { batch } : {}),
  };
}

/** By where the three colours are, else where they may be. */
function layoutsOf([first, , last]: (number | null)[]): ('NCHW' | 'NHWC')[] {
  const where = (channels: 3 | null) => [
    ...(first === channels ? (['NCHW'] as const) : []),
    ...(last === channels ? (['NHWC'] as const) : []),
  ];
  const sure = where(3);
  return sure.length > 0 ? sure : where(null);
}

function guessOutput(
  graph: OnnxGraph,
  labels: number,
  said: Said,
  guessed: string[],
): Pick<Guess, 'output' | 'values'> {
  const { name, kind } = said.output;
  if (kind === 'faces') return { output: said.output, values: null };
  const output = labelOutput(graph, labels, said);
  const width = widthOf(output);
  if (kind === 'embedding' || said.output['vectors'] !== undefined) {
    const dimensions = said.output['dimensions'] ?? width;
    if (typeof dimensions !== 'number') throw packRefused('missing', 'output.dimensions');
    return {
      output: {
        activation: 'softmax',
        scale: 100,
        bias: 0,
        ...said.output,
        kind: 'embedding',
        name: output.name,
        dimensions,
      },
      values: null,
    };
  }
  if (output.dims.length === 1) throw packRefused('output-rank', output.name, '1');
  if (width !== null && width !== labels)
    throw packRefused('labels-count', String(labels), String(width));
  const maker = graph.madeBy.get(output.name);
  const isKnown = isActivation(maker);
  const values = said.output['values'] ?? (isKnown ? 'probabilities' : null);
  const activation = kind ?? (maker === 'Sigmoid' ? 'sigmoid' : 'softmax');
  if (!isKnown && kind === undefined) guessed.push('output.kind');
  if (!isKnown && said.output['values'] === undefined) guessed.push('output.values');
  return {
    output: {
      ...said.output,
      name: name ?? output.name,
      kind: activation,
      values: values ?? 'logits',
    },
    values: values === 'probabilities' || values === 'logits' ? values : null,
  };
}

/** The named one, the only one, or the only one that is as wide as the labels; of logits and probabilities these. */
function labelOutput({ outputs, madeBy }: OnnxGraph, labels: number, { output }: Said): GraphValue {
  const [first] = outputs;
  if (!first) throw packRefused('no-output');
  if (output['name'] !== undefined) {
    const named = outputs.find(({ name }) => name === output['name']);
    if (!named) throw packRefused('no-such-output', word(output['name']), names(outputs));
    return named;
  }
  const fitting = outputs.filter((one) => widthOf(one) === labels);
  const probable = fitting.filter((one) => isActivation(madeBy.get(one.name)));
  const [likely] = [fitting, probable].flatMap((found) => (found.length === 1 ? found : []));
  if (outputs.length > 1 && !likely) throw packRefused('many-outputs', names(outputs));
  return likely ?? first;
}

function isActivation(operator: string | undefined): boolean {
  return operator === 'Softmax' || operator === 'Sigmoid';
}

/** Values a picture; null where the graph does not tell. */
function widthOf({ dims }: GraphValue): number | null {
  const [, ...rest] = dims;
  if (rest.length === 0) return null;
  return rest.reduce<number | null>((all, dim) => (all && dim ? all * dim : null), 1);
}

function sizeOf(width: number, height: number) {
  return width === height ? width : { width, height };
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function names(values: readonly GraphValue[]): string {
  return values.map(({ name }) => name).join(', ');
}
