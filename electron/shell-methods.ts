/** What only the shell can do for the window: one handler a method of `shellMethods`. */
import {
  app,
  dialog,
  nativeTheme,
  shell,
  type BrowserWindow,
  type OpenDialogOptions,
} from 'electron';
import type { ShellMethods } from '../common/bridge.ts';
import type { ShellState } from '../common/contract.ts';
import type { HandlersOf } from '../common/rpc.ts';
import type { EngineHost, EngineState } from './engine-host.ts';
import type { ShellTexts } from './texts.ts';
import type { Appearance } from './window-state.ts';

export interface ShellParts {
  library: string;
  samples: string;
  engine: EngineHost;
  window: () => BrowserWindow | null;
  texts: () => ShellTexts;
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

const packFiles = { model: ['onnx'], labels: ['txt', 'csv', 'tsv', 'json'] };

export function shellHandlers(parts: ShellParts): HandlersOf<ShellMethods> {
  const { library, samples, engine } = parts;
  const choose = async (options: OpenDialogOptions): Promise<string[]> => {
    const window = parts.window();
    const chosen = window
      ? await dialog.showOpenDialog(window, options)
      : await dialog.showOpenDialog(options);
    return chosen.canceled ? [] : chosen.filePaths;
  };
  return {
    'shell.state': () => shellState(library, engine.state()),
    'shell.samples': () => ({ path: samples }),
    'shell.chooseFolders': async () => ({
      paths: await choose({
        title: parts.texts().chooseFolders,
        properties: ['openDirectory', 'multiSelections'],
      }),
    }),
    'shell.choosePackFile': async ({ what }) => {
      const { title, files } = parts.texts().choosePackFile[what];
      const filters = [{ name: files, extensions: packFiles[what] }];
      const [file = null] = await choose({ title, filters, properties: ['openFile'] });
      return { path: file };
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
