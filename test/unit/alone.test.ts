/** What several commands of one working copy prepare at once: dependencies, Electron, the window. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../../build', import.meta.url));

test('what is prepared is prepared by one process at a time, also after one that was killed', async (t) => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-alone-'));
  t.after(() => {
    rmSync(root, { recursive: true });
  });
  for (const file of ['alone.mjs', 'engine-node.mjs'])
    cpSync(path.join(build, file), path.join(root, 'build', file));
  mkdirSync(path.join(root, 'dist'));
  const gone = spawnSync(process.execPath, ['--eval', '']);
  writeFileSync(path.join(root, 'dist/work.lock'), String(gone.pid));
  const log = path.join(root, 'log');
  const work = `
    const { appendFileSync } = await import('node:fs');
    const { alone } = await import('./build/alone.mjs');
    await alone('work', async () => {
      appendFileSync('log', 'in ');
      await new Promise((resolve) => setTimeout(resolve, 300));
      appendFileSync('log', 'out ');
    });`;
  const processes = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '--eval', work], {
      cwd: root,
      stdio: 'ignore',
    }),
  );
  const ends = await Promise.all(processes.map((one) => once(one, 'exit')));
  assert.deepEqual(
    ends.map(([code]: unknown[]) => code),
    [0, 0, 0],
  );
  assert.equal(readFileSync(log, 'utf8'), 'in out in out in out ');
  assert.equal(existsSync(path.join(root, 'dist/work.lock')), false);
});
