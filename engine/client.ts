/**
 * Starts an engine process, keeps it alive and speaks to it. Used by the CLI and the shell; imports
 * nothing native. Owns when a dead engine is started again and when that is given up.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import {
  ContractError,
  errorCodes,
  type EngineOptions,
  type EventName,
  type Events,
  type MethodName,
  type Params,
  type Result,
} from '../common/contract.ts';
import { connect, type Client, type Port } from '../common/rpc.ts';
import { mostDecodeWorkers } from './options.ts';
import { runtimeEnvironment } from './gpu-runtime/place.ts';

export interface EngineClient extends Client {
  readonly pid: number | undefined;
  /** Ends the engine and waits for it; the catalog is closed cleanly. */
  close(): Promise<void>;
}

export interface Supervision {
  /** It died; calls wait for the next one. */
  onDeath?: (why: string) => void;
  /** The engine died and a new one answers; what was asked of the old one must be asked again. */
  onRestart?: (why: string) => void;
  /** It died and cannot be started again: its own reason, or `engine-gone` after too many tries. */
  onGiveUp?: (error: Error) => void;
  /** Ends it also while it starts, which may take minutes: `startEngine` rejects with `engine-gone` then. */
  signal?: AbortSignal;
}

export interface Launch {
  /** A Node 22 executable; never Electron's. */
  node: string;
  /** engine/main.ts, where it does not lie beside this file: the shell is bundled. */
  entry?: string;
  options: EngineOptions;
}

const readyFrame = v.variant('ready', [
  /** `blames`: the engine before it died with photos in flight, which are read alone from now on. */
  v.object({ ready: v.literal(true), blames: v.boolean() }),
  v.object({ ready: v.literal(false), code: v.picklist(errorCodes), detail: v.string() }),
]);

const restartMs = 100;
/** So many times as long as before the last death in a row. */
const slower = 3;
/** In a row, with no photo to blame: those of a photo end by themselves, as it fails. */
const deathsAllowed = 5;
/** A death after this long is none in a row; longer would count photos that hang. */
const wholeLifeMs = 10_000;
const closeMs = 10_000;

interface Running {
  child: ChildProcess;
  client: Client;
}

interface Life {
  /** Rejects with the engine's own reason not to start. */
  ready: Promise<{ blames: boolean }>;
  /** Resolves with the signal or exit code. */
  ended: Promise<string>;
}

/** Resolves when the engine answers; rejects with its own reason (`library-busy`, `model-damaged` ...). */
export async function startEngine(
  launch: Launch,
  supervision: Supervision = {},
): Promise<EngineClient> {
  const listeners: ((client: Client) => void)[] = [];
  const closing = new AbortController();
  let newest: Running | null = null;
  let deaths = 0;

  async function run(): Promise<Running> {
    for (;;) {
      if (closing.signal.aborted) throw new ContractError('engine-gone');
      const { ready, ended, ...running } = spawnEngine(launch);
      newest = running;
      for (const listen of listeners) listen(running.client);
      const begun = await Promise.race([ready, ended.then(() => null)]);
      if (begun) {
        if (begun.blames) deaths = 0;
        const since = performance.now();
        void ended.then((why) => {
          onEnd(why, performance.now() - since);
        });
        return running;
      }
      await pause(await ended);
    }
  }

  /** Longer after each death in a row; rejects where no other start is worth a try. */
  async function pause(why: string): Promise<void> {
    deaths += 1;
    const { signal } = closing;
    if (signal.aborted || deaths >= deathsAllowed) throw new ContractError('engine-gone', why);
    const ms = restartMs * slower ** (deaths - 1);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  function onEnd(why: string, livedMs: number): void {
    if (closing.signal.aborted) return;
    if (livedMs > wholeLifeMs) deaths = 0;
    supervision.onDeath?.(why);
    current = pause(why).then(run);
    current.then(
      () => supervision.onRestart?.(why),
      (error: unknown) => {
        if (closing.signal.aborted) return;
        supervision.onGiveUp?.(error instanceof Error ? error : new Error(why));
      },
    );
  }

  async function close(): Promise<void> {
    closing.abort();
    if (newest) await endProcess(newest.child);
  }

  supervision.signal?.addEventListener('abort', () => void close(), { once: true });
  let current = run();
  await current;

  return {
    get pid() {
      return newest?.child.pid;
    },
    call: async <M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> =>
      (await current).client.call(method, params),
    on: <E extends EventName>(event: E, listener: (data: Events[E]) => void) => {
      const listen = (client: Client) => {
        client.on(event, listener);
      };
      listeners.push(listen);
      if (newest) listen(newest.client);
    },
    close,
  };
}

/** What a process must be started with to decode like the engine. */
export function engineEnvironment(decodeWorkers: number): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _a, NODE_OPTIONS: _b, NODE_CHANNEL_FD: _c, ...env } = process.env;
  return {
    ...env,
    ...runtimeEnvironment(),
    // glibc's arenas never shrink: two keep the memory flat and are faster here.
    MALLOC_ARENA_MAX: '2',
    // One pool for the whole process: every decode thread needs a place in it. No more: work that wanders over
    // many threads costs 4 % of the rate.
    UV_THREADPOOL_SIZE: String(decodeWorkers + 4),
  };
}

function spawnEngine({ node, entry, options }: Launch): Running & Life {
  const child = spawn(
    node,
    [entry ?? fileURLToPath(new URL('./main.ts', import.meta.url)), JSON.stringify(options)],
    {
      // The engine's own words are for stderr: stdout belongs to whoever started it.
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'json',
      env: engineEnvironment(options.decodeWorkers ?? mostDecodeWorkers(os.availableParallelism())),
    },
  );
  const port: Port = {
    send: (frame) => {
      if (child.connected) child.send(frame as object, () => undefined);
    },
    onFrame: (listener) => {
      child.on('message', listener);
    },
    onClose: (listener) => {
      child.on('exit', listener);
      child.on('error', listener);
    },
  };
  const ready = new Promise<{ blames: boolean }>((resolve, reject) => {
    port.onFrame((frame) => {
      const parsed = v.safeParse(readyFrame, frame);
      if (!parsed.success) return;
      if (parsed.output.ready) resolve(parsed.output);
      else reject(new ContractError(parsed.output.code, parsed.output.detail));
    });
    child.on('error', reject);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? `exit ${String(code)}`);
    });
  });
  return { child, client: connect(port), ready, ended };
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.connected) child.disconnect();
  const patience = setTimeout(() => child.kill('SIGKILL'), closeMs);
  await ended;
  clearTimeout(patience);
}
