/**
 * One inference server: what model it has, whether it is well, how fast it is. Watches it, asks it, and
 * after a failure leaves it alone for a while that grows, with some chance in it.
 */
import * as v from 'valibot';
import type { RemoteServer, ServerTrouble, TroubleCode } from '../../../common/contract.ts';
import type { Finish } from '../answers.ts';
import { toHalves } from '../float16.ts';
import type { Connections, Reply } from './connections.ts';
import {
  AnswerError,
  configSchema,
  decodeAnswer,
  encodeRequest,
  errorOf,
  jsonLengthHeader,
  metadataSchema,
  parse,
  statisticsSchema,
  type InputTensor,
} from './kserve.ts';

export interface ModelNeeds {
  /** The model's name on the server unless its address says another. */
  name: string;
  /** `datatype`: of the parts; a server may want its floats in sixteen bits. */
  input: { name: string; datatype: 'UINT8' | 'FP32'; dims: readonly number[] };
  outputs: readonly string[];
  finish: Finish;
}

/** What the model there takes; `batch`: the only one, where it is fixed. */
interface Takes {
  datatype: InputTensor['datatype'];
  batch: number | null;
}

export interface Server {
  readonly url: string;
  /** Its name there. */
  readonly model: string;
  /** Null while it is well; else why it is not asked. */
  readonly trouble: ServerTrouble | null;
  /** The most pictures in one request. */
  readonly maxBatch: number;
  /** Photos asked for and not answered. */
  readonly inFlight: number;
  /** Photos a second, as measured; 0 before the first answer. */
  readonly rate: number;
  /** Mean photos a request over the last ones. */
  readonly meanBatch: number;
  readonly batcher: RemoteServer['batcher'];
  /** `parts`: one input a photo. Rejects in words; the server then counts as troubled. */
  infer(parts: readonly Uint8Array[]): Promise<Float32Array[]>;
  /** Asks after its health and its model; resolves when that is known. */
  probe(): Promise<void>;
  close(): void;
}

const probeTimeoutMs = 3_000;
const watchMs = 5_000;
const firstPauseMs = 200;
const longestPauseMs = 10_000;
/** The weight of the newest measurement. */
const newest = 0.2;

