/**
 * Puts everything the engine needs into one folder, as it lies in a working copy: its sources, its Node,
 * the model, the samples, and its packages without what another system or a compiler would need.
 */
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipsIndex } from '../engine/gpu-runtime/pip.ts';
import { engineNode, root } from './engine-node.mjs';

/** Only install scripts and compilers ask for them. */
const notNeeded = new Set(['adm-zip', 'global-agent', 'node-addon-api']);
/** What a package carries for people who read or build it; licences and notices stay. */
const noise = /(?:\.map|\.d\.[cm]?ts|\.flow|(?:readme|changelog|history)[^/]*\.md|binding\.gyp)$/i;
/** sharp's native packages name the licences of libvips and all that it is built of in their readme alone. */
const isNotice = (/** @type {string} */ name, /** @type {string} */ file) =>
  name.startsWith('@img/') && file === 'README.md';
const platform = `${process.platform}-${process.arch}`;

/** Of each package, what of its own stays. */
/** @type {Record<string, (file: string) => boolean>} */
const kept = {
  'onnxruntime-node': (file) =>
    !file.startsWith('script/') &&
    (!file.startsWith('bin/napi-v6/') ||
      `bin/napi-v6/${process.platform}/${process.arch}/`.startsWith(`${file}/`) ||
      file.startsWith(`bin/napi-v6/${process.platform}/${process.arch}`)),
  'better-sqlite3': (file) =>
    !/^(?:deps|src)(?:\/|$)/.test(file) &&
    (!file.startsWith('prebuilds/') || file === `prebuilds/${platform}.node`),
  'onnxruntime-common': (file) => !file.startsWith('dist/esm'),
};

/** The address of an index that asks who is there is nobody else's business. @param {string | null} index */
function withoutSecrets(index) {
  if (index === null) return null;
  const { username, password } = new URL(index);
  return username === '' && password === '' ? index : null;
}

/** @param {string} target @returns {Promise<string[]>} the packages' names, for the packer to check */
export async function stageEngine(target) {
  await rm(target, { recursive: true, force: true });
  await mkdir(path.join(target, 'bin'), { recursive: true });
  for (const part of ['common', 'engine', 'models', 'build/samples'])
    await cp(path.join(root, part), path.join(target, part), {
      recursive: true,
      // models/export is how the packs were made.
      filter: (file) =>
        !file.endsWith('tsconfig.json') && file !== path.join(root, 'models/export'),
    });
  const { name, version, type, dependencies } = readManifest(root);
  await writeFile(
    path.join(target, 'package.json'),
    // Where the packed app finds the GPU's libraries when the person's machine has no pip to ask.
    JSON.stringify({
      name,
      version,
      type,
      dependencies,
      packageIndex: withoutSecrets(await pipsIndex()),
    }),
  );
  const names = closure(Object.keys(dependencies ?? {}));
  for (const one of names) await copyPackage(one, target);
  const node = engineNode();
  if (node === null) throw new Error(`no engine Node for ${platform}`);
  const copy = path.join(target, 'bin', path.basename(node));
  await cp(node, copy);
  await chmod(copy, 0o755);
  await cp(
    path.join(path.dirname(path.dirname(node)), 'LICENSE'),
    path.join(target, 'bin/LICENSE'),
  );
  return names;
}

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {string} [type]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/** @param {string} folder @returns {Manifest} */
export function readManifest(folder) {
  /** @type {unknown} */
  const json = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return /** @type {Manifest} */ (json);
}

/** @param {string} name */
const packageFolder = (name) => path.join(root, 'node_modules', name);

/** @param {string[]} names Everything they need at run time that is installed on this system. */
function closure(names) {
  /** @type {Set<string>} */
  const found = new Set();
  const visit = (/** @type {string} */ name) => {
    if (found.has(name) || notNeeded.has(name) || !existsSync(packageFolder(name))) return;
    found.add(name);
    const { dependencies, optionalDependencies } = readManifest(packageFolder(name));
    Object.keys({ ...dependencies, ...optionalDependencies }).forEach(visit);
  };
  names.forEach(visit);
  return [...found].sort();
}

/** @param {string} name @param {string} target */
export async function copyPackage(name, target) {
  const from = packageFolder(name);
  const keeps = kept[name] ?? (() => true);
  await cp(from, path.join(target, 'node_modules', name), {
    recursive: true,
    filter: (file) => {
      const inside = path.relative(from, file).split(path.sep).join('/');
      if (inside === '' || isNotice(name, inside)) return true;
      return !noise.test(inside) && keeps(inside);
    },
  });
}
