/** What is packed of the engine's packages. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { copyPackage } from '../../build/engine-stage.mjs';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

test('the licences of what is linked into sharp come along, and no other readme', async (t) => {
  const target = mkdtempSync(path.join(os.tmpdir(), 'wanwu-stage-'));
  t.after(() => {
    rmSync(target, { recursive: true });
  });
  // Its own package, or on Windows the one that holds sharp itself.
  const natives = readdirSync(path.join(modules, '@img')).map((name) => `@img/${name}`);
  const [libvips] = natives
    .filter((name) => existsSync(path.join(modules, name, 'versions.json')))
    .sort();
  assert.ok(libvips, natives.join());
  for (const name of [libvips, 'yauzl']) await copyPackage(name, target);
  const packed = (file: string) => path.join(target, 'node_modules', file);
  assert.match(readFileSync(packed(`${libvips}/README.md`), 'utf8'), /libvips +\| LGPLv3/);
  assert.equal(existsSync(packed('yauzl/README.md')), false);
  assert.equal(existsSync(packed('yauzl/LICENSE')), true);
});
