/** The bridge: two ports and the path of a dropped file. Sandboxed; the window sees nothing else. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { Bridge, TextPort } from '../common/bridge.ts';

function openPort(channel: 'engine' | 'shell'): TextPort {
  return {
    send: (text) => {
      ipcRenderer.send(channel, text);
    },
    onFrame: (listener) => {
      ipcRenderer.on(channel, (_event, text: string) => {
        listener(text);
      });
    },
  };
}

const bridge: Bridge = {
  engine: openPort('engine'),
  shell: openPort('shell'),
  pathOf: (file) => webUtils.getPathForFile(file),
};
contextBridge.exposeInMainWorld('wanwu', bridge);
