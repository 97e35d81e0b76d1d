/** What only the shell can do for the window: one handler a method of `shellMethods`. */
import { app, dialog, nativeTheme, shell, type BrowserWindow } from 'electron';
import type { ShellMethods } from '../common/bridge.ts';
import type { ShellState } from '../common/contract.ts';
import type { HandlersOf } from '../common/rpc.ts';
import type { EngineHost, EngineState } from './engine-host.ts';
import type { Appearance } from './window-state.ts';

export interface ShellParts {
  library: string;
  samples: string;
  engine: EngineHost;
  window: () => BrowserWindow | null;
  dialogTitle: () => string;
  onAppearance: (appearance: Appearance) => void;
}

export function shellState(library: string, engine: EngineState): ShellState {
  return {
    ...engine,
    library,
    version: app.getVersion(),
    electron: process.versions.electron,
    chromium: process.versions.chrome,
    platform: process.platform,
  };
}

export function shellHandlers(parts: ShellParts): HandlersOf<ShellMethods> {
  const { library, samples, engine } = parts;
  return {
    'shell.state': () => shellState(library, engine.state()),
    'shell.samples': () => ({ path: samples }),
    'shell.chooseFolders': async () => {
      const window = parts.window();
      const options = {
        title: parts.dialogTitle(),
        properties: ['openDirectory', 'multiSelections'] satisfies [
          'openDirectory',
          'multiSelections',
        ],
      };
      const chosen = window
        ? await dialog.showOpenDialog(window, options)
        : await dialog.showOpenDialog(options);
      return { paths: chosen.canceled ? [] : chosen.filePaths };
    },
    'shell.reveal': async ({ photo }) => {
      const { path } = await engine.call('photos.original', { photo });
      shell.showItemInFolder(path);
      return {};
    },
    'shell.restartEngine': async () => {
      await engine.restart();
      return {};
    },
    'shell.appearance': (appearance) => {
      nativeTheme.themeSource = appearance.theme;
      parts.onAppearance(appearance);
      return {};
    },
  };
}
