/** Every command as a program sees it: exit codes, a clean stdout, the shape of its JSON. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import {
  copySamples,
  freshPlace,
  openTestEngine,
  samples,
  tagAll,
  wanwu,
  type Ran,
} from './harness.ts';

function json(ran: Ran): unknown {
  assert.equal(ran.stderr, '');
  assert.equal(ran.code, 0);
  const lines = ran.stdout.trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '');
}
/** The keys of an object and of the first thing in each of its lists. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]));
}

test('the whole command line on a small album', async (t) => {
  const { library, photos } = freshPlace(t);
  const [cat = '', dog = ''] = copySamples(photos, 'cat-chelsea', 'dog-shepherd');
  copyFileSync(dog, path.join(photos, 'dog-copy.jpg'));
  writeFileSync(path.join(photos, 'empty.jpg'), '');
  writeFileSync(path.join(photos, 'text.jpg'), 'no picture');
  const run = (...args: string[]) => wanwu(args, library);

  await t.test('questions before there is a library', async () => {
    const ran = await run('search', '猫', '--json');
    assert.equal(ran.code, 1);
    assert.equal(ran.stdout, '');
    assert.match(ran.stderr, /^还没有图库.*\n$/);
  });
  await t.test('tag: every line JSON, the last one counts files', async () => {
    const ran = await run('tag', photos, '--json');
    const done = json(ran) as Record<string, unknown>;
    for (const line of ran.stdout.trim().split('\n')) JSON.parse(line);
    assert.deepEqual(shape(done), {
      event: 'string',
      seen: 'number',
      tagged: 'number',
      unchanged: 'number',
      failed: 'number',
      skipped: 'number',
      seconds: 'number',
      photosPerSecond: 'number',
      device: 'string',
    });
    const { seen, tagged, unchanged, failed, skipped, device } = done;
    assert.deepEqual(
      { seen, tagged, unchanged, failed, skipped, device },
      {
        seen: 5,
        tagged: 3,
        unchanged: 0,
        failed: 1,
        skipped: 1,
        device: 'cpu',
      },
    );
  });
  await t.test('tag again: nothing is read', async () => {
    const { tagged, unchanged, failed, skipped } = json(
      await run('tag', photos, '--json'),
    ) as Record<string, number>;
    assert.deepEqual([tagged, unchanged, failed, skipped], [0, 3, 1, 1]);
  });
  await t.test('tag for people: words on stdout, nothing alarming on stderr', async () => {
    const ran = await run('tag', photos);
    assert.equal(ran.code, 0);
    assert.match(ran.stdout, /完成：共 5 张，新识别 0，未变化 3，失败 1，跳过 1/);
    assert.equal(ran.stderr, '');
  });
  await t.test('search', async () => {
    const found = json(await run('search', '猫', '--json')) as {
      total: number;
      photos: { path: string; tags: unknown[] }[];
    };
    assert.equal(found.total, 1);
    assert.equal(found.photos[0]?.path, cat);
    assert.deepEqual(shape(found.photos[0].tags), [
      { name: 'string', score: 'number', source: 'string' },
    ]);
    const limited = json(await run('search', '动物', '--limit', '1', '--json')) as typeof found;
    assert.equal(limited.total, 2);
    assert.equal(limited.photos.length, 1);
  });
  await t.test('tags', async () => {
    const { tags } = json(await run('tags', '--json')) as {
      tags: { name: string; count: number }[];
    };
    assert.deepEqual(
      tags.find(({ name }) => name === '动物'),
      { name: '动物', count: 2 },
    );
  });
  await t.test('show', async () => {
    const shown = json(await run('show', dog, '--json')) as Record<string, unknown>;
    const { status, reason, width, height, hash, takenAt, takenSource, tags, copies } = shown;
    assert.deepEqual(
      [
        status,
        reason,
        typeof width,
        typeof height,
        typeof hash,
        typeof takenAt,
        typeof takenSource,
      ],
      ['indexed', null, 'number', 'number', 'string', 'string', 'string'],
    );
    assert.ok((tags as { name: string }[]).some(({ name }) => name === '狗'));
    assert.deepEqual(copies, [path.join(photos, 'dog-copy.jpg')]);
    assert.ok(!('scores' in shown));
    const { scores } = json(await run('show', dog, '--scores', '--json')) as {
      scores: { name: string; score: number; labels: string[] }[];
    };
    assert.ok(
      scores.some(({ labels }) => labels.length > 0) &&
        scores.some(({ labels }) => labels.length === 0),
    );
    const text = json(await run('show', path.join(photos, 'text.jpg'), '--json')) as Record<
      string,
      unknown
    >;
    assert.deepEqual([text['status'], text['reason']], ['failed', '内容不是图片']);
  });
  await t.test('show of a file that is not in the library', async () => {
    const ran = await run('show', path.join(photos, 'nothing.jpg'), '--json');
    assert.deepEqual([ran.code, ran.stdout], [1, '']);
    assert.match(ran.stderr, /^图库里没有这个文件/);
  });
  await t.test('failed', async () => {
    const { photos: listed } = json(await run('failed', '--json')) as {
      photos: Record<string, string>[];
    };
    assert.deepEqual(
      listed.map(({ path: file, status, reason }) => [path.basename(file ?? ''), status, reason]),
      [
        ['empty.jpg', 'skipped', '文件是空的'],
        ['text.jpg', 'failed', '内容不是图片'],
      ],
    );
  });
  await t.test('doctor', async () => {
    const info = json(await run('doctor', '--json')) as {
      devices: { device: string; available: boolean; code: string | null }[];
      library: Record<string, unknown>;
    };
    assert.deepEqual(info.devices.find(({ device }) => device === 'cpu')?.available, true);
    assert.equal(
      info.devices.find(({ device }) => device === 'dml')?.code,
      process.platform === 'win32' ? null : 'other-system',
    );
    const { healthy, photos: count, files } = info.library;
    assert.deepEqual([healthy, count, files], [true, 2, 5]);
    const words = await run('doctor');
    assert.equal(words.stderr, '');
    assert.doesNotMatch(words.stdout, /onnxruntime_src|\.cc:/);
  });
});

describe('a mistake', () => {
  const none = '/nonexistent/wanwu-library';
  for (const args of [
    [],
    ['frobnicate'],
    ['tag'],
    ['tag', '/nonexistent/folder'],
    ['tag', '--nonsense'],
    ['search'],
    ['packs', 'export-triton', 'folder', 'mine', 'another'],
    ['packs', 'frobnicate'],
    ['tag', '/tmp', '--device', 'http://::1:8000'],
  ])
    test(`exit 2 and one line: ${args.join(' ')}`, async () => {
      const ran = await wanwu(args, none);
      assert.equal(ran.code, 2);
      if (args.length > 0) {
        assert.equal(ran.stdout, '');
        assert.match(ran.stderr, /^[^\n]+\n$/);
      }
    });
  test('help is no mistake', async () => {
    const ran = await wanwu(['--help'], none);
    assert.deepEqual([ran.code, ran.stderr], [0, '']);
    assert.match(ran.stdout, /wanwu tag/);
  });
});

describe('the system refuses', () => {
  test('a folder for the GPU that cannot be made: one line', async (t) => {
    const { library, photos } = freshPlace(t);
    const below = path.join(photos, 'a-file');
    writeFileSync(below, '');
    const env = { WANWU_GPU_FOLDER: path.join(below, 'gpu') };
    const ran = await wanwu(['gpu', 'install', '--force', '--json'], library, env);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /^[^\n]*ENOTDIR[^\n]+\n$/);
  });
  test(
    'an answer that finds no room is not said to be given',
    { skip: !existsSync('/dev/full') },
    () => {
      const cli = fileURLToPath(new URL('../../engine/cli.ts', import.meta.url));
      const full = openSync('/dev/full', 'w');
      const ran = spawnSync(process.execPath, [cli, '--help'], { stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      assert.equal(ran.status, 1);
      assert.match(String(ran.stderr), /^[^\n]*ENOSPC[^\n]+\n$/);
    },
  );
});

test('a server that cannot be used is named with the reason, and the photos are tagged here', async (t) => {
  const { library, photos } = freshPlace(t);
  copySamples(photos, 'cat-chelsea');
  const ran = await wanwu(['tag', photos, '--device', 'http://127.0.0.1:9'], library);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /^推理服务器 http:\/\/127\.0\.0\.1:9：连不上（.*ECONNREFUSED.*）$/m);
  assert.match(ran.stdout, /新识别 1/);
});

describe('beside a running engine', () => {
  test('questions are answered, a second `tag` says that the library is in use', async (t) => {
    const { library, photos } = freshPlace(t);
    copySamples(photos, 'cat-chelsea');
    const engine = await openTestEngine(library);
    await tagAll(engine, photos);
    assert.equal(
      (json(await wanwu(['search', '猫', '--json'], library)) as { total: number }).total,
      1,
    );
    assert.equal(
      (json(await wanwu(['doctor', '--json'], library)) as { library: { photos: number } }).library
        .photos,
      1,
    );
    const second = await wanwu(['tag', photos], library);
    assert.deepEqual([second.code, second.stdout], [1, '']);
    assert.match(second.stderr, /^图库正被另一个引擎使用：?.*\n$/);
  });
});

describe('a library that cannot be opened says why', () => {
  async function tagged(
    t: TestContext,
  ): Promise<{ library: string; photos: string; file: string }> {
    const { library, photos } = freshPlace(t);
    copySamples(photos, 'cat-chelsea');
    await wanwu(['tag', photos], library);
    return { library, photos, file: path.join(library, 'catalog.sqlite') };
  }
  async function refuses(library: string, args: string[], message: RegExp): Promise<void> {
    const ran = await wanwu(args, library);
    assert.equal(ran.code, 1, args[0]);
    assert.match(ran.stderr, message, args[0]);
    assert.match(ran.stderr, /^[^\n]+\n$/, args[0]);
  }

  test('made by a newer version: it is left as it is', async (t) => {
    const { library, photos, file } = await tagged(t);
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
    const before = readFileSync(file);
    for (const args of [['tag', photos], ['search', '猫'], ['tags']])
      await refuses(library, args, /^图库由更新的版本创建/);
    assert.ok(readFileSync(file).equals(before));
  });

  const breakages: [name: string, breakIt: (file: string) => void][] = [
    [
      'no database at all',
      (file) => {
        writeFileSync(file, 'not a database, but long enough to be read as one'.repeat(100));
      },
    ],
    [
      'a broken page',
      (file) => {
        const bytes = readFileSync(file);
        bytes.fill(0xff, 100, 4096);
        writeFileSync(file, bytes);
      },
    ],
  ];
  for (const [name, breakIt] of breakages)
    test(`${name}: questions refuse, the next work sets it aside and goes on`, async (t) => {
      const { library, photos, file } = await tagged(t);
      breakIt(file);
      const broken = readFileSync(file);
      for (const args of [['search', '猫'], ['tags']])
        await refuses(library, args, /^图库目录文件已损坏/);
      const ran = await wanwu(['tag', photos], library);
      assert.equal(ran.code, 0);
      assert.match(ran.stderr, /damaged, kept in/);
      const aside = path.join(library, 'damaged');
      const [when = ''] = readdirSync(aside);
      assert.ok(readFileSync(path.join(aside, when, 'catalog.sqlite')).equals(broken));
      assert.match((await wanwu(['search', '宠物'], library)).stdout, /cat-chelsea/);
    });
  test(
    'a folder that cannot be written',
    { skip: process.getuid?.() === 0 && 'root may write anywhere' },
    async (t) => {
      const { photos } = freshPlace(t);
      const closed = path.join(photos, 'closed');
      mkdirSync(closed, { mode: 0o500 });
      const ran = await wanwu(['tag', samples], path.join(closed, 'library'));
      assert.equal(ran.code, 1);
      assert.match(ran.stderr, /^[^\n]+\n$/);
    },
  );
});
