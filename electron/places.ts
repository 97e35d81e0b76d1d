/** Where the shell finds what lies outside its own bundle: the engine, its Node, the samples, the window. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { app } from 'electron';
import * as v from 'valibot';

export interface Places {
  /** A Node 22 executable; never Electron's. */
  node: string;
  /** engine/main.ts */
  engine: string;
  samples: string;
  /** The built window and preload. */
  window: string;
  preload: string;
  icon: string;
  tray: string;
}

/** Written by the build of a working copy; a packed app has none. */
const developmentSchema = v.object({ root: v.string(), node: v.string() });

export function findPlaces(): Places {
  const here = import.meta.dirname;
  const { root, node } = app.isPackaged ? packed() : development(here);
  return {
    node,
    engine: path.join(root, 'engine/main.ts'),
    samples: path.join(root, 'build/samples'),
    window: path.join(here, 'renderer'),
    preload: path.join(here, 'preload.cjs'),
    icon: path.join(here, 'icon.png'),
    // macOS knows by the name that it may colour it, and takes the sharper one beside it where it has the pixels.
    tray: path.join(here, process.platform === 'darwin' ? 'trayTemplate.png' : 'icon.png'),
  };
}

function packed() {
  const root = path.join(process.resourcesPath, 'engine');
  return { root, node: path.join(root, 'bin', process.platform === 'win32' ? 'node.exe' : 'node') };
}

function development(here: string) {
  const text = readFileSync(path.join(here, 'development.json'), 'utf8');
  return v.parse(developmentSchema, JSON.parse(text));
}
