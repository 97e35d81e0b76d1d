/** A worker thread's message port as a port of the contract. */
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Port } from '../../../common/rpc.ts';

export function threadPort(port: MessagePort | Worker): Port {
  const on = (event: string, listener: (value: unknown) => void) => {
    (port as NodeJS.EventEmitter).on(event, listener);
  };
  return {
    send: (frame) => {
      port.postMessage(frame);
    },
    onFrame: (listener) => {
      on('message', listener);
    },
    onClose: (listener) => {
      on('exit', listener);
      on('close', listener);
    },
  };
}
