/** Bundles the window into dist/renderer, with the list of what it and the engine are made of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { root } from './engine-node.mjs';
import { licences } from './licences.mjs';

/** Everything that ships: the engine's packages with what they need, and what the bundle holds. */
const bundled = ['react', 'react-dom', 'scheduler', 'lucide-react', 'uplot'];

export default defineConfig({
  root: path.join(root, 'renderer'),
  base: './',
  plugins: [react(), licences()],
  define: { LICENCES: JSON.stringify(components()) },
  build: {
    outDir: path.join(root, 'dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    // The sheet and the pictures stay files: the page's policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

function components() {
  /** @type {unknown} */
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const { packages } =
    /** @type {{ packages: Record<string, { version?: string, license?: string, dev?: boolean, optional?: boolean }> }} */ (
      lock
    );
  const made = Object.entries(packages)
    .map(([place, entry]) => ({ name: place.replace(/^.*node_modules\//, ''), place, ...entry }))
    .filter(
      ({ name, place, dev, optional }) =>
        place !== '' && ((dev !== true && optional !== true) || bundled.includes(name)),
    )
    .map(({ name, version = '', license = '' }) => ({ name, version, licence: license }));
  return [...made, ...models()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The model packs that come with the app. */
function models() {
  const folder = path.join(root, 'models');
  return readdirSync(folder)
    .map((pack) => path.join(folder, pack, 'manifest.json'))
    .filter((file) => existsSync(file))
    .map((file) => {
      /** @type {unknown} */
      const manifest = JSON.parse(readFileSync(file, 'utf8'));
      return /** @type {{ name: string, version: string, licence: string }} */ (manifest);
    })
    .map(({ name, version, licence }) => ({ name, version, licence }));
}
