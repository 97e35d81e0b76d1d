/** Opens the window of a working copy: names or installs what the system lacks, then starts Electron. */
import { spawn } from 'node:child_process';
import os from 'node:os';
import { appFolder, buildApp } from './app.mjs';
import { electronRuntime } from './electron-dist.mjs';
import { say } from './setup.mjs';
import { needLibraries } from './system.mjs';

const isLinux = process.platform === 'linux';
if (isLinux && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
  say(
    '没有图形界面（DISPLAY 未设置），窗口无法打开；请用命令行：npm run -s wanwu -- --help。' +
      'No display to open the window on: use the command line, npm run -s wanwu -- --help.',
  );
  process.exit(1);
}
await buildApp();
const { executable } = await electronRuntime();
needLibraries(executable);
// Chromium refuses its sandbox to root; everybody else has it.
const asRoot = isLinux && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const child = spawn(executable, [...asRoot, appFolder, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]);
});
