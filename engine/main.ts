/** The engine's process: one JSON argument in, the contract over its parent's IPC channel. */
import * as v from 'valibot';
import { ContractError, engineOptionsSchema } from '../common/contract.ts';
import { emit, serve, type Port } from '../common/rpc.ts';
import { openEngine, openReader, type Engine } from './engine.ts';

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

async function start(): Promise<Engine | null> {
  try {
    const engine = options.readOnly
      ? openReader(options)
      : await openEngine(options, {
          emit: (event, data) => {
            emit(port, event, data);
          },
          die,
        });
    serve(port, engine.handlers);
    send({ ready: true });
    return engine;
  } catch (error) {
    const { code, detail } =
      error instanceof ContractError ? error : new ContractError('internal', String(error));
    process.send?.({ ready: false, code, detail }, undefined, undefined, () => process.exit(1));
    return null;
  }
}

// Ctrl-C reaches the whole group; the parent decides when the engine ends.
process.on('SIGINT', () => undefined);
const starting = start();
process.on('disconnect', () => {
  void starting
    .then((engine) => engine?.close())
    .catch((error: unknown) => {
      console.error('closing', error);
    })
    .finally(() => process.exit(0));
});
