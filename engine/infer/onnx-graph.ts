/** Reads of an ONNX file what an import has to know: inputs, outputs, opset, last operators, outside data. */

export interface GraphValue {
  name: string;
  /** onnxruntime's name. */
  type: string;
  /** Null where any size goes; none at all where the graph does not say how many there are. */
  dims: (number | null)[];
}

export interface OnnxGraph {
  opset: number;
  inputs: GraphValue[];
  outputs: GraphValue[];
  /** Output name -> the operator that makes it. */
  madeBy: Map<string, string>;
  /** Names of files beside the model that hold weights. */
  outside: string[];
}

/** Not ONNX at all, or cut off. */
export class GraphError extends Error {}

const elementTypes = [
  '',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
];

/** Throws GraphError. The field numbers are those of onnx.proto. */
export function readGraph(bytes: Buffer): OnnxGraph {
  const model = fieldsOf(bytes);
  const graph = model.find(({ field, bytes: inner }) => field === 7 && inner !== null)?.bytes;
  if (!graph) throw new GraphError('no graph');
  const opsets = model.filter(({ field }) => field === 8).map(({ bytes: inner }) => opsetOf(inner));
  // The opset is the last thing in a file.
  if (opsets.length === 0) throw new GraphError('cut off');
  const parts = fieldsOf(graph);
  const inners = (number: number) =>
    parts.flatMap(({ field, bytes: inner }) => (field === number && inner ? [inner] : []));
  const tensors = inners(5).map(tensorOf);
  const constants = new Set(tensors.map(({ name }) => name));
  return {
    opset: Math.max(0, ...opsets),
    inputs: inners(11)
      .map(valueOf)
      .filter(({ name }) => !constants.has(name)),
    outputs: inners(12).map(valueOf),
    madeBy: new Map(inners(1).flatMap(nodeOf)),
    outside: [...new Set(tensors.flatMap(({ outside }) => outside))],
  };
}

interface Field {
  field: number;
  /** Of a varint. */
  value: number;
  /** Of a string, message or packed list. */
  bytes: Buffer | null;
}

function fieldsOf(bytes: Buffer): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at];
      if (byte === undefined || scale > 2 ** 63) throw new GraphError('cut off');
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const skip = (length: number) => {
    if (at + length > bytes.length) throw new GraphError('cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const wire = key % 8;
    if (field === 0) throw new GraphError('not ONNX');
    if (wire === 0) found.push({ field, value: varint(), bytes: null });
    else if (wire === 1) skip(8);
    else if (wire === 5) skip(4);
    else if (wire === 2) found.push({ field, value: 0, bytes: skip(varint()) });
    else throw new GraphError('not ONNX');
  }
  return found;
}

function text(fields: readonly Field[], number: number): string {
  return fields.find(({ field }) => field === number)?.bytes?.toString('utf8') ?? '';
}

function opsetOf(bytes: Buffer | null): number {
  const fields = fieldsOf(bytes ?? Buffer.alloc(0));
  const isDefault = ['', 'ai.onnx'].includes(text(fields, 1));
  return isDefault ? (fields.find(({ field }) => field === 2)?.value ?? 0) : 0;
}

function nodeOf(bytes: Buffer): [string, string][] {
  const fields = fieldsOf(bytes);
  return fields.flatMap(({ field, bytes: inner }) =>
    field === 2 && inner ? [[inner.toString('utf8'), text(fields, 4)] as [string, string]] : [],
  );
}

function tensorOf(bytes: Buffer): { name: string; outside: string[] } {
  const fields = fieldsOf(bytes);
  const isOutside = fields.some(({ field, value }) => field === 14 && value === 1);
  const outside = fields.flatMap(({ field, bytes: inner }) => {
    if (!isOutside || field !== 13 || !inner) return [];
    const entry = fieldsOf(inner);
    return text(entry, 1) === 'location' ? [text(entry, 2)] : [];
  });
  return { name: text(fields, 8), outside };
}

function valueOf(bytes: Buffer): GraphValue {
  const fields = fieldsOf(bytes);
  const message = (from: readonly Field[], number: number) =>
    fieldsOf(from.find(({ field }) => field === number)?.bytes ?? Buffer.alloc(0));
  const tensor = message(message(fields, 2), 1);
  const type = tensor.find(({ field }) => field === 1)?.value ?? 0;
  const dims = message(tensor, 2).flatMap(({ field, bytes: inner }) => {
    if (field !== 1 || !inner) return [];
    const size = fieldsOf(inner).find((part) => part.field === 1)?.value;
    // Some write -1 for any size, which is read as an immense one.
    return [size !== undefined && size > 0 && Number.isSafeInteger(size) ? size : null];
  });
  return { name: text(fields, 1), type: elementTypes[type] ?? `#${String(type)}`, dims };
}
