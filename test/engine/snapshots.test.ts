/** A damaged catalog: the bad copy is kept, the newest whole snapshot takes its place, nothing stops the start. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { openFile, openCatalog } from '../../engine/catalog/database.ts';
import {
  isSnapshotDue,
  listSnapshots,
  openSoundCatalog,
  takeSnapshot,
} from '../../engine/catalog/snapshots.ts';
import { freshPlace, openTestEngine, query } from './harness.ts';

const onWindows = process.platform === 'win32' && 'has no ulimit';

function madeCatalog(library: string): string {
  mkdirSync(library, { recursive: true });
  const db = openCatalog(library);
  for (let at = 0; at < 2_000; at += 1)
    db.prepare('INSERT INTO memory (name, value) VALUES (?, ?)').run(
      `n${String(at)}`,
      'x'.repeat(60),
    );
  db.close();
  takeSnapshot(library);
  return path.join(library, 'catalog.sqlite');
}

const opened = (library: string) => {
  const { db, restored } = openSoundCatalog(library);
  const rows = db.prepare<[], number>('SELECT count(*) FROM memory').pluck().get();
  db.close();
  return { rows, restored };
};

const damages: [name: string, damage: (file: string) => void][] = [
  [
    'a zeroed header',
    (file) => {
      overwrite(file, 0, Buffer.alloc(4096));
    },
  ],
  [
    'a file cut in half',
    (file) => {
      truncateSync(file, Math.floor(readFileSync(file).length / 2));
    },
  ],
  [
    'a page of noise',
    (file) => {
      overwrite(file, 8192, Buffer.alloc(4096, 0xa5));
    },
  ],
  [
    'a text file in its place',
    (file) => {
      writeFileSync(file, 'no catalog'.repeat(1000));
    },
  ],
  [
    'no file any more',
    (file) => {
      rmSync(file);
    },
  ],
];

function overwrite(file: string, at: number, bytes: Buffer): void {
  const all = readFileSync(file);
  bytes.copy(all, at);
  writeFileSync(file, all);
}

for (const [name, damage] of damages)
  test(`${name} is set aside and the snapshot restored`, (t) => {
    const { library } = freshPlace(t);
    const file = madeCatalog(library);
    damage(file);
    const bad = existsSync(file) ? readFileSync(file) : null;
    const [snapshot] = listSnapshots(library);
    const restored = { takenMs: snapshot?.takenMs };
    assert.deepEqual(opened(library), { rows: 2_000, restored });
    const [aside = ''] = readdirSync(path.join(library, 'damaged'));
    if (bad)
      assert.deepEqual(readFileSync(path.join(library, 'damaged', aside, 'catalog.sqlite')), bad);
  });

test('a missing or garbled log of writes does not stop the start', (t) => {
  const { library } = freshPlace(t);
  const file = madeCatalog(library);
  writeFileSync(`${file}-wal`, Buffer.alloc(50_000, 0x5a));
  writeFileSync(`${file}-shm`, Buffer.alloc(32_768, 0x5a));
  assert.deepEqual(opened(library), { rows: 2_000, restored: null });
  assert.ok(!existsSync(path.join(library, 'damaged')));
});

test('three snapshots are kept, one a day, and a catalog from the future is not touched', (t) => {
  const { library } = freshPlace(t);
  const file = madeCatalog(library);
  const day = 86_400_000;
  const now = Date.now();
  for (let days = 1; days < 5; days += 1) takeSnapshot(library, now + days * day);
  assert.equal(listSnapshots(library).length, 3);
  assert.equal(isSnapshotDue(library, now + 4 * day + 1), false);
  assert.equal(isSnapshotDue(library, now + 5 * day), true);

  const db = openFile(file, false);
  db.pragma('user_version = 99');
  db.close();
  const before = readFileSync(file);
  assert.throws(() => openSoundCatalog(library), { code: 'library-newer' });
  assert.deepEqual(readFileSync(file), before);
});

test('a clock that was wrong for a day hinders no later snapshot, and its own comes last', (t) => {
  const { library } = freshPlace(t);
  madeCatalog(library);
  const now = Date.now();
  const tomorrow = now + 86_400_000;
  const [wrong, early] = [Date.UTC(2099, 0, 1), Date.UTC(2000, 0, 1)];
  takeSnapshot(library, wrong);
  assert.equal(isSnapshotDue(library, tomorrow), true);
  takeSnapshot(library, tomorrow);
  const taken = (at: number) => listSnapshots(library, at).map(({ takenMs }) => takenMs);
  assert.deepEqual(taken(tomorrow).toSpliced(1, 1), [tomorrow, wrong]);
  takeSnapshot(library, early);
  assert.equal(taken(early)[0], early);
  assert.equal(isSnapshotDue(library, early + 1), false);
});

test('without any snapshot the catalog begins anew, and says so', (t) => {
  const { library } = freshPlace(t);
  const file = madeCatalog(library);
  rmSync(path.join(library, 'snapshots'), { recursive: true });
  overwrite(file, 0, Buffer.alloc(4096));
  assert.deepEqual(opened(library), { rows: 0, restored: { takenMs: null } });
});

/** After `last` more changes of files this process makes none, as one that was killed. */
function dieAfter(t: TestContext, last: number): () => void {
  const names = ['copyFileSync', 'fsyncSync', 'mkdirSync', 'renameSync', 'rmSync'] as const;
  let made = 0;
  const mocks = names.map((name) => {
    const real = fs[name] as (...args: unknown[]) => unknown;
    return t.mock.method(fs, name, (...args: unknown[]) => {
      if (made >= last) throw new Error('killed');
      made += 1;
      return real(...args);
    });
  });
  syncBuiltinESMExports();
  return () => {
    for (const { mock } of mocks) mock.restore();
    syncBuiltinESMExports();
  };
}

