/** Who may import whom: reads every import line of the product and holds design's room rules. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rooms = ['common', 'engine', 'electron', 'renderer'] as const;

interface Import {
  /** Relative to the repository, '/' between parts. */
  from: string;
  /** A file of the repository in the same form, or a package as it is written. */
  to: string;
  isFile: boolean;
}

const files = rooms.flatMap((room) => (existsSync(path.join(root, room)) ? sources(room) : []));
const imports = files.flatMap(importsOf);

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]sx?$/.test(name))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

function importsOf(from: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(root, from), 'utf8'));
  return importedFiles.map(({ fileName }) => {
    const isFile = fileName.startsWith('.');
    const to = isFile ? path.posix.join(path.posix.dirname(from), fileName) : fileName;
    return { from, to, isFile };
  });
}

/** `import 'sharp/x'` and `import '@img/x/y'` name these packages. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

const isBelow = (file: string, ...folders: string[]) =>
  folders.some((folder) => file.startsWith(`${folder}/`));
const lines = (found: Import[]) => found.map(({ from, to }) => `${from} imports ${to}`);

/** Files of the repository that `rule` does not let a room import. */
function trespasses(room: string, isAllowed: (to: string) => boolean): string[] {
  return lines(
    imports.filter(
      ({ from, to, isFile }) =>
        isBelow(from, room) && isFile && !isBelow(to, room) && !isAllowed(to),
    ),
  );
}

describe('rooms', () => {
  test('each stands in the table of ARCHITECTURE.md', () => {
    const table = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
    const foldersIn = (room: string) =>
      readdirSync(path.join(root, room), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    const missing = [
      ...foldersIn('engine').filter((name) => !table.includes(`\n| \`engine/${name}/\``)),
      ...foldersIn('test').filter(
        (name) => !new RegExp(`\n\\| \`test/\`.*\`${name}\``).test(table),
      ),
    ];
    assert.deepEqual(missing, []);
  });
  test('the imports of the engine are found', () => {
    const composed = imports.filter(({ from }) => from === 'engine/engine.ts');
    assert.ok(composed.some(({ to }) => to === 'engine/work.ts'));
  });
  test('common imports only itself and the validator', () => {
    const packages = imports.filter(({ from, isFile }) => isBelow(from, 'common') && !isFile);
    assert.deepEqual(lines(packages.filter(({ to }) => to !== 'valibot')), []);
    assert.deepEqual(
      trespasses('common', () => false),
      [],
    );
  });
  test('the engine imports only itself and common', () => {
    assert.deepEqual(
      trespasses('engine', (to) => isBelow(to, 'common') || to === 'package.json'),
      [],
    );
  });
  test('the shell imports itself, common, and of the engine only client and options', () => {
    const shared = ['engine/client.ts', 'engine/options.ts', 'package.json'];
    assert.deepEqual(
      trespasses('electron', (to) => isBelow(to, 'common') || shared.includes(to)),
      [],
    );
  });
  test('the window imports only itself and common, and nothing of Node or Electron', () => {
    assert.deepEqual(
      trespasses('renderer', (to) => isBelow(to, 'common')),
      [],
    );
    const packages = imports.filter(({ from, isFile }) => isBelow(from, 'renderer') && !isFile);
    assert.deepEqual(
      lines(packages.filter(({ to }) => to.startsWith('node:') || packageOf(to) === 'electron')),
      [],
    );
  });
});

describe('inside the engine', () => {
  test('catalog, decode and infer do not know each other', () => {
    const three = ['engine/catalog', 'engine/decode', 'engine/infer'];
    const known = three.flatMap((one) =>
      imports.filter(
        ({ from, to }) =>
          isBelow(from, one) && isBelow(to, ...three.filter((other) => other !== one)),
      ),
    );
    assert.deepEqual(lines(known), []);
  });

  const owners: Record<string, (file: string) => boolean> = {
    chokidar: (file) => file === 'engine/watch-thread.ts',
    sharp: (file) => isBelow(file, 'engine/decode'),
    'onnxruntime-node': (file) => file === 'engine/infer/worker.ts',
    'better-sqlite3': (file) => file === 'engine/catalog/database.ts',
  };
  for (const [name, isOwner] of Object.entries(owners))
    test(`${name} is imported by its owner alone`, () => {
      const importers = imports.filter(({ to, isFile }) => !isFile && packageOf(to) === name);
      assert.ok(importers.length > 0);
      assert.deepEqual(lines(importers.filter(({ from }) => !isOwner(from))), []);
    });

  test('what the shell imports brings nothing native with it', () => {
    const reached = new Set(['engine/client.ts', 'engine/options.ts']);
    for (const file of reached)
      for (const { to, isFile } of importsOf(file)) if (isFile && /ts$/.test(to)) reached.add(to);
    const packages = [...reached].flatMap(importsOf).filter(({ isFile }) => !isFile);
    assert.deepEqual(lines(packages.filter(({ to }) => packageOf(to) in owners)), []);
  });

  test('SQL is spoken only in the catalog', () => {
    const speakers = files
      .filter((file) => isBelow(file, 'engine') && !isBelow(file, 'engine/catalog'))
      .filter((file) => /\.(prepare|pragma)\(/.test(readFileSync(path.join(root, file), 'utf8')));
    assert.deepEqual(speakers, []);
  });
});
