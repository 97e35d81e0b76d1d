/**
 * For every test of the window: the real app on a fresh library and profile, on a display of its own
 * where there is none. A log line that nobody expects fails the test. WANWU_APP chooses a packed app.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { _electron, errors, type ElectronApplication, type Page } from 'playwright-core';
import { appFolder, buildApp } from '../../build/app.mjs';
import { electronRuntime } from '../../build/electron-dist.mjs';
import { needLibraries, needXvfb } from '../../build/system.mjs';

export { copySamples, manyPhotos, samples } from '../engine/harness.ts';

const screenshots = fileURLToPath(new URL('../../dist/screenshots', import.meta.url));
const launchMs = 30_000;
/**
 * Playwright that begins to listen while the window goes to its page misses that, and waits for ever: about one start
 * in fifty, more on a busy machine. (Its own remedy, a module that holds Electron back, needs the part of Electron that
 * the fallback lacks.) So a start is given up soon at first.
 */
const launchesMs = [10_000, 20_000, launchMs];
/** The one before it is killed, not yet gone: the two would meet in the profile. */
const launchAgainMs = 2_000;
/** A photo is tagged in a moment; a busy machine starts the engine and the model first. */
export const patienceMs = 30_000;

/** Chromium on a machine without a session bus, a GPU or a user's audio; the debugger; our own fallback. */
const expectedLines = [
  /^$/,
  /bus\.cc\(\d+\)\] Failed to connect to the bus/,
  /object_proxy\.cc\(\d+\)\] Failed to call method: org\.freedesktop\./,
  /viz_main_impl\.cc\(\d+\)\] Exiting GPU process/,
  /gpu_process_host\.cc|gpu_channel_manager|shared_image_interface_proxy|one_copy_raster_buffer_provider/,
  /gl_surface_presentation_helper|command_buffer_proxy_impl|vaapi_wrapper/,
  /zygote_communication_linux/,
  // A drag that the debugger makes, before the widget's first frame.
  /interface_endpoint_client\.cc\(\d+\)\] Message \d+ rejected by interface blink\.mojom\.WidgetHost/,
  /^Debugger (?:listening|attached|ending)|^DevTools listening|^For help, see: https:\/\/nodejs/,
  /^Waiting for the debugger to disconnect/,
];

export interface App {
  electron: ElectronApplication;
  page: Page;
  /** Resolves when the shell's process is gone. */
  ended: Promise<unknown>;
  /** Lines that nobody expects, so far. */
  unexpected: string[];
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface Place {
  root: string;
  library: string;
  photos: string;
  profile: string;
}

/** Each test's apps, closed before its place is removed. */
const open = new Set<App>();

export function freshPlace(t: TestContext): Place {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'wanwu-window-')));
  const place = {
    root,
    library: path.join(root, 'library'),
    photos: path.join(root, '照片'),
    profile: path.join(root, 'profile'),
  };
  mkdirSync(place.photos);
  t.after(async () => {
    for (const app of open) {
      // Still open: the test failed before it closed its app.
      await app.screenshot(`open-at-the-end-of-${t.name}`).catch(() => undefined);
      await app.close();
    }
    rmSync(root, { recursive: true, force: true });
  });
  return place;
}

export interface LaunchOptions {
  args?: string[];
  /** Lines that this test provokes. */
  expect?: RegExp[];
}

export async function openApp(place: Place, options: LaunchOptions = {}): Promise<App> {
  const { args = [], expect = [] } = options;
  const { executable, first } = await findApp();
  const display = await ownDisplay();
  const electron = await launch({
    executablePath: executable,
    // What a machine without a GPU comes to in the end, without the tries before it.
    args: [...first, '--disable-gpu', `--user-data-dir=${place.profile}`, ...args],
    env: { ...process.env, ...display, WANWU_LIBRARY: place.library },
  });
  // Playwright forgets the process with the app.
  const child = electron.process();
  const ended = once(child, 'exit');
  const unexpected: string[] = [];
  const known = [...expectedLines, ...expect];
  const see = (line: string) => {
    if (!known.some((one) => one.test(line))) unexpected.push(line);
  };
  const seeAll = (text: string) => {
    text.split(/\r?\n/).forEach(see);
  };
  const listen = (stream: NodeJS.ReadableStream | null) => {
    if (stream) createInterface({ input: stream }).on('line', see);
  };
  listen(child.stdout);
  listen(child.stderr);
  const page = await electron.firstWindow({ timeout: launchMs });
  page.setDefaultTimeout(patienceMs);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      seeAll(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    seeAll(`page: ${error.message}`);
  });
  const app: App = {
    electron,
    page,
    ended,
    unexpected,
    screenshot: async (name) => {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
    },
    close: async () => {
      if (!open.delete(app)) return;
      if (child.exitCode === null && child.signalCode === null)
        await electron.evaluate(({ app: running }) => {
          running.quit();
        });
      await ended;
      assert.deepEqual(unexpected, [], 'unexpected log lines');
    },
  };
  open.add(app);
  return app;
}

async function launch(
  options: Parameters<typeof _electron.launch>[0],
  [timeout = launchMs, ...later] = launchesMs,
): Promise<ElectronApplication> {
  try {
    return await _electron.launch({ ...options, timeout });
  } catch (error) {
    if (later.length === 0 || !(error instanceof errors.TimeoutError)) throw error;
    await sleep(launchAgainMs);
    return launch(options, later);
  }
}

export async function findApp(): Promise<{ executable: string; first: string[] }> {
  const packed = process.env['WANWU_APP'];
  if (packed !== undefined) return { executable: path.resolve(packed), first: [] };
  await buildApp();
  const { executable } = await electronRuntime();
  needLibraries(executable);
  return { executable, first: [appFolder] };
}

let starting: Promise<Record<string, string>> | null = null;

/** What the environment needs so that a window can open; one Xvfb for all tests of a file. */
export function ownDisplay(): Promise<Record<string, string>> {
  if (process.platform !== 'linux' || process.env['DISPLAY'] !== undefined)
    return Promise.resolve({});
  starting ??= startXvfb();
  return starting;
}

async function startXvfb(): Promise<Record<string, string>> {
  if (!needXvfb()) throw new Error('Xvfb is needed for the tests of the window');
  const words = ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'];
  const xvfb = spawn('Xvfb', words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  // Not a hook of node:test: the first test that asks for it would end it.
  process.on('exit', () => xvfb.kill());
  xvfb.unref();
  const told = xvfb.stdio[3] as NodeJS.ReadableStream;
  // The number and its end may come in two pieces.
  let number = '';
  while (!number.endsWith('\n')) number += String(await once(told, 'data'));
  xvfb.stdio[3]?.destroy();
  return { DISPLAY: `:${number.trim()}` };
}

/** A drop that the page cannot tell from a person's: trusted, with real files behind it. */
export async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
  await session.detach();
}
