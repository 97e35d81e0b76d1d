/** Whoever hands a bundle on hands on the licences of what is in it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { licences, licencesFile } from '../../build/licences.mjs';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

test('a bundle comes with the licences of its packages, those of packages of packages too, and no others', async (t) => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-licences-'));
  t.after(() => {
    rmSync(root, { recursive: true });
  });
  const entry = path.join(root, 'entry.js');
  const at = (file: string) => JSON.stringify(path.join(modules, file));
  writeFileSync(
    entry,
    `import { createRoot } from ${at('react-dom/client.js')};
    import { FolderPlus } from ${at('lucide-react/dist/esm/lucide-react.mjs')};
    createRoot(document.body).render(FolderPlus);`,
  );
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [licences()],
    build: { minify: false, rolldownOptions: { input: entry } },
  });
  const text = readFileSync(path.join(root, 'dist', licencesFile), 'utf8');
  for (const name of ['react', 'react-dom', 'scheduler', 'lucide-react']) {
    const licence = readFileSync(path.join(modules, name, 'LICENSE'), 'utf8').trim();
    assert.ok(text.includes(`${name}\n\n${licence}\n`), name);
  }
  assert.ok(!text.includes('uplot'));
});
