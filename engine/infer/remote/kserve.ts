/** The KServe v2 inference protocol with its binary tensor extension: requests and answers as bytes. Pure. */
import * as v from 'valibot';
import type { TroubleCode } from '../../../common/contract.ts';
import type { RawOutput } from '../answers.ts';
import { fromHalves } from '../float16.ts';

export interface InputTensor {
  name: string;
  datatype: 'UINT8' | 'FP32' | 'FP16';
  /** With the batch. */
  shape: readonly number[];
  /** Of the numbers, little endian. */
  parts: readonly Uint8Array[];
}

/** An answer that no model should give: named in words for the person who runs the server. */
export class AnswerError extends Error {
  readonly code: TroubleCode;
  constructor(message: string, code: TroubleCode = 'wrong-answer') {
    super(message);
    this.code = code;
  }
}

/** How long the JSON at the start of a body is. */
export const jsonLengthHeader = 'inference-header-content-length';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const answerSchema = v.object({
  outputs: v.array(
    v.object({
      name: v.string(),
      datatype: v.string(),
      shape: v.array(count),
      parameters: v.optional(v.object({ binary_data_size: v.optional(count) })),
      data: v.optional(v.array(v.number())),
    }),
  ),
});
const errorSchema = v.object({ error: v.string() });

export const metadataSchema = v.object({
  name: v.string(),
  inputs: v.array(v.object({ name: v.string(), datatype: v.string(), shape: v.array(v.number()) })),
  outputs: v.array(v.object({ name: v.string(), datatype: v.string() })),
});

/** Triton's own answer; other servers have none. */
export const configSchema = v.object({ max_batch_size: v.optional(count, 0) });

/** The statistics extension: counts since the server began, one entry a version of the model. */
export const statisticsSchema = v.object({
  model_stats: v.array(
    v.object({
      inference_count: count,
      execution_count: count,
      inference_stats: v.object({ queue: v.object({ count, ns: count }) }),
    }),
  ),
});

/** One body, copied together once. */
export function encodeRequest(
  input: InputTensor,
  outputs: readonly string[],
): { headers: Record<string, string>; body: Buffer } {
  const size = input.parts.reduce((sum, { length }) => sum + length, 0);
  const { name, shape, datatype } = input;
  const json = Buffer.from(
    JSON.stringify({
      inputs: [{ name, shape, datatype, parameters: { binary_data_size: size } }],
      outputs: outputs.map((output) => ({ name: output, parameters: { binary_data: true } })),
    }),
  );
  const body = Buffer.allocUnsafe(json.length + size);
  body.set(json);
  let at = json.length;
  for (const part of input.parts) {
    body.set(part, at);
    at += part.length;
  }
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(body.length),
      [jsonLengthHeader]: String(json.length),
    },
    body,
  };
}

/** The wanted outputs in their order. Throws AnswerError for anything that is not exactly what was asked for. */
export function decodeAnswer(
  body: Buffer,
  jsonLength: string | undefined,
  wanted: readonly string[],
): RawOutput[] {
  const length = jsonLength === undefined ? body.length : Number(jsonLength);
  if (!Number.isInteger(length) || length < 0 || length > body.length)
    throw new AnswerError('the answer is cut off');
  const checked = v.safeParse(answerSchema, parse(body.subarray(0, length)));
  if (!checked.success) throw new AnswerError('the answer is not KServe v2');
  let at = length;
  const found = new Map<string, RawOutput>();
  for (const { name, datatype, shape, parameters, data } of checked.output.outputs) {
    const size = parameters?.binary_data_size;
    const bytes = size === undefined ? null : body.subarray(at, at + size);
    at += size ?? 0;
    if (at > body.length) throw new AnswerError('the answer is cut off');
    if (!wanted.includes(name)) continue;
    const read = floats.get(datatype);
    if (!read) throw new AnswerError(`output "${name}" is ${datatype}, no floats`);
    const values = bytes ? read(bytes) : Float32Array.from(data ?? []);
    if (values.length !== shape.reduce((product, side) => product * side, 1))
      throw new AnswerError(`output "${name}" has ${String(values.length)} values for its shape`);
    found.set(name, { values, dims: shape });
  }
  return wanted.map((name) => {
    const output = found.get(name);
    if (!output) throw new AnswerError(`the answer has no output "${name}"`);
    return output;
  });
}

/** What the server says is wrong, where it says it in the protocol's way. */
export function errorOf(body: Buffer): string | null {
  const checked = v.safeParse(errorSchema, parse(body));
  return checked.success ? (checked.output.error.split('\n')[0] ?? '') : null;
}

export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

const floats = new Map<string, (bytes: Buffer) => Float32Array>([
  ['FP32', (bytes) => new Float32Array(copied(bytes, 4))],
  ['FP16', (bytes) => fromHalves(new Uint16Array(copied(bytes, 2)))],
  ['FP64', (bytes) => Float32Array.from(new Float64Array(copied(bytes, 8)))],
]);

/** The bytes of a body may lie anywhere, numbers only at multiples of their size. */
function copied(bytes: Buffer, each: number): ArrayBuffer {
  if (bytes.length % each !== 0) throw new AnswerError('the answer is cut off');
  return new Uint8Array(bytes).buffer;
}
