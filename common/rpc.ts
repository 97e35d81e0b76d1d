/**
 * Calls and events over any port that carries JSON frames (process IPC, MessagePort, a test's pair).
 * Owns the frame format, matching of answers to calls, and the check of parameters at the door.
 */
import * as v from 'valibot';
import {
  ContractError,
  errorCodes,
  methods,
  type EventName,
  type Events,
  type Handlers,
  type MethodName,
  type Params,
  type Result,
} from './contract.ts';

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

export interface Client {
  /** Rejects with a ContractError: the engine's own, or `engine-gone` when the port closes first. */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  on<E extends EventName>(event: E, listener: (data: Events[E]) => void): void;
}

export function connect(port: Port): Client {
  const pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (reason: Error) => void }
  >();
  const listeners = new Map<string, ((data: never) => void)[]>();
  let nextId = 1;
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
    call: <M extends MethodName>(method: M, params: Params<M>) =>
      new Promise<Result<M>>((resolve, reject) => {
        if (closed) {
          reject(new ContractError('engine-gone'));
          return;
        }
        const id = nextId++;
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
        port.send({ id, method, params });
      }),
    on: (event, listener) => {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    },
  };
}

/** The sending end of events. */
export function emit<E extends EventName>(port: Port, event: E, data: Events[E]): void {
  port.send({ event, data });
}

/** Answers calls with `handlers`, all or some of the contract's. */
export function serve(port: Port, handlers: Partial<Handlers>): void {
  const answer = async (id: number, method: string, params: unknown) => {
    try {
      port.send({ id, result: await dispatch(handlers, method, params) });
    } catch (error) {
      const { code, detail } =
        error instanceof ContractError ? error : new ContractError('internal', String(error));
      port.send({ id, error: { code, detail } });
    }
  };
  port.onFrame((frame) => {
    const call = v.safeParse(callFrame, frame);
    if (call.success) void answer(call.output.id, call.output.method, call.output.params);
  });
}

function dispatch(handlers: Partial<Handlers>, method: string, params: unknown): unknown {
  if (!Object.hasOwn(methods, method)) throw new ContractError('unknown-method', method);
  const known = method as MethodName;
  const handler = handlers[known] as ((params: unknown) => unknown) | undefined;
  if (!handler) throw new ContractError('read-only', method);
  const checked = v.safeParse(methods[known].params, params);
  if (!checked.success) {
    const [issue] = checked.issues;
    throw new ContractError('invalid-params', `${v.getDotPath(issue) ?? ''} ${issue.message}`);
  }
  return handler(checked.output);
}
