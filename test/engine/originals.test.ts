/** Originals are never written to: not a byte, not a time, not a name, and no system call that could. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { copySamples, freshPlace, wanwu } from './harness.ts';

const cli = fileURLToPath(new URL('../../engine/cli.ts', import.meta.url));

function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const file = path.join(folder, name);
      const { mtimeNs, ctimeNs, mode, ino } = statSync(file, { bigint: true });
      const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
      return [name, mtimeNs, ctimeNs, mode, ino, hash].map(String).join(' ');
    });
}

function makeAlbum(photos: string): void {
  copySamples(photos, 'cat-chelsea', 'dog-shepherd');
  writeFileSync(path.join(photos, 'text.jpg'), 'no picture');
  writeFileSync(path.join(photos, 'empty.jpg'), '');
}

test('bytes, times, names and inodes stay as they were', async (t) => {
  const { library, photos } = freshPlace(t);
  makeAlbum(photos);
  const before = snapshot(photos);
  for (const args of [
    ['tag', photos],
    ['tag', photos],
    ['show', path.join(photos, 'cat-chelsea.jpg')],
  ])
    assert.equal((await wanwu(args, library)).code, 0);
  assert.deepEqual(snapshot(photos), before);
});

const canTrace =
  process.platform === 'linux' && spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

test(
  'no call opens one for writing, renames or removes it',
  { skip: !canTrace && 'strace is not here, or may not trace' },
  (t) => {
    const { library, photos } = freshPlace(t);
    makeAlbum(photos);
    const trace = path.join(path.dirname(library), 'trace');
    const calls =
      'open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,chown,fchownat,utimensat,setxattr';
    const args = ['-f', '-qq', '-s', '4096', '-e', `trace=${calls}`, '-o', trace];
    const { status, stderr } = spawnSync(
      'strace',
      [...args, process.execPath, cli, 'tag', photos, '--library', library],
      { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    const touching = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${photos}/`) || line.includes(`"${photos}"`));
    const isReading = (line: string) =>
      /\bopen(at)?\(.*O_RDONLY/.test(line) && !/O_(CREAT|TRUNC)/.test(line);
    assert.ok(touching.filter(isReading).length >= 4, 'the trace shows the reading');
    assert.deepEqual(
      touching.filter((line) => !isReading(line) && !/resumed|exited/.test(line)),
      [],
    );
  },
);
