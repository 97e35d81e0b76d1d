/** Another pack in use: every photo is read once more, looked for in pieces that hold nobody up. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openWholeCatalog, type Settlement } from '../../engine/catalog/catalog.ts';
import { cameraFacts, noExif } from '../../engine/decode/exif.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';

const files = 5_000;
const camera = cameraFacts(noExif);

test('photos that a pack has not judged are looked for a few at a time', (context) => {
  const library = mkdtempSync(path.join(os.tmpdir(), 'wanwu-retagging-'));
  context.after(() => {
    rmSync(library, { recursive: true });
  });
  const open = (...names: string[]) =>
    openWholeCatalog({
      library,
      vocabulary: loadVocabulary(),
      packs: names.map((name) => ({ name, version: '1', threshold: 0.5 })),
    });
  const first = open('first');
  const stampOf = (number: number) => ({
    size: 1,
    mtimeNs: 1n,
    device: 1n,
    inode: BigInt(1 + number),
  });
  const entries = Array.from({ length: files }, (_, number) => ({
    name: Buffer.from(`${String(number)}.jpg`),
    stamp: stampOf(number),
  }));
  const folder = first.folders.add('/photos', '1:1');
  first.seen(folder.id, Buffer.alloc(0), entries, false);
  const claimed = first.files.claim(files, 0).files;
  first.settle(
    claimed.map((file, at): Settlement => {
      const hash = String(at).padStart(64, '0');
      const number = Number(path.basename(file.path.toString(), '.jpg'));
      return {
        file: file.id,
        kind: 'photo',
        facts: {
          picture: hash,
          format: 'jpeg',
          width: 4,
          height: 3,
          damaged: false,
          taken: { wallMs: 0, offsetMinutes: null, source: 'mtime' },
          camera,
        },
        stamp: stampOf(number),
        answers: [{ scores: new Map() }],
      };
    }),
  );
  first.close();

  const again = open('first');
  assert.equal(again.retagSome(), true, 'one piece looks through everything');
  while (again.retagSome());
  assert.equal(again.files.counts().pending, 0);
  again.close();

  const both = open('first', 'second');
  assert.equal(both.retagSome(), true);
  const { pending } = both.files.counts();
  assert.ok(pending > 0 && pending < files / 2, `${String(pending)} in the first piece`);
  while (both.retagSome());
  assert.equal(both.files.counts().pending, files);
  both.close();
});
