/**
 * Type-checks the shell against the fallback Electron too: only what both versions have may be used.
 * Its types come with `npm pack`, because an installed second electron would download its binary.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './engine-node.mjs';
import { npmCommand, say } from './setup.mjs';

const version = '33.2.1';
const folder = path.join(root, 'dist', `electron-types-${version}`);
const types = path.join(folder, 'electron.d.ts');

if (!existsSync(types)) {
  say(`正在取 Electron ${version} 的类型… Fetching the types of Electron ${version}.`);
  mkdirSync(folder, { recursive: true });
  const [npm = '', ...first] = npmCommand();
  const words = ['pack', `electron@${version}`, '--silent', '--pack-destination', folder];
  const [tarball = ''] = execFileSync(npm, [...first, ...words], { encoding: 'utf8' }).split('\n');
  const inside = 'package/electron.d.ts';
  execFileSync('tar', ['-xzf', path.join(folder, tarball), '-C', folder, inside]);
  renameSync(path.join(folder, inside), types);
  rmSync(path.join(folder, tarball));
  rmSync(path.join(folder, 'package'), { recursive: true });
}
writeFileSync(
  path.join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../electron/tsconfig.json',
    references: [],
    compilerOptions: {
      composite: false,
      emitDeclarationOnly: false,
      noEmit: true,
      paths: { electron: ['./electron.d.ts'] },
      types: [path.join(root, 'node_modules/@types/node')],
    },
    include: ['../../electron/**/*.ts'],
  }),
);
const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', folder], { stdio: 'inherit' });
process.exitCode = status ?? 1;
