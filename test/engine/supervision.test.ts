/** Engines that are killed, crash or hang: the work goes on, only the guilty file fails, nobody is left behind. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Status } from '../../common/contract.ts';
import { automatic } from '../../engine/settings.ts';
import { faultyNode } from './faults.ts';
import {
  copySamples,
  freshPlace,
  manyPhotos,
  openTestEngine,
  show,
  spawnWanwu,
  tagAll,
  untilIdle,
  untilStatus,
  wanwu,
} from './harness.ts';

const onLinux = { skip: process.platform !== 'linux' && 'reads /proc' };

/** Everything that tagging leaves in a catalog, without ids and times of day. */
function contents(library: string): unknown {
  const db = new Database(path.join(library, 'catalog.sqlite'), { readonly: true });
  try {
    const all = (sql: string) => db.prepare(sql).all();
    return {
      files: all(
        'SELECT CAST(name AS TEXT) AS name, state, reason, picture FROM files LEFT JOIN photos ON photos.id = photo ORDER BY 1',
      ),
      photos: all('SELECT hex(picture), hex(tags) FROM photos ORDER BY 1'),
      scores: all(
        'SELECT hex(picture), pack, hex(scores) FROM scores JOIN photos ON photos.id = photo ORDER BY 1, 2',
      ),
      healthy: db.pragma('integrity_check', { simple: true }),
    };
  } finally {
    db.close();
  }
}

/** The engine that a command line has started; null between two. */
function childOf(pid: number): number | null {
  const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
  const [first] = children.trim().split(' ');
  return first === undefined || first === '' ? null : Number(first);
}

/** A process that has ended stays a zombie until somebody reaps it. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(isTrue: () => boolean, patienceMs: number, what: string): Promise<number> {
  const started = performance.now();
  while (!isTrue()) {
    assert.ok(performance.now() - started < patienceMs, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - started;
}

/** Adds a folder and waits until all is settled, through any number of deaths. */
async function tagThroughDeaths(library: string, photos: string, node: string) {
  const settled = Promise.withResolvers<Status>();
  let restarts = 0;
  let added = false;
  const add = async () => {
    added = false;
    await engine.call('folders.add', { paths: [photos] });
    added = true;
    look(await engine.call('status.get', {}));
  };
  const look = (status: Status) => {
    if (added && status.idle) settled.resolve(status);
  };
  const tryAdd = () => {
    add().catch((error: unknown) => {
      if (!String(error).includes('engine-gone')) settled.reject(error);
    });
  };
  const engine = await openTestEngine(
    library,
    { decodeWorkers: 2 },
    {
      onRestart: () => {
        restarts += 1;
        tryAdd();
      },
      onGiveUp: settled.reject,
    },
    node,
  );
  engine.on('status.changed', look);
  tryAdd();
  return { engine, status: await settled.promise, restarts };
}

