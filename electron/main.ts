/** The shell: one window, one engine, and the frames between them. Composes its rooms and nothing else. */
import path from 'node:path';
import { app, Menu, nativeTheme, protocol, session, type BrowserWindow } from 'electron';
import type { Status } from '../common/contract.ts';
import { shellMethods } from '../common/contract.ts';
import { serve } from '../common/rpc.ts';
import { engineOptions } from '../engine/options.ts';
import { appScheme, serveApp } from './app-protocol.ts';
import { askWhatToDo, openBackground, workLeft, type Background } from './background.ts';
import { openEngineHost, type EngineHost } from './engine-host.ts';
import { guardContents, guardSession } from './guards.ts';
import { menuTemplate } from './menu.ts';
import { photoScheme, servePhotos } from './photo-protocol.ts';
import { findPlaces, type Places } from './places.ts';
import { watchPresence } from './presence.ts';
import { relay, windowPort } from './relay.ts';
import { shellHandlers, shellState } from './shell-methods.ts';
import { shellTexts } from './texts.ts';
import { openWindow } from './window.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

// The profile lies beside nothing of the library's, under a name that every system can write.
if (!app.commandLine.hasSwitch('user-data-dir'))
  app.setPath('userData', path.join(app.getPath('appData'), 'wanwu-album', 'window'));
protocol.registerSchemesAsPrivileged([
  { scheme: appScheme, privileges: { standard: true, secure: true } },
  { scheme: photoScheme, privileges: { standard: true, secure: true, stream: true } },
]);

if (app.requestSingleInstanceLock()) {
  guardContents();
  const places = findPlaces();
  const options = engineOptions({ watch: true });
  // It starts while Electron does, and has its first answer ready when the window asks.
  const engine = openEngineHost({ node: places.node, entry: places.engine, options });
  // Not awaited: Electron is ready only after this module is through.
  void app.whenReady().then(() => {
    open(places, options.library, engine);
  });
} else app.quit();

function open(places: Places, library: string, engine: EngineHost): void {
  const stateFile = path.join(app.getPath('userData'), 'window.json');
  let state = readWindowState(stateFile);
  let window: BrowserWindow | null = null;
  let status: Status | null = null;
  let background: Background | null = null;
  let quitting = false;

  const texts = () => shellTexts[state.language];
  const enginePort = windowPort('engine', () => window);
  const shellPort = windowPort('shell', () => window);
  engine.onState((next) => {
    shellPort.send({ event: 'shell.changed', data: shellState(library, next) });
    if (next.engine !== 'failed') return;
    // Nothing goes on any more.
    status = null;
    if (background) app.quit();
  });

  guardSession(session.defaultSession);
  session.defaultSession.protocol.handle(appScheme, serveApp(places.window));
  session.defaultSession.protocol.handle(photoScheme, servePhotos(library, engine));
  relay(enginePort, engine);
  watchPresence(engine);
  serve(
    shellPort,
    shellHandlers({
      library,
      samples: places.samples,
      engine,
      window: () => window,
      texts,
      onAppearance: (appearance) => {
        state = { ...state, ...appearance };
        writeWindowState(stateFile, state);
        showMenu();
      },
    }),
    shellMethods,
  );
  engine.on('status.changed', (next) => {
    status = next;
    if (!background) return;
    const left = workLeft(next);
    if (left === 0) app.quit();
    else background.show(left);
  });

  nativeTheme.themeSource = state.theme;
  showMenu();
  showWindow();

  app.on('second-instance', () => {
    // A window that opens while the engine is closed would go with it: the person's start comes after this end.
    if (quitting) app.relaunch();
    else showWindow();
  });
  app.on('activate', showWindow);
  app.on('window-all-closed', () => {
    if (!background) app.quit();
  });
  app.on('before-quit', () => {
    quitting = true;
  });
  app.on('will-quit', closeOnce());

  function showMenu(): void {
    const isMac = process.platform === 'darwin';
    const template = menuTemplate(texts(), isMac, (command) => {
      showWindow();
      shellPort.send({ event: 'shell.command', data: { command } });
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  function showWindow(): void {
    background?.close();
    background = null;
    if (window) {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      return;
    }
    const { preload, icon } = places;
    const opened = openWindow({ title: texts().app, preload, icon, state });
    window = opened;
    opened.on('close', (event) => {
      state = { ...state, bounds: opened.getNormalBounds(), maximized: opened.isMaximized() };
      writeWindowState(stateFile, state);
      const left = workLeft(status);
      if (quitting || left === 0) return;
      event.preventDefault();
      void decide(opened, left);
    });
    opened.on('closed', () => {
      window = null;
    });
  }

  async function decide(closing: BrowserWindow, left: number): Promise<void> {
    const choice = await askWhatToDo(closing, texts(), left);
    if (choice === 'stay') return;
    // The work may have ended while the question stood there: then nothing would end the app.
    const stillLeft = workLeft(status);
    if (choice === 'quit' || stillLeft === 0) {
      app.quit();
      return;
    }
    background = openBackground(places.tray, texts(), {
      open: showWindow,
      quit: () => {
        app.quit();
      },
    });
    background.show(stillLeft);
    closing.destroy();
  }

  /** The catalog is closed cleanly before the process ends. */
  function closeOnce(): (event: Electron.Event) => void {
    let closing = false;
    return (event) => {
      if (closing) return;
      closing = true;
      event.preventDefault();
      background?.close();
      void engine.close().finally(() => {
        app.exit(0);
      });
    };
  }
}
