/** The engine's process: one JSON argument in, the contract over its parent's IPC channel. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as v from 'valibot';
import { ContractError, engineOptionsSchema, type Events } from '../common/contract.ts';
import { emit, serve, type Port } from '../common/rpc.ts';
import { isDamage } from './catalog/database.ts';
import { suspect } from './catalog/snapshots.ts';
import { openEngine, type Engine } from './engine.ts';
import { withdrawTrials } from './infer/device-trial.ts';
import { openReader } from './reader.ts';

/** How long closing may take once the parent is gone. */
const closingMs = 2_000;
const options = v.parse(engineOptionsSchema, JSON.parse(process.argv[2] ?? 'null'));

function send(frame: unknown): void {
  if (process.connected) process.send?.(frame, undefined, undefined, () => undefined);
}

const port: Port = {
  send,
  onFrame: (listener) => {
    process.on('message', listener);
  },
  onClose: (listener) => {
    process.on('disconnect', listener);
  },
};

/** A hung native call stops even process.exit; only a signal ends it. */
function die(error: Error): void {
  console.error('engine', error.message);
  process.kill(process.pid, 'SIGKILL');
}

function open(): Promise<Engine> {
  const outside = {
    emit: <E extends keyof Events>(event: E, data: Events[E]) => {
      emit(port, event, data);
    },
  };
  if (options.readOnly) return Promise.resolve(openReader(options, outside));
  return openEngine(options, {
    ...outside,
    die,
    reopen: () => {
      current = reopen(current);
    },
  });
}

/** Calls that come meanwhile wait for the new engine. */
async function reopen(old: Promise<Engine>): Promise<Engine> {
  try {
    // The answer that brought this about goes out first.
    await nextTurn();
    await (await old).close();
    return await open();
  } catch (error) {
    die(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

function fail(error: unknown): void {
  const { code, detail } =
    error instanceof ContractError ? error : new ContractError('internal', String(error));
  process.send?.({ ready: false, code, detail }, undefined, undefined, () => process.exit(1));
}

// What no call waits for ends the process where it fails: the next one must know why.
process.on('uncaughtExceptionMonitor', (error) => {
  if (isDamage(error) && !options.readOnly) suspect(options.library);
});
// Ctrl-C reaches the whole group; the parent decides when the engine ends.
process.on('SIGINT', () => undefined);
let isEnding = false;
let current = Promise.resolve().then(open);
current.then(({ blames }) => {
  serve(port, async () => (await current).handlers);
  send({ ready: true, blames });
}, fail);
process.on('SIGTERM', end);
process.on('disconnect', end);

function end(): void {
  if (isEnding) return;
  isEnding = true;
  // A native call that takes its time must not outlive the parent; what is in flight is requeued first.
  setTimeout(() => {
    withdrawTrials();
    process.kill(process.pid, 'SIGKILL');
  }, closingMs).unref();
  void current
    .then((engine) => engine.close())
    .catch((error: unknown) => {
      console.error('closing', error);
    })
    .finally(() => {
      // Last of all: until now the inference thread may begin one.
      withdrawTrials();
      process.exit(0);
    });
}
