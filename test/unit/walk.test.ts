/** Which names are photos and which are left alone. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { isForeign, listDirectory } from '../../engine/walk.ts';
import { packListing, unpackListing } from '../../engine/walker.ts';

describe('one directory', () => {
  test('is listed: photos by name, folders, and no foreign thing', (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'wanwu-walk-'));
    t.after(() => {
      rmSync(folder, { recursive: true });
    });
    for (const name of [
      'a.JPG',
      'b.heic',
      'c.txt',
      '.d.jpg',
      '._e.jpg',
      'f.jpg.part',
      'g.mp4',
      'b.MOV',
      'A.CR2',
      'photo',
    ])
      writeFileSync(path.join(folder, name), 'x');
    for (const name of ['sub.jpg', '@eaDir', '.Trash-1000', '$RECYCLE.BIN', '__MACOSX'])
      mkdirSync(path.join(folder, name));
    symlinkSync(folder, path.join(folder, 'loop'));
    symlinkSync(path.join(folder, 'a.JPG'), path.join(folder, 'link.jpg'));
    const listing = listDirectory(Buffer.from(folder));
    assert.ok('files' in listing);
    const names = listing.files.map(({ name }) => name.toString()).sort();
    assert.deepEqual(names, ['a.JPG', 'b.heic', 'g.mp4', 'link.jpg']);
    const companions = listing.files.flatMap((file) => file.companions).sort();
    assert.deepEqual(companions, ['A.CR2', 'b.MOV']);
    assert.deepEqual(listing.directories.map(String), ['sub.jpg']);
  });
  test('that is gone says so', () => {
    assert.deepEqual(listDirectory(Buffer.from('/nonexistent/folder')), {
      unreadable: 'ENOENT',
    });
  });
  test('foreign names in any case', () => {
    for (const name of ['.hidden', '@EADIR', '$Recycle.Bin', 'System Volume Information', 'x.part'])
      assert.ok(isForeign(name), name);
    for (const name of ['照片', 'lost', 'a.jpg', 'partial']) assert.ok(!isForeign(name), name);
  });
});

describe('a listing between threads', () => {
  test('arrives as it was sent, whatever bytes the names have', () => {
    const stamp = (n: bigint) => ({
      size: Number(n),
      mtimeNs: -n,
      device: n,
      inode: 2n ** 63n - n,
    });
    const listing = {
      files: [
        { name: Buffer.from('猫\n.jpg'), stamp: stamp(1n), companions: [] },
        {
          name: Buffer.from([0xff, 0xfe, 0x2e]),
          stamp: stamp(2n ** 40n),
          companions: ['猫.MOV', 'b'],
        },
      ],
      directories: [Buffer.from('sub'), Buffer.from([0x80])],
    };
    assert.deepEqual(unpackListing(structuredClone(packListing(listing))), listing);
    const nothing = { files: [], directories: [] };
    assert.deepEqual(unpackListing(packListing(nothing)), nothing);
  });
});
