/** Reading an original safely: what is refused, and what changes under the reader's hands. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { contractTexts, languages } from '../../common/texts.ts';
import { maxFileBytes, readOriginal } from '../../engine/decode/read.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'wanwu-read-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const place = (name: string) => path.join(folder, name);
const read = (file: string, room: (bytes: number) => Buffer = Buffer.alloc) =>
  readOriginal(Buffer.from(file), { glance: () => null, room });
const reasonOf = (file: string) => {
  const result = read(file);
  return result.kind === 'refused' ? result.reason.code : result.kind;
};

describe('reading', () => {
  test('gives the bytes, in the room it asks for, and the stamp', () => {
    const file = place('a.jpg');
    writeFileSync(file, 'twelve bytes');
    const asked: number[] = [];
    const room = Buffer.alloc(12);
    const result = read(file, (bytes) => {
      asked.push(bytes);
      return room;
    });
    assert.ok(result.kind === 'read');
    assert.equal(result.bytes, room);
    assert.equal(room.toString(), 'twelve bytes');
    assert.equal(result.stamp.size, 12);
    assert.deepEqual(asked, [12]);
  });
  test('ends at the first bytes where a glance at them says so', () => {
    const reason = { code: 'not-a-picture' as const, detail: '' };
    const result = readOriginal(Buffer.from(place('a.jpg')), {
      glance: (head) => (head.toString() === 'twelve bytes' ? reason : null),
      room: () => {
        assert.fail('no memory is asked for');
      },
    });
    assert.ok(result.kind === 'refused');
    assert.deepEqual(result.reason, reason);
  });
  test('refuses what is no photo file, each with its reason', () => {
    writeFileSync(place('empty.jpg'), '');
    writeFileSync(place('huge.jpg'), '');
    truncateSync(place('huge.jpg'), maxFileBytes + 1);
    mkdirSync(place('folder.jpg'));
    assert.equal(reasonOf(place('empty.jpg')), 'empty');
    assert.equal(reasonOf(place('huge.jpg')), 'file-too-large');
    assert.equal(reasonOf(place('folder.jpg')), 'not-a-file');
    assert.equal(reasonOf(place('nothing.jpg')), 'gone');
    assert.equal(reasonOf(path.join(place('a.jpg'), 'b.jpg')), 'gone');
  });
  test('refuses from the size on that people are told', () => {
    const megabytes = `${String(maxFileBytes / 1e6)} MB`;
    for (const language of languages)
      assert.ok(contractTexts[language].reasons['file-too-large'].includes(megabytes), language);
  });
  test('follows no link, loop or not', () => {
    symlinkSync(place('a.jpg'), place('link.jpg'));
    symlinkSync(place('loop.jpg'), place('loop.jpg'));
    assert.equal(reasonOf(place('link.jpg')), 'link');
    assert.equal(reasonOf(place('loop.jpg')), 'link');
  });
  test('never waits on a FIFO', { skip: process.platform === 'win32' }, () => {
    execFileSync('mkfifo', [place('fifo.jpg')]);
    const started = performance.now();
    assert.equal(reasonOf(place('fifo.jpg')), 'not-a-file');
    assert.ok(performance.now() - started < 50);
  });
});

describe('a file that changes while it is read is asked for again', () => {
  const changes: [name: string, change: (file: string) => void][] = [
    [
      'cut off',
      (file) => {
        truncateSync(file, 10);
      },
    ],
    [
      'grown',
      (file) => {
        appendFileSync(file, 'more');
      },
    ],
    [
      'touched',
      (file) => {
        utimesSync(file, 1, 1);
      },
    ],
  ];
  for (const [name, change] of changes)
    test(name, () => {
      const file = place('changing.jpg');
      writeFileSync(file, 'x'.repeat(100_000));
      const { kind } = read(file, (bytes) => {
        change(file);
        return Buffer.alloc(bytes);
      });
      assert.equal(kind, 'changed');
    });
});
