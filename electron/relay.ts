/**
 * Carries frames between the window and the engine or the shell. Owns who may send: the main frame of
 * our own window, at our own address. What is in a frame is checked where it arrives.
 */
import { ipcMain, type BrowserWindow, type IpcMainEvent } from 'electron';
import type { EventName } from '../common/contract.ts';
import { answerCalls, type Client, type Port } from '../common/rpc.ts';
import { isOurs } from './app-protocol.ts';

/** Longer than the longest call (10,000 ids or 1,000 paths); what is longer is no call of ours. */
const maxFrameChars = 4 * 1024 * 1024;

/** Every event of the engine; the compiler keeps the list whole. */
const forwarded: Record<EventName, true> = {
  'status.changed': true,
  'photos.changed': true,
  'bench.progress': true,
};

export type Channel = 'engine' | 'shell';

/** The window's end of a channel; frames of anybody else are dropped. */
export function windowPort(channel: Channel, current: () => BrowserWindow | null): Port {
  const isWindow = ({ sender, senderFrame }: IpcMainEvent) => {
    const window = current();
    return (
      window !== null &&
      sender === window.webContents &&
      senderFrame !== null &&
      senderFrame === sender.mainFrame &&
      isOurs(senderFrame.url)
    );
  };
  return {
    send: (frame) => {
      const window = current();
      if (window && !window.webContents.isDestroyed())
        window.webContents.send(channel, JSON.stringify(frame));
    },
    onFrame: (listener) => {
      ipcMain.on(channel, (event, text: unknown) => {
        if (typeof text !== 'string' || text.length > maxFrameChars || !isWindow(event)) return;
        const frame = parse(text);
        if (frame !== undefined) listener(frame);
      });
    },
    onClose: () => undefined,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Calls go to the engine unread and their answers back; the engine checks them at its door. */
export function relay(port: Port, engine: Client): void {
  const call = engine.call as (method: string, params: unknown) => Promise<unknown>;
  answerCalls(port, call);
  for (const event of Object.keys(forwarded) as EventName[])
    engine.on(event, (data) => {
      port.send({ event, data });
    });
}
