/**
 * Keeps one engine for the life of the app. Owns its state as the window shows it; calls made while it
 * starts wait, and reject with its reason once it cannot be started.
 */
import { ContractError, type EventName, type Events, type ShellState } from '../common/contract.ts';
import type { Client } from '../common/rpc.ts';
import { startEngine, type EngineClient, type Launch } from '../engine/client.ts';

export type EngineState = Pick<ShellState, 'engine' | 'error'>;

export interface EngineHost extends Client {
  state(): EngineState;
  /** `listener` hears of every state that follows. */
  onState(listener: (state: EngineState) => void): void;
  /** Starts it anew, also after it was given up. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export function openEngineHost(launch: Launch): EngineHost {
  const listeners: ((client: Client) => void)[] = [];
  const watchers: ((state: EngineState) => void)[] = [];
  let state: EngineState = { engine: 'starting', error: null };
  let running: EngineClient | null = null;
  const closing = new AbortController();

  function become(engine: EngineState['engine'], error: EngineState['error'] = null): void {
    if (closing.signal.aborted) return;
    state = { engine, error };
    for (const watch of watchers) watch(state);
  }

  function fail(reason: unknown): void {
    const { code, detail } = asContractError(reason);
    become('failed', { code, detail });
  }

  function start(): Promise<EngineClient> {
    const starting = startEngine(launch, {
      onDeath: (why) => {
        become('restarting', { code: 'engine-gone', detail: why });
      },
      onRestart: () => {
        become('running');
      },
      onGiveUp: fail,
      signal: closing.signal,
    });
    starting.then((client) => {
      running = client;
      for (const listen of listeners) listen(client);
      become('running');
    }, fail);
    return starting;
  }

  let current = start();
  let restarting: Promise<void> | null = null;

  async function stop(): Promise<void> {
    const client = await current.catch(() => null);
    await client?.close();
  }

  async function restart(): Promise<void> {
    become('starting');
    await stop();
    if (closing.signal.aborted) return;
    current = start();
    await current;
  }

  return {
    state: () => state,
    onState: (listener) => {
      watchers.push(listener);
    },
    call: async (method, params) => (await current).call(method, params),
    on: <E extends EventName>(event: E, listener: (data: Events[E]) => void) => {
      const listen = (client: Client) => {
        client.on(event, listener);
      };
      listeners.push(listen);
      if (running) listen(running);
    },
    // Two at once would start two engines on one library.
    restart: () =>
      (restarting ??= restart().finally(() => {
        restarting = null;
      })),
    close: async () => {
      closing.abort();
      await stop();
    },
  };
}

function asContractError(reason: unknown): ContractError {
  return reason instanceof ContractError ? reason : new ContractError('internal', String(reason));
}