export function openServer(
  address: string,
  needs: ModelNeeds,
  connections: Connections,
  inferTimeoutMs: number,
  onChange: () => void,
): Server {
  const { base, model } = readAddress(address, needs.name);
  const at = (path: string) => new URL(`${base}${path}`);
  let trouble: ServerTrouble | null = { code: 'asking', detail: '' };
  let takes: Takes = { datatype: needs.input.datatype, batch: null };
  let maxBatch = 1;
  let failures = 0;
  let inFlight = 0;
  let meanBatch = 0;
  /** From one answer to the next. Two that come together are no sign of endless speed: only means are divided. */
  let meanMs = 0;
  let busySince = 0;
  let counts: Counts | null = null;
  let batcher: RemoteServer['batcher'] = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function later(ms: number): void {
    if (timer) clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void probe(), ms);
    timer.unref();
  }

  function change(next: ServerTrouble | null): void {
    if (next?.code === trouble?.code && next?.detail === trouble?.detail) return;
    trouble = next;
    onChange();
  }

  function fail(error: unknown): void {
    failures += 1;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
    change(troubleOf(error));
    later(pause * (0.5 + Math.random()));
  }

  async function probe(): Promise<void> {
    try {
      await ready('/v2/health/ready', 'not-kserve');
      const metadata = await ask(`/v2/models/${model}`, metadataSchema);
      if (!metadata) throw new AnswerError(decodeURIComponent(model), 'no-model');
      takes = checkModel(metadata, needs);
      const config = await ask(`/v2/models/${model}/config`, configSchema);
      maxBatch = takes.batch ?? Math.max(1, config ? config.max_batch_size : defaultBatch);
      await ready(`/v2/models/${model}/ready`, 'not-ready');
      change(null);
      later(watchMs);
      follow(await ask(`/v2/models/${model}/stats`, statisticsSchema).catch(() => null));
    } catch (error) {
      fail(error);
    }
  }

  /** What was added since the last time; nothing where nobody asked for anything. */
  function follow(statistics: v.InferOutput<typeof statisticsSchema> | null): void {
    const now = statistics && countsOf(statistics);
    const before = counts;
    counts = now;
    if (!now) batcher = null;
    // A server that was started again counts from the beginning.
    else if (before && now.requests > before.requests && now.runs > before.runs)
      batcher = {
        batch: (now.photos - before.photos) / (now.runs - before.runs),
        queueMs: (now.queueNs - before.queueNs) / (now.requests - before.requests) / 1e6,
      };
  }

  /** `unknown`: what it means that the server does not know the path. */
  async function ready(path: string, unknown: TroubleCode): Promise<void> {
    const reply = await connections.send(at(path), { timeoutMs: probeTimeoutMs });
    const { status } = reply;
    if (isForbidden(status)) throw replyError(reply);
    const isKnown = status === 400 || status === 429 || status >= 500;
    if (status !== 200)
      throw new AnswerError(`HTTP ${String(status)}`, isKnown ? 'not-ready' : unknown);
  }

  /** Null where the server does not know the path. */
  async function ask<S extends v.GenericSchema>(path: string, schema: S) {
    const reply = await connections.send(at(path), { timeoutMs: probeTimeoutMs });
    if (reply.status === 400 || reply.status === 404 || reply.status === 501) return null;
    if (reply.status !== 200) throw replyError(reply);
    const checked = v.safeParse(schema, parse(reply.body));
    if (!checked.success) throw new AnswerError('the answer is not KServe v2', 'not-kserve');
    return checked.output;
  }

  async function infer(parts: readonly Uint8Array[]): Promise<Float32Array[]> {
    const { name, dims } = needs.input;
    const { datatype, batch } = takes;
    const sent = [...parts];
    // A graph of a fixed batch takes no fewer: what it says of the last ones again is left out.
    while (batch !== null && sent.length < batch) sent.push(...parts.slice(-1));
    const shape = [sent.length, ...dims];
    const tensor = { name, datatype, shape, parts: datatype === 'FP16' ? sent.map(halved) : sent };
    const { headers, body } = encodeRequest(tensor, needs.outputs);
    if (inFlight === 0) busySince = performance.now();
    inFlight += parts.length;
    try {
      const reply = await connections.send(at(`/v2/models/${model}/infer`), {
        headers,
        body,
        timeoutMs: inferTimeoutMs,
      });
      if (reply.status !== 200) throw replyError(reply);
      const length = reply.headers[jsonLengthHeader];
      const raw = decodeAnswer(
        reply.body,
        typeof length === 'string' ? length : undefined,
        needs.outputs,
      );
      for (const { dims: answered } of raw)
        if (answered[0] !== sent.length)
          throw new AnswerError(`the answer is for ${String(answered[0])} photos`);
      const outputs = needs
        .finish(raw, sent.length)
        .map((values) => values.subarray(0, (values.length / sent.length) * parts.length));
      measure(parts.length);
      failures = 0;
      return outputs;
    } catch (error) {
      // Of requests that fail together one counts.
      if (trouble === null) fail(error);
      throw error;
    } finally {
      inFlight -= parts.length;
    }
  }

  /** Photos and time since the last answer: what several requests at once amount to. */
  function measure(photos: number): void {
    const now = performance.now();
    const ms = now - busySince;
    busySince = now;
    const isFirst = meanBatch === 0;
    meanBatch = isFirst ? photos : meanBatch + (photos - meanBatch) * newest;
    meanMs = isFirst ? ms : meanMs + (ms - meanMs) * newest;
  }

  return {
    url: base,
    model: decodeURIComponent(model),
    get trouble() {
      return trouble;
    },
    get maxBatch() {
      return maxBatch;
    },
    get inFlight() {
      return inFlight;
    },
    get rate() {
      return meanBatch === 0 ? 0 : (meanBatch * 1000) / Math.max(1, meanMs);
    },
    get meanBatch() {
      return meanBatch;
    },
    get batcher() {
      return batcher;
    },
    infer,
    probe,
    close: () => {
      closed = true;
      if (timer) clearTimeout(timer);
    },
  };
}

/** For servers that do not tell their largest batch. */
const defaultBatch = 32;

