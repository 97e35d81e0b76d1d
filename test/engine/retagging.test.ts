/** Another pack in use: every photo is read once more, looked for in pieces that hold nobody up. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { openWholeCatalog, type Catalog, type Settlement } from '../../engine/catalog/catalog.ts';
import type { ClaimedFile } from '../../engine/catalog/files.ts';
import { cameraFacts, noExif } from '../../engine/decode/exif.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';

const files = 5_000;
const camera = cameraFacts(noExif);
const root = Buffer.alloc(0);
const stampOf = (inode: number) => ({ size: 1, mtimeNs: 1n, device: 1n, inode: BigInt(inode) });

/** A library that one pack has judged: `roots` hold copies of the same `count` photos. */
function judgedLibrary(context: TestContext, count: number, roots: readonly string[]) {
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
  const catalog = open('first');
  roots.forEach((absolute, at) => {
    const inode = (number: number) => 1 + at * count + number;
    const entries = Array.from({ length: count }, (_, number) => ({
      name: Buffer.from(`${String(number)}.jpg`),
      stamp: stampOf(inode(number)),
    }));
    const folder = catalog.folders.add(absolute, '1:1');
    catalog.seen(folder.id, root, entries, false);
    const read = (file: ClaimedFile): Settlement => {
      const number = Number(path.basename(file.path.toString(), '.jpg'));
      return {
        file: file.id,
        kind: 'photo',
        facts: {
          picture: String(number).padStart(64, '0'),
          format: 'jpeg',
          width: 4,
          height: 3,
          damaged: false,
          taken: { wallMs: 0, offsetMinutes: null, source: 'mtime' },
          camera,
        },
        stamp: stampOf(inode(number)),
        answers: [{ scores: new Map() }],
      };
    };
    catalog.settle(catalog.files.claim(count, 0).files.map(read));
  });
  catalog.close();
  return open;
}

const claimed = (catalog: Catalog) =>
  catalog.files.claim(files, 0).files.map((file) => file.path.toString());

test('photos that a pack has not judged are looked for a few at a time', (context) => {
  const open = judgedLibrary(context, files, ['/photos']);
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

test('of the copies of a photo one is read, however far apart they were found', (context) => {
  const open = judgedLibrary(context, files, ['/photos', '/backup']);
  const both = open('first', 'second');
  while (both.retagSome());
  assert.equal(both.files.counts().pending, files);
  both.close();
});

/** The root that was found first. */
const setOnline = (catalog: Catalog, online: boolean) => {
  const [first] = catalog.folders.list().sort((a, b) => a.id - b.id);
  catalog.folders.setOnline(first?.id ?? 0, online);
};

test('the copy that is read lies on a disk that is there', (context) => {
  const both = judgedLibrary(context, 1, ['/away', '/here'])('first', 'second');
  setOnline(both, false);
  while (both.retagSome());
  assert.deepEqual(claimed(both), ['/here/0.jpg']);
  both.close();
});

test('where the copy that waits goes away with its disk, another one is read', (context) => {
  const both = judgedLibrary(context, 1, ['/away', '/here'])('first', 'second');
  assert.equal(both.retagSome(), true);
  setOnline(both, false);
  assert.equal(both.files.counts().pending, 0);
  while (both.retagSome());
  assert.deepEqual(claimed(both), ['/here/0.jpg']);
  both.close();
});

test('a photo on an unplugged disk alone waits until it is back', (context) => {
  const both = judgedLibrary(context, 1, ['/away'])('first', 'second');
  setOnline(both, false);
  while (both.retagSome());
  assert.deepEqual(claimed(both), []);
  setOnline(both, true);
  assert.deepEqual(claimed(both), ['/away/0.jpg']);
  both.close();
});
