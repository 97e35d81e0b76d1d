/** Writes a pack as a model repository that Triton serves as it is: model.onnx and config.pbtxt. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packRefused } from '../../common/contract.ts';
import { readGraph, type GraphValue } from '../infer/onnx-graph.ts';
import { inputDims, outputNames, serverName, variantFor, type Pack } from '../infer/pack.ts';
import { writeProblem } from './shelf.ts';

const maxBatch = 32;
const preferred = [4, 8, 16];
const queueDelayUs = 100_000;

/** Throws `pack-refused` where the folder holds a model of this name. Returns the model's folder. */
export function exportTriton(pack: Pack, repository: string): string {
  const { input } = pack.manifest;
  const folder = path.join(repository, serverName(pack.manifest));
  if (existsSync(folder)) throw packRefused('name-taken', folder);
  // A server has a GPU more often than not; its own file says what runs there.
  const file = variantFor(pack, 'cuda') ?? variantFor(pack, 'cpu');
  if (file === null) throw packRefused('missing', 'variants');
  const graph = readGraph(readFileSync(file));
  const wanted = outputNames(pack.manifest);
  const outputs = graph.outputs.filter((output) => wanted.includes(output.name));
  try {
    mkdirSync(path.join(folder, '1'), { recursive: true });
    copyFileSync(file, path.join(folder, '1', 'model.onnx'));
    for (const outside of graph.outside)
      copyFileSync(path.join(path.dirname(file), outside), path.join(folder, '1', outside));
    writeFileSync(
      path.join(folder, 'config.pbtxt'),
      tritonConfig(pack, outputs, input.batch === undefined ? maxBatch : 0),
    );
  } catch (error) {
    // What is half written would stand in the next one's way.
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    throw writeProblem(error, folder);
  }
  return folder;
}

/** With a batch of 0 the model's own first dimension stands; nothing is put together then. */
export function tritonConfig(pack: Pack, outputs: readonly GraphValue[], batch: number): string {
  const { manifest } = pack;
  const whole = (dims: readonly (number | null)[]) => dims.map((dim) => dim ?? -1).join(', ');
  const own = manifest.input.batch ?? 1;
  const inputs = inputDims(manifest);
  const dims = batch > 0 ? inputs : [own, ...inputs];
  const answers = outputs.map(({ name, type, dims: said }) => {
    const all = said.length === 0 ? [own, null] : said;
    return `  { name: ${quoted(name)} data_type: ${typeOf(type)} dims: [ ${whole(batch > 0 ? all.slice(1) : all)} ] }`;
  });
  const batching =
    batch > 0
      ? `dynamic_batching {
  preferred_batch_size: [ ${preferred.join(', ')} ]
  max_queue_delay_microseconds: ${String(queueDelayUs)}
}
`
      : '';
  return `name: ${quoted(serverName(manifest))}
backend: "onnxruntime"
max_batch_size: ${String(batch)}
input [
  { name: ${quoted(manifest.input.name)} data_type: ${typeOf(manifest.input.type)} dims: [ ${whole(dims)} ] }
]
output [
${answers.join(',\n')}
]
${batching}# One instance on every GPU that the server has; write KIND_CPU for a server without one.
instance_group [ { count: 1 kind: KIND_AUTO } ]
`;
}

/** `FP32` for float32, `UINT8` for uint8. */
function typeOf(type: string): string {
  return `TYPE_${type.toUpperCase().replace('FLOAT', 'FP')}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
