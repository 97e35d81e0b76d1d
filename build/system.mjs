/** What the window needs of a Linux system: shared libraries, a Chinese font, and Xvfb for its tests. */
import { spawnSync } from 'node:child_process';
import { say } from './setup.mjs';

const libraryPackages = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libatk-bridge2.0-0',
  'libcups2',
  'libxkbcommon0',
];

/** @param {string} executable Electron's; returns when it can start. */
export function needLibraries(executable) {
  if (process.platform !== 'linux') return;
  const missing = spawnSync('ldd', [executable], { encoding: 'utf8' })
    .stdout.split('\n')
    .flatMap((line) => /^\s*(\S+) => not found/.exec(line)?.[1] ?? []);
  const packages = missing.length === 0 ? [] : [...libraryPackages];
  if (!hasChineseFont()) packages.push('fonts-noto-cjk');
  if (packages.length === 0 || install(packages)) return;
  if (missing.length > 0) {
    say(`窗口缺少系统库 The window lacks system libraries: ${missing.join(', ')}`);
    process.exit(1);
  }
}

/** True when a test can open a display of its own. */
export function needXvfb() {
  return has('Xvfb') || (install(['xvfb']) && has('Xvfb'));
}

/** @param {string} command */
function has(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

function hasChineseFont() {
  const { status, stdout } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '';
}

/**
 * With 64-bit times, libraries have other names since Debian 13 and Ubuntu 24.04, and the old ones do not
 * always lead to them: two packages offer themselves as libasound2, and apt takes neither.
 * @param {string[]} packages
 */
function namedHere(packages) {
  const isKnown = (/** @type {string} */ name) =>
    spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0;
  return packages.map((name) => (isKnown(`${name}t64`) ? `${name}t64` : name));
}

/** @param {string[]} packages Installs as root on Debian and its like; else says what to install. */
function install(packages) {
  if (process.getuid?.() !== 0 || !has('apt-get')) {
    say(`请先安装 Please install: sudo apt-get install ${namedHere(packages).join(' ')}`);
    return false;
  }
  say(`正在安装系统软件包… Installing system packages: ${packages.join(' ')}`);
  const run = (/** @type {string[]} */ ...words) =>
    spawnSync('apt-get', words, {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  // A fresh system knows no names before the update.
  return (
    run('update', '-qq') &&
    run('install', '-y', '-qq', '--no-install-recommends', ...namedHere(packages))
  );
}
