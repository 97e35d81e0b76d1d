/**
 * Calls and events over any port that carries JSON frames (process IPC, MessagePort, a test's pair).
 * Owns the frame format, matching of answers to calls, and the check of parameters at the door.
 */
import * as v from 'valibot';
import { ContractError, errorCodes, methods, type Events, type Methods } from './contract.ts';

export interface Port {
  send(frame: unknown): void;
  onFrame(listener: (frame: unknown) => void): void;
  onClose(listener: () => void): void;
}

const callFrame = v.object({ id: v.number(), method: v.string(), params: v.unknown() });
const failure = v.object({ code: v.picklist(errorCodes), detail: v.string() });
const answerFrame = v.union([
  v.object({ id: v.number(), error: failure }),
  v.object({ id: v.number(), result: v.unknown() }),
]);
const eventFrame = v.object({ event: v.string(), data: v.unknown() });

/** A side of the contract: the engine's methods or the shell's. */
export type MethodSet = Readonly<
  Record<string, { params: v.GenericSchema; result: v.GenericSchema }>
>;
type ParamsOf<M extends MethodSet, K extends keyof M> = v.InferOutput<M[K]['params']>;
type ResultOf<M extends MethodSet, K extends keyof M> = v.InferOutput<M[K]['result']>;
export type HandlersOf<M extends MethodSet> = {
  [K in keyof M]: (params: ParamsOf<M, K>) => ResultOf<M, K> | Promise<ResultOf<M, K>>;
};

export interface Client<M extends MethodSet = Methods, E = Events> {
  /** Rejects with a ContractError: the other side's own, or `engine-gone` when the port closes first. */
  call<K extends keyof M & string>(method: K, params: ParamsOf<M, K>): Promise<ResultOf<M, K>>;
  on<K extends keyof E & string>(event: K, listener: (data: E[K]) => void): void;
}

export function connect<M extends MethodSet = Methods, E = Events>(port: Port): Client<M, E> {
  const pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (reason: Error) => void }
  >();
  const listeners = new Map<string, ((data: never) => void)[]>();
  // A page that is loaded anew hears the answers that the one before it waited for: they must be nobody's.
  let nextId = Math.floor(Math.random() * 2 ** 52);
  let closed = false;

  port.onFrame((frame) => {
    const event = v.safeParse(eventFrame, frame);
    if (event.success) {
      for (const listener of listeners.get(event.output.event) ?? [])
        listener(event.output.data as never);
      return;
    }
    const answer = v.safeParse(answerFrame, frame);
    if (!answer.success) return;
    const waiting = pending.get(answer.output.id);
    if (!waiting) return;
    pending.delete(answer.output.id);
    if ('error' in answer.output) {
      const { code, detail } = answer.output.error;
      waiting.reject(new ContractError(code, detail));
    } else waiting.resolve(answer.output.result);
  });
  port.onClose(() => {
    closed = true;
    for (const { reject } of pending.values()) reject(new ContractError('engine-gone'));
    pending.clear();
  });

  return {
    call: <K extends keyof M & string>(method: K, params: ParamsOf<M, K>) =>
      new Promise<ResultOf<M, K>>((resolve, reject) => {
        if (closed) {
          reject(new ContractError('engine-gone'));
          return;
        }
        const id = nextId++;
        pending.set(id, { resolve: resolve, reject });
        port.send({ id, method, params });
      }),
    on: (event, listener) => {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    },
  };
}

/** The sending end of events. */
export function emit<E = Events, K extends keyof E & string = keyof E & string>(
  port: Port,
  event: K,
  data: E[K],
): void {
  port.send({ event, data });
}

/**
 * Answers calls with `handlers`, all or some of the contract's, or with those that are there when a call
 * comes; the shell gives its own `set`.
 */
export function serve<M extends MethodSet = Methods>(
  port: Port,
  handlers: Partial<HandlersOf<NoInfer<M>>> | (() => Promise<Partial<HandlersOf<NoInfer<M>>>>),
  set?: M,
): void {
  answerCalls(port, async (method, params) => {
    const now = typeof handlers === 'function' ? await handlers() : handlers;
    return dispatch(now, set ?? methods, method, params);
  });
}

/** Answers every call with what `answer` says or throws; looks at nothing but the frame itself. */
export function answerCalls(
  port: Port,
  answer: (method: string, params: unknown) => unknown,
): void {
  const reply = async (id: number, method: string, params: unknown) => {
    try {
      port.send({ id, result: await answer(method, params) });
    } catch (error) {
      const { code, detail } =
        error instanceof ContractError ? error : new ContractError('internal', String(error));
      port.send({ id, error: { code, detail } });
    }
  };
  port.onFrame((frame) => {
    const call = v.safeParse(callFrame, frame);
    if (call.success) void reply(call.output.id, call.output.method, call.output.params);
  });
}

function dispatch(handlers: object, set: MethodSet, method: string, params: unknown): unknown {
  const known = Object.hasOwn(set, method) ? set[method] : undefined;
  if (!known) throw new ContractError('unknown-method', method);
  const handler = (handlers as Record<string, ((params: unknown) => unknown) | undefined>)[method];
  if (!handler) throw new ContractError('read-only', method);
  const checked = v.safeParse(known.params, params);
  if (!checked.success) {
    const [issue] = checked.issues;
    throw new ContractError('invalid-params', `${v.getDotPath(issue) ?? ''} ${issue.message}`);
  }
  return handler(checked.output);
}
