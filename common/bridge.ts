/**
 * What the preload gives the window: a port to the engine, a port to the shell and the path of a
 * dropped file; nothing else. Frames cross as JSON text, because a string is copied at once where
 * an object is walked value by value.
 */
import type { ShellEvents, shellMethods } from './contract.ts';
import { connect, type Client } from './rpc.ts';

export interface TextPort {
  send(text: string): void;
  onFrame(listener: (text: string) => void): void;
}

export interface Bridge {
  readonly engine: TextPort;
  readonly shell: TextPort;
  /** Absolute path of a dropped or chosen file or folder; '' for one that a script made. */
  pathOf(file: File): string;
}

declare global {
  interface Window {
    readonly wanwu: Bridge;
  }
}

export type ShellMethods = typeof shellMethods;
export type ShellClient = Client<ShellMethods, ShellEvents>;

/**
 * Both clients of the window. While the engine is started again calls wait; what it was doing when it
 * died rejects with `engine-gone`, and so does everything once it cannot be started.
 */
export function connectBridge(bridge: Bridge): { engine: Client; shell: ShellClient } {
  return {
    engine: connect(framePort(bridge.engine)),
    shell: connect<ShellMethods, ShellEvents>(framePort(bridge.shell)),
  };
}

function framePort(port: TextPort) {
  return {
    send: (frame: unknown) => {
      port.send(JSON.stringify(frame));
    },
    onFrame: (listener: (frame: unknown) => void) => {
      port.onFrame((text) => {
        listener(JSON.parse(text));
      });
    },
    // The shell lives longer than the window: it answers for an engine that is gone.
    onClose: () => undefined,
  };
}
