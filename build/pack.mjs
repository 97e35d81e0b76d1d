/**
 * `npm run dist`: makes the packages that this machine can make into dist/packages and names the others.
 * A release needs the declared Electron; `--allow-fallback` and `--testable` make ones that are not for people.
 */
import { existsSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build, Platform } from 'electron-builder';
import { path7za } from '7zip-bin';
import { appFolder, buildApp } from './app.mjs';
import { electronRuntime } from './electron-dist.mjs';
import { stageEngine } from './engine-stage.mjs';
import { root } from './engine-node.mjs';
import { drawIcons } from './icons.mjs';
import { licencesFile } from './licences.mjs';
import { reaches, throughProxy } from './reach.mjs';
import { say } from './setup.mjs';

const stage = path.join(root, 'dist/stage/engine');
const icons = path.join(root, 'dist/stage/icons');
const output = path.join(root, 'dist/packages');

const args = process.argv.slice(2);
/** The debugger can be attached, as Playwright needs; a folder only. */
const testable = args.includes('--testable');
const unknown = args.filter((arg) => !['--testable', '--allow-fallback'].includes(arg));
if (unknown.length > 0)
  fail(`npm run dist -- [--allow-fallback] [--testable]: ${unknown.join(' ')}`);

const runtime = await electronRuntime();
if (!runtime.official && !testable && !args.includes('--allow-fallback'))
  fail(
    `不从备用的 Electron ${runtime.version} 制作发行包（试用请加 --allow-fallback）。` +
      `No release is made from the fallback Electron ${runtime.version}; --allow-fallback makes one to try out.`,
  );
await buildApp();
await drawIcons(icons);
const packages = await stageEngine(stage);

// electron-builder would fetch its own 7za; its default gzip level takes ten times as long for 6 %.
await chmod(path7za, 0o755);
process.env['ELECTRON_BUILDER_7ZIP_PATH'] = path7za;
process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL'] = '3';

/** @type {Record<string, { here: string[], needDownloads: string[] }>} */
const allTargets = {
  linux: { here: ['dir', 'tar.gz'], needDownloads: ['AppImage', 'deb'] },
  win32: { here: ['dir', 'zip'], needDownloads: ['nsis'] },
  darwin: { here: ['dir', 'zip'], needDownloads: ['dmg'] },
};
const { here, needDownloads } = allTargets[process.platform] ?? fail(process.platform);
// The tools for installers come from GitHub, or from a mirror that the person names.
const tools = process.env['ELECTRON_BUILDER_BINARIES_MIRROR'] ?? 'https://github.com/';
const canDownload = !testable && (await reaches(tools));
Object.assign(process.env, throughProxy());
const targets = testable ? ['dir'] : canDownload ? [...here, ...needDownloads] : here;

// A Debian package must name a page: the forge's that makes the release, else one that can be nobody's.
const { GITHUB_SERVER_URL: forge, GITHUB_REPOSITORY: repository } = process.env;
const homepage = forge && repository ? `${forge}/${repository}` : 'https://wanwu-album.invalid/';

await build({
  projectDir: root,
  targets: Platform.current().createTarget(targets),
  publish: 'never',
  config: {
    appId: 'app.wanwu.album',
    productName: '万物相册',
    electronDist: runtime.folder,
    electronVersion: runtime.version,
    npmRebuild: false,
    nodeGypRebuild: false,
    asar: true,
    extraMetadata: { homepage },
    directories: { app: appFolder, output },
    artifactName: 'wanwu-album-${version}-${os}-${arch}.${ext}',
    files: [
      '**/*',
      '!development.json',
      '!.built',
      `!renderer/${licencesFile}`,
      '!node_modules/**',
    ],
    // A node_modules directly under `from` is dropped without a word: it is named by itself.
    extraResources: [
      { from: stage, to: 'engine', filter: ['**/*'] },
      { from: path.join(stage, 'node_modules'), to: 'engine/node_modules', filter: ['**/*'] },
      { from: path.join(root, 'LICENSE'), to: 'LICENSE' },
      { from: path.join(appFolder, 'renderer', licencesFile), to: 'LICENSE.window.txt' },
    ],
    electronLanguages: ['zh-CN', 'zh-TW', 'en-US'],
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: testable,
      enableCookieEncryption: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: process.platform !== 'linux',
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    },
    afterPack: ({ appOutDir, packager }) => check(appOutDir, packager.appInfo.productFilename),
    linux: {
      executableName: 'wanwu-album',
      icon: icons,
      category: 'Graphics',
      maintainer: 'Wanwu Album',
      synopsis: '给每张照片打上中文标签',
      description: '在自己的电脑上给每张照片打上中文标签',
      desktop: {
        entry: {
          Name: '万物相册',
          'Name[en]': 'Wanwu Album',
          GenericName: '照片管理',
          'Comment[en]': 'Chinese tags for every photo, made on your own machine',
          Keywords: '照片;相册;标签;图片;photo;album;tag;',
        },
      },
    },
    win: { executableName: 'wanwu-album', icon: path.join(icons, '512x512.png') },
    nsis: { oneClick: false, allowToChangeInstallationDirectory: true },
    mac: {
      category: 'public.app-category.photography',
      icon: path.join(icons, '1024x1024.png'),
    },
  },
});

for (const file of (await readdir(output)).sort()) say(`  ${path.join('dist/packages', file)}`);
const others = Object.entries(allTargets)
  .filter(([system]) => system !== process.platform)
  .flatMap(([system, made]) =>
    [...made.here.slice(1), ...made.needDownloads].map((one) => `${one} (${system})`),
  );
const missing = [...(testable || canDownload ? [] : needDownloads), ...others];
say(`这台机器做不了 Not made on this machine: ${missing.join(', ')}`);

/**
 * Fails a package that lacks a part, and takes away what only a working copy needs.
 * @param {string} folder
 * @param {string} product
 */
async function check(folder, product) {
  const resources =
    process.platform === 'darwin'
      ? path.join(folder, `${product}.app/Contents/Resources`)
      : path.join(folder, 'resources');
  for (const leftover of ['resources/app', 'resources/default_app.asar', '.ready', 'version'])
    await rm(path.join(folder, leftover), { recursive: true, force: true });
  const needed = ['engine/engine/main.ts', 'LICENSE', 'LICENSE.window.txt'];
  const models = (await readdir(path.join(root, 'models'))).map(
    (name) => `models/${name}/manifest.json`,
  );
  needed.push(
    ...models.filter((file) => existsSync(path.join(root, file))).map((file) => `engine/${file}`),
  );
  needed.push(...packages.map((name) => `engine/node_modules/${name}/package.json`));
  const lost = needed.filter((file) => !existsSync(path.join(resources, file)));
  if (lost.length > 0) throw new Error(`the package lacks ${lost.join(', ')}`);
}

/** @param {string} line @returns {never} */
function fail(line) {
  say(line);
  process.exit(1);
}