/** `http://host:8000`, or as much of the model's path as a person has at hand: `http://host:8000/v2/models/name`. */
export function readAddress(address: string, name: string): { base: string; model: string } {
  const url = new URL(address);
  const [, path = '', model = encodeURIComponent(name)] =
    /^(.*?)\/*(?:\/v2(?:\/models(?:\/([^/]+(?:\/versions\/[^/]+)?)(?:\/infer)?)?)?\/*)?$/.exec(
      url.pathname,
    ) ?? [];
  return { base: `${url.origin}${path}`, model };
}

interface Counts {
  requests: number;
  /** Of the model, with one batch each. */
  runs: number;
  photos: number;
  queueNs: number;
}

function countsOf({ model_stats: versions }: v.InferOutput<typeof statisticsSchema>): Counts {
  const sum = (count: (version: (typeof versions)[number]) => number) =>
    versions.reduce((total, version) => total + count(version), 0);
  return {
    requests: sum((version) => version.inference_stats.queue.count),
    runs: sum((version) => version.execution_count),
    photos: sum((version) => version.inference_count),
    queueNs: sum((version) => version.inference_stats.queue.ns),
  };
}

/** Throws AnswerError. */
function checkModel(
  { inputs, outputs }: v.InferOutput<typeof metadataSchema>,
  needs: ModelNeeds,
): Takes {
  const { name, datatype, dims } = needs.input;
  const input = inputs.find((one) => one.name === name);
  if (!input) throw otherModel(`its model has no input "${name}"`);
  const isHalved = datatype === 'FP32' && input.datatype === 'FP16';
  if (input.datatype !== datatype && !isHalved)
    throw otherModel(`its model takes ${input.datatype}, not ${datatype}`);
  const own = input.shape.slice(-dims.length);
  if (own.length < dims.length || own.some((side, at) => side > 0 && side !== dims[at]))
    throw otherModel(`its model takes ${own.join(' × ')}, not ${dims.join(' × ')}`);
  const missing = needs.outputs.find((output) => !outputs.some((one) => one.name === output));
  if (missing !== undefined) throw otherModel(`its model has no output "${missing}"`);
  const [batch = 0] = input.shape.slice(0, -dims.length);
  return { datatype: isHalved ? 'FP16' : datatype, batch: batch > 0 ? batch : null };
}

/** An input's floats in half the bytes. */
function halved(part: Uint8Array): Uint8Array {
  const floats = new Float32Array(part.buffer, part.byteOffset, part.length / 4);
  return new Uint8Array(toHalves(floats).buffer);
}

function otherModel(message: string): AnswerError {
  return new AnswerError(message, 'other-model');
}

/** What people can mend, by what Node says of it. */
const meanings: readonly [RegExp, TroubleCode][] = [
  [/CERT|UNABLE_TO_(?:GET|VERIFY)/, 'not-trusted'],
  [/wrong version number/i, 'no-tls'],
  [/HPE_/, 'not-kserve'],
  // The token cannot be sent at all.
  [/ERR_INVALID_CHAR/, 'not-allowed'],
];

function isForbidden(status: number): boolean {
  return status === 401 || status === 403;
}

function replyError({ status, body }: Reply): AnswerError {
  const code = isForbidden(status) ? 'not-allowed' : 'failed';
  return new AnswerError(errorOf(body) ?? `HTTP ${String(status)}`, code);
}

function troubleOf(error: unknown): ServerTrouble {
  if (error instanceof AnswerError) return { code: error.code, detail: error.message };
  if (!(error instanceof Error)) return { code: 'failed', detail: String(error) };
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return { code: 'no-answer', detail: error.message };
  const { code } = error as NodeJS.ErrnoException;
  // OpenSSL's own words stand behind its places in the source.
  const words = /SSL routines:[^:]*:([^:]+)/.exec(error.message)?.[1] ?? error.message;
  const [message = ''] = words.split('\n');
  // Without a code it is no matter of the network: the answer was cut or had no numbers in it.
  if (code === undefined) return { code: 'wrong-answer', detail: message };
  const detail = message.includes(code) ? message : `${message} (${code})`;
  return { code: meanings.find(([pattern]) => pattern.test(detail))?.[1] ?? 'unreachable', detail };
}
