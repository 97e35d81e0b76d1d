/** The one window: made hidden, shown when it is painted, its place remembered. */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { homeUrl } from './app-protocol.ts';
import { placeOn, smallest, type WindowState } from './window-state.ts';

const showAnywayMs = 3_000;
/** A page whose process ends is loaded anew; not one that ends again so soon, which would go on for ever. */
const againMs = 10_000;

export interface WindowOptions {
  title: string;
  preload: string;
  icon: string;
  state: WindowState;
}

export function openWindow({ title, preload, icon, state }: WindowOptions): BrowserWindow {
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow({
    width: 1280,
    height: 820,
    ...placeOn(areas, state.bounds),
    minWidth: smallest.width,
    minHeight: smallest.height,
    title,
    icon,
    show: false,
    // The window's own colours, so that nothing flashes before the first paint.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181b' : '#faf9f7',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      enableWebSQL: false,
    },
  });
  if (state.maximized) window.maximize();
  const show = () => {
    clearTimeout(patience);
    if (!window.isDestroyed()) window.show();
  };
  // A graphics process that dies at the start paints nothing until the window is seen.
  const patience = setTimeout(show, showAnywayMs);
  window.once('ready-to-show', show);
  let shownAgain = -Infinity;
  window.webContents.on('render-process-gone', () => {
    if (window.isDestroyed() || performance.now() - shownAgain < againMs) return;
    shownAgain = performance.now();
    window.reload();
  });
  window.on('page-title-updated', (event) => {
    event.preventDefault();
  });
  void window.loadURL(homeUrl);
  return window;
}
