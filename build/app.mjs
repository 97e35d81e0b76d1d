/**
 * Builds what Electron runs into dist/app: the shell's bundle, its preload, the window and the icon.
 * Does nothing when nothing it is made of has changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { alone } from './alone.mjs';
import { engineNode, root } from './engine-node.mjs';
import { say } from './setup.mjs';

export const appFolder = path.join(root, 'dist/app');
const stamp = path.join(appFolder, '.built');
const sources = [
  'common',
  'electron',
  'renderer',
  'build',
  'engine/client.ts',
  'engine/gpu-runtime',
  'engine/options.ts',
  'package-lock.json',
];
const pictures = /** @type {const} */ ([
  ['icon.svg', 512, 'icon.png'],
  ['tray.svg', 16, 'trayTemplate.png'],
  ['tray.svg', 32, 'trayTemplate@2x.png'],
]);

export async function buildApp() {
  const wanted = fingerprint();
  const isBuilt = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  // Several files of tests begin with it at once.
  if (!isBuilt())
    await alone('app', async () => {
      if (!isBuilt()) await buildAnew(wanted);
    });
}

/** @param {string} wanted the fingerprint of what it is made of */
async function buildAnew(wanted) {
  say('正在构建窗口… Building the window.');
  // Only now: loading them takes longer than all the rest of a start that has nothing to build.
  const { build } = await import('vite');
  const { default: sharp } = await import('sharp');
  await rm(appFolder, { recursive: true, force: true });
  await mkdir(appFolder, { recursive: true });
  await build(bundle('main.ts', 'es', 'main.js'));
  await build(bundle('preload.ts', 'cjs', 'preload.cjs'));
  await build({
    configFile: path.join(root, 'build/vite.mjs'),
    logLevel: 'warn',
    build: { outDir: path.join(appFolder, 'renderer') },
  });
  for (const [drawing, pixels, file] of pictures)
    await sharp(path.join(root, 'build', drawing))
      .resize(pixels)
      .png()
      .toFile(path.join(appFolder, file));
  await writeFile(path.join(appFolder, 'package.json'), manifest());
  await writeFile(
    path.join(appFolder, 'development.json'),
    JSON.stringify({ root, node: engineNode() }),
  );
  await writeFile(stamp, wanted);
}

/**
 * @param {string} entry in electron/
 * @param {'es' | 'cjs'} format a sandboxed preload must be CommonJS
 * @param {string} fileName
 */
function bundle(entry, format, fileName) {
  return /** @satisfies {import('vite').InlineConfig} */ ({
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true, external: ['electron'] },
    build: {
      ssr: path.join(root, 'electron', entry),
      outDir: appFolder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { format, entryFileNames: fileName, codeSplitting: false } },
    },
  });
}

function manifest() {
  /** @type {unknown} */
  const whole = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const { name, version, description, author, license } =
    /** @type {Record<'name' | 'version' | 'description' | 'author' | 'license', string>} */ (
      whole
    );
  return JSON.stringify({
    name,
    version,
    description,
    author,
    license,
    // The name of its entry in a Linux menu, by which the desktop knows whose a window is.
    desktopName: `${name}.desktop`,
    type: 'module',
    main: 'main.js',
  });
}

/** Changes when a file of the sources does: name, size or time. */
function fingerprint() {
  const hash = createHash('sha256').update(root);
  for (const source of sources)
    for (const file of filesUnder(path.join(root, source))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file}\0${String(size)}\0${String(mtimeMs)}\n`);
    }
  return hash.digest('hex');
}

/** @param {string} place */
function filesUnder(place) {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