/** How many files below `folder` have these bytes in them. */
const filesWith = (folder: string, bytes: string | Buffer) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter(
    (one) => one.isFile() && readFileSync(path.join(one.parentPath, one.name)).includes(bytes),
  ).length;

for (const [having, hasSnapshot] of [
  ['a snapshot', true],
  ['none', false],
] as const)
  test(`a restoring that is cut short anywhere is done again, with ${having}`, (t) => {
    for (let last = 0; ; last += 1) {
      const { library } = freshPlace(t);
      const file = madeCatalog(library);
      const word = 'written last';
      const noise = Buffer.alloc(4096, 0xa5);
      const db = openFile(file, false);
      db.prepare("UPDATE memory SET value = ? WHERE name = 'n5'").run(word.padEnd(60));
      const [main, log] = [readFileSync(file), readFileSync(`${file}-wal`)];
      db.close();
      noise.copy(main);
      writeFileSync(file, main);
      writeFileSync(`${file}-wal`, log);
      if (!hasSnapshot) rmSync(path.join(library, 'snapshots'), { recursive: true });

      const revive = dieAfter(t, last);
      let isDead = false;
      try {
        openSoundCatalog(library).db.close();
      } catch {
        isDead = true;
      }
      revive();
      assert.equal(
        opened(library).rows,
        hasSnapshot ? 2_000 : 0,
        `cut short after ${String(last)}`,
      );
      const damaged = path.join(library, 'damaged');
      assert.equal(filesWith(damaged, noise), 1);
      assert.equal(filesWith(damaged, word), 1);
      if (isDead) continue;
      assert.ok(last > 3, 'it died at every step before');
      break;
    }
  });

test('a snapshot that there is no room for leaves the damaged catalog in its place', (t) => {
  const { library } = freshPlace(t);
  const file = madeCatalog(library);
  overwrite(file, 0, Buffer.alloc(4096));
  const bad = readFileSync(file);
  const copying = t.mock.method(fs, 'copyFileSync', (from: string, to: string) => {
    writeFileSync(to, readFileSync(from).subarray(0, 50_000));
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  });
  syncBuiltinESMExports();
  assert.throws(() => openSoundCatalog(library), { code: 'disk-full' });
  copying.mock.restore();
  syncBuiltinESMExports();
  assert.ok(readFileSync(file).equals(bad));
  assert.equal(readdirSync(path.join(library, 'snapshots')).length, 1);
  assert.equal(opened(library).rows, 2_000);
});

test('a broken page of a large catalog is met while it is in use: the snapshot comes back', async (t) => {
  const { library } = freshPlace(t);
  mkdirSync(library, { recursive: true });
  const db = openCatalog(library);
  db.exec("INSERT INTO folders (id, path, identity) VALUES (1, '/nowhere', '1:1')");
  const put = db.prepare(
    `INSERT INTO photos (picture, format, width, height, damaged, taken_at, taken_source, camera, places, revision)
     VALUES (randomblob(32), 'jpeg', 4, 3, 0, @at, 'mtime', hex(zeroblob(35000)), x'01000000', @at)`,
  );
  for (let at = 1; at <= 300; at += 1) put.run({ at });
  db.close();
  takeSnapshot(library);
  const [snapshot] = listSnapshots(library);
  const noise = Buffer.alloc(2_000_000, 0xa5);
  overwrite(path.join(library, 'catalog.sqlite'), 8_192_000, noise);

  const restarted = Promise.withResolvers<unknown>();
  const engine = await openTestEngine(library, {}, { onRestart: restarted.resolve });
  engine.call('tags.tree', { query: query() }).catch(() => undefined);
  await restarted.promise;
  const { restored } = await engine.call('status.get', {});
  assert.deepEqual(restored, { takenMs: snapshot?.takenMs });
});

test('a snapshot that there is no room for leaves nothing behind', { skip: onWindows }, (t) => {
  const { library } = freshPlace(t);
  const file = madeCatalog(library);
  const before = readdirSync(path.join(library, 'snapshots'));
  const snapshots = new URL('../../engine/catalog/snapshots.ts', import.meta.url).href;
  const take = `import(${JSON.stringify(snapshots)}).then((it) => it.takeSnapshot(${JSON.stringify(library)}))`;
  // No file may grow to the catalog's size, in blocks of 512 bytes.
  const most = String(Math.floor(statSync(file).size / 1024));
  const limited = `trap '' XFSZ; ulimit -f ${most}; exec "$0" -e "$1"`;
  const { status, stderr } = spawnSync('sh', ['-c', limited, process.execPath, take]);
  assert.equal(status, 1, stderr.toString());
  assert.match(stderr.toString(), /SQLITE_(?:FULL|IOERR_WRITE)/);
  assert.deepEqual(readdirSync(path.join(library, 'snapshots')), before);
});
