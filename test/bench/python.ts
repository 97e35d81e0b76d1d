/** A Python of the benchmarks' own, with what the peers need; made once and kept. */
import { spawn, type SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { distFolder, root, say } from './places.ts';

/** Why something could not be measured; shown instead of a figure. */
export class Unavailable extends Error {}

export const peerRequirements = path.join(root, 'models/export/requirements.txt');

/** The interpreter, absolute. Throws Unavailable with the reason. */
export async function preparePython(
  base = process.env['PYTHON'] ?? 'python3',
  requirements = peerRequirements,
): Promise<string> {
  const wanted = createHash('sha256').update(base).update(readFileSync(requirements)).digest('hex');
  const folder = path.join(distFolder, `python-${wanted.slice(0, 12)}`);
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python' : 'bin/python');
  const done = `${folder}.done`;
  if (existsSync(done)) return python;
  say('installing Python packages for the peers, once ...');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(distFolder, { recursive: true });
  await loud(base, ['-m', 'venv', folder]);
  await loud(python, ['-m', 'pip', 'install', '-qq', '-r', requirements]);
  writeFileSync(done, '');
  return python;
}

/** Its words are progress: stderr. Throws Unavailable when it fails. */
export function loud(command: string, args: string[], options: SpawnOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 2, 2] });
    child.on('error', (error) => {
      reject(new Unavailable(`${command}: ${error.message}`));
    });
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Unavailable(`${command} ${args.join(' ')} ended with ${String(code)}`));
    });
  });
}