describe('kill -9', () => {
  test(
    'of the engine, ten times during `tag`: the same catalog, no photo failed',
    onLinux,
    async (t) => {
      const { library, photos } = freshPlace(t);
      const quiet = freshPlace(t);
      manyPhotos(photos, 'dog-shepherd', 100);
      manyPhotos(photos, 'coffee-cup', 100);
      const undisturbed = await wanwu(['tag', photos, '--json'], quiet.library);
      assert.equal(undisturbed.code, 0);

      const command = spawnWanwu(['tag', photos, '--json'], library);
      const pid = command.pid ?? 0;
      let output = '';
      command.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      let said = '';
      command.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      const closed = once(command, 'close');
      let kills = 0;
      while (kills < 10 && command.exitCode === null) {
        // The command tells of each new engine once it answers.
        const engines = said.split('已重新启动').length - 1;
        const engine = engines === kills && isWorking(library) ? childOf(pid) : null;
        if (engine !== null) {
          process.kill(engine, 'SIGKILL');
          kills += 1;
        }
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await closed;
      assert.deepEqual([command.exitCode, kills], [0, 10], said);
      const done = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, number>;
      assert.deepEqual(
        [done['seen'], done['tagged'], done['failed'], done['skipped']],
        [200, 200, 0, 0],
      );
      assert.deepEqual(contents(library), contents(quiet.library));
    },
  );

  test('of the parent: its engine ends within three seconds', onLinux, async (t) => {
    const { library, photos } = freshPlace(t);
    manyPhotos(photos, 'dog-shepherd', 200);
    const command = spawnWanwu(['watch', photos], library);
    command.stderr.resume();
    const pid = command.pid ?? 0;
    let engine = 0;
    await until(
      () => (engine = childOf(pid) ?? 0) > 0 && isWorking(library),
      20_000,
      'the engine works',
    );
    process.kill(pid, 'SIGKILL');
    const ms = await until(() => !isAlive(engine), 3_000, 'the engine is gone');
    t.diagnostic(`the engine ended after ${ms.toFixed(0)} ms`);
    const after = await wanwu(['tag', photos, '--json'], library);
    assert.match(after.stdout, /"seen":200,.*"failed":0/);
  });
});

/** Whether an engine has files in flight. */
function isWorking(library: string): boolean {
  try {
    const db = new Database(path.join(library, 'catalog.sqlite'), { readonly: true });
    try {
      return db.prepare("SELECT 1 FROM files WHERE state = 'reading'").get() !== undefined;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

describe('Ctrl-C', () => {
  test('ends the work at once with 130, and the next run goes on', onLinux, async (t) => {
    const { library, photos } = freshPlace(t);
    manyPhotos(photos, 'dog-shepherd', 200);
    const command = spawnWanwu(['tag', photos], library);
    const pid = command.pid ?? 0;
    let said = '';
    command.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const closed = once(command, 'close');
    await until(() => isWorking(library), 20_000, 'the engine works');
    const engine = childOf(pid) ?? 0;
    command.kill('SIGINT');
    assert.deepEqual(await closed, [130, null]);
    assert.match(said, /^已停止。下次运行会从这里继续。\n$/);
    assert.ok(!isAlive(engine));
    const after = await wanwu(['tag', photos, '--json'], library);
    assert.match(after.stdout, /"seen":200,.*"failed":0/);
  });
});

describe('a file that', () => {
  test('crashes the engine fails alone; the innocent beside it are tagged', async (t) => {
    const { library, photos } = freshPlace(t);
    const [guilty = ''] = copySamples(photos, 'horses');
    manyPhotos(photos, 'dog-shepherd', 12);
    const node = faultyNode(path.dirname(library), { crash: 'horses' });
    const { engine, status, restarts } = await tagThroughDeaths(library, photos, node);
    assert.deepEqual(status.counts, { pending: 0, indexed: 12, failed: 1, skipped: 0 });
    assert.ok(restarts >= 2 && restarts <= 3, String(restarts));
    const { reason } = await show(engine, guilty);
    assert.equal(reason?.code, 'crashed');
  });

  test('crashes it among many such files is no reason to give up', async (t) => {
    const { library, photos } = freshPlace(t);
    manyPhotos(photos, 'horses', 4);
    manyPhotos(photos, 'dog-shepherd', 12);
    const node = faultyNode(path.dirname(library), { crash: 'horses' });
    const { status, restarts } = await tagThroughDeaths(library, photos, node);
    assert.deepEqual(status.counts, { pending: 0, indexed: 12, failed: 4, skipped: 0 });
    assert.ok(restarts >= 8, String(restarts));
  });

  test('hangs for ever fails alone; the innocent beside it are tagged', async (t) => {
    const { library, photos } = freshPlace(t);
    const [guilty = ''] = copySamples(photos, 'horses');
    manyPhotos(photos, 'dog-shepherd', 12);
    const node = faultyNode(path.dirname(library), { hang: 'horses', clock: 30 });
    const { engine, status, restarts } = await tagThroughDeaths(library, photos, node);
    assert.deepEqual(status.counts, { pending: 0, indexed: 12, failed: 1, skipped: 0 });
    assert.ok(restarts >= 2 && restarts <= 3, String(restarts));
    const { reason } = await show(engine, guilty);
    assert.equal(reason?.code, 'timed-out');
  });
});

test('a machine that sleeps in the middle of work ends nothing', onLinux, async (t) => {
  const { library, photos } = freshPlace(t);
  manyPhotos(photos, 'dog-shepherd', 100);
  const node = faultyNode(path.dirname(library), { clock: 30 });
  let deaths = 0;
  const onDeath = () => (deaths += 1);
  const engine = await openTestEngine(library, { decodeWorkers: 2 }, { onDeath }, node);
  await engine.call('folders.add', { paths: [photos] });
  await untilStatus(engine, ({ counts }) => counts.indexed > 0);
  const pid = engine.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  process.kill(pid, 'SIGCONT');
  const { counts } = await untilIdle(engine);
  assert.deepEqual(counts, { pending: 0, indexed: 100, failed: 0, skipped: 0 });
  assert.equal(deaths, 0);
});

test(
  'an engine that is closed while it is started again leaves nobody behind',
  onLinux,
  async (t) => {
    const { library } = freshPlace(t);
    const engine = await openTestEngine(library);
    const before = engine.pid ?? 0;
    process.kill(before, 'SIGKILL');
    await until(() => !isAlive(before), 3_000, 'the engine is gone');
    await engine.close();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const children = readdirSync('/proc').filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(library);
      } catch {
        return false;
      }
    });
    assert.deepEqual(children, []);
  },
);

test('a full disk pauses the work, and space lets it go on', async (t) => {
  const { library, photos } = freshPlace(t);
  manyPhotos(photos, 'dog-shepherd', 150);
  const folder = path.dirname(library);
  for (const kind of ['fullCatalog', 'fullThumbnails'] as const)
    await t.test(kind, async (inner) => {
      const place = freshPlace(inner);
      const flag = path.join(folder, 'full');
      writeFileSync(flag, '');
      const node = faultyNode(folder, { [kind]: flag });
      const engine = await openTestEngine(place.library, {}, {}, node);
      const pid = engine.pid;
      const paused = Promise.withResolvers<undefined>();
      engine.on('status.changed', (status) => {
        if (status.paused === 'disk-full') paused.resolve(undefined);
      });
      const working = tagAll(engine, photos);
      await paused.promise;
      rmSync(flag);
      const status = await working;
      assert.deepEqual(status.counts, { pending: 0, indexed: 150, failed: 0, skipped: 0 });
      assert.equal(status.paused, null);
      assert.equal(engine.pid, pid);
    });
});

test('a word that a full disk has no room for is refused in words', async (t) => {
  const { library, photos } = freshPlace(t);
  const [cat = ''] = copySamples(photos, 'cat-chelsea');
  const flag = path.join(path.dirname(library), 'full');
  const node = faultyNode(path.dirname(library), { fullCatalog: flag });
  const engine = await openTestEngine(library, {}, {}, node);
  await tagAll(engine, photos);
  const photo = (await show(engine, cat)).photo?.id ?? 0;
  writeFileSync(flag, '');
  const say = (tag: string) => engine.call('photos.decide', { photo, tag, verdict: 'added' });
  const sayMuch = async () => {
    for (let at = 0; at < 100; at += 1) await say('旺'.repeat(190) + String(at));
  };
  await assert.rejects(sayMuch(), { code: 'disk-full' });
  const token = { ...automatic, serverToken: 'x'.repeat(30_000) };
  await assert.rejects(engine.call('settings.set', token), { code: 'disk-full' });
  assert.deepEqual(await engine.call('settings.get', {}), automatic);
  rmSync(flag);
  // The fault looks at its flag now and then.
  await sleep(200);
  assert.ok((await say('旺财')).tags.some(({ name }) => name === '旺财'));
});

test('an engine waits for the one that is still ending', async (t) => {
  const { library } = freshPlace(t);
  await (await openTestEngine(library)).close();
  const ending = new Database(path.join(library, 'engine.lock'));
  ending.exec('BEGIN EXCLUSIVE');
  const start = openTestEngine(library);
  await sleep(1_000);
  ending.close();
  assert.equal((await (await start).call('status.get', {})).idle, true);
});
