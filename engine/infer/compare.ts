/**
 * Scores of an embedding: how near each picture's vector is to each label's. One product of matrices in a
 * thread of its own, wherever the pictures' vectors came from; in a loop here 60,000 labels took longer
 * than the model.
 */
import type { OutputSpec } from './manifest.ts';
import { onnxModel } from './onnx-model.ts';
import type { Pack } from './pack.ts';
import type { Session } from './session.ts';
import { openThread } from './thread.ts';

type Embedding = Extract<OutputSpec, { kind: 'embedding' }>;

/** The same session for other packs; for an embedding one that answers with a probability a label. */
export async function withComparison(
  session: Session,
  options: { pack: Pack; threads: number; maxBatch: number },
  onDeath: (error: Error) => void,
): Promise<Session> {
  const { pack, threads, maxBatch } = options;
  const { folder, labels, manifest } = pack;
  const { output } = manifest;
  if (output.kind !== 'embedding') return session;
  const graph = comparisonGraph(output, labels.length);
  const { dimensions } = output;
  const places = new SharedArrayBuffer(maxBatch * dimensions * 4);
  const opening = openThread(
    {
      candidates: [{ device: 'cpu', file: { graph, folder } }],
      places,
      input: { name: 'picture', type: 'float32', dims: [dimensions] },
      outputs: ['scores'],
      answer: { kind: output.activation, name: 'scores', values: 'probabilities' },
      labels: labels.length,
      fixedBatch: null,
      maxBatch,
      threads,
      mustBeFaster: false,
    },
    onDeath,
  );
  const thread = await opening.catch(async (error: unknown) => {
    await session.close();
    throw error;
  });
  // One batch at a time: all share the places.
  let last: Promise<unknown> = Promise.resolve();
  const compare = (vectors: Float32Array) => {
    const count = vectors.length / dimensions;
    const next = last.then(() => {
      new Float32Array(places).set(vectors);
      return thread.run(Array.from({ length: count }, (_, place) => place));
    });
    last = next.catch(() => undefined);
    return next;
  };
  return {
    get state() {
      return session.state;
    },
    run: async (at) => {
      const { outputs, ms } = await session.run(at);
      const [vectors = new Float32Array()] = outputs;
      const compared = await compare(vectors);
      return { outputs: compared.outputs, ms: ms + compared.ms };
    },
    close: async () => {
      await session.close();
      await thread.close();
    },
  };
}

/** activation(scale x cosine + bias); the labels' vectors stay in their file. */
function comparisonGraph(
  { dimensions, vectors, activation, scale, bias }: Embedding,
  labels: number,
): Buffer {
  return onnxModel({
    inputs: [{ name: 'picture', type: 'float32', dims: ['n', dimensions] }],
    outputs: [{ name: 'scores', type: 'float32', dims: ['n', labels] }],
    constants: [
      { name: 'vectors', dims: [labels, dimensions], file: vectors },
      { name: 'scale', dims: [1], data: new Float32Array([scale]) },
      { name: 'bias', dims: [1], data: new Float32Array([bias]) },
    ],
    nodes: [
      {
        op: 'LpNormalization',
        inputs: ['picture'],
        outputs: ['one'],
        attributes: { axis: 1, p: 2 },
      },
      {
        op: 'LpNormalization',
        inputs: ['vectors'],
        outputs: ['others'],
        attributes: { axis: 1, p: 2 },
      },
      { op: 'Gemm', inputs: ['one', 'others'], outputs: ['cosine'], attributes: { transB: 1 } },
      { op: 'Mul', inputs: ['cosine', 'scale'], outputs: ['scaled'] },
      { op: 'Add', inputs: ['scaled', 'bias'], outputs: ['logits'] },
      activation === 'softmax'
        ? { op: 'Softmax', inputs: ['logits'], outputs: ['scores'], attributes: { axis: 1 } }
        : { op: 'Sigmoid', inputs: ['logits'], outputs: ['scores'] },
    ],
  });
}
