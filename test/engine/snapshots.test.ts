/** A damaged catalog: the bad copy is kept, the newest whole snapshot takes its place, nothing stops the start. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
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
