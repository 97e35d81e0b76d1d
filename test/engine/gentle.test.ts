/** Giving way to the person: fewer threads while it lasts, nothing lost, and who may ask for it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { describe, test } from 'node:test';
import { freshPlace, manyPhotos, openTestEngine, untilIdle, untilStatus } from './harness.ts';

const half = Math.max(1, Math.floor(os.availableParallelism() / 2));
const usual = os.availableParallelism() + 2;
const onLinux = { skip: process.platform !== 'linux' && 'reads /proc' };

test('a person who comes and goes changes the threads while photos are tagged, and no photo is lost', async (t) => {
  const { library, photos } = freshPlace(t);
  const count = manyPhotos(photos, 'horses', 150).length;
  const engine = await openTestEngine(library);
  await engine.call('folders.add', { paths: [photos] });
  await untilStatus(engine, ({ counts }) => counts.indexed >= 10);
  const threads: number[] = [];
  for (const reason of ['using', null, 'battery', null] as const) {
    await engine.call('work.gentle', { reason });
    const phase = reason === null ? 'steady' : 'gentle';
    const { tuning } = await untilStatus(engine, (status) =>
      reason === null
        ? status.tuning.phase !== 'gentle'
        : status.tuning.phase === phase && status.tuning.reason === reason,
    );
    threads.push(tuning.decodeWorkers);
  }
  assert.deepEqual([threads[0], threads[2]], [half, half]);
  for (const after of [threads[1], threads[3]]) assert.ok(after !== undefined && after > half);
  const { counts } = await untilIdle(engine);
  assert.deepEqual(counts, { pending: 0, indexed: count, failed: 0, skipped: 0 });
  const { photos: failed } = await engine.call('files.failed', {});
  assert.deepEqual(failed, []);
});

describe('who decides', () => {
  test('the person: always, or never', async (t) => {
    const { library } = freshPlace(t);
    const engine = await openTestEngine(library);
    const settings = await engine.call('settings.get', {});
    assert.equal(settings.gentle, 'auto');
    await engine.call('settings.set', { ...settings, gentle: 'on' });
    const on = await untilStatus(engine, ({ tuning }) => tuning.phase === 'gentle');
    assert.equal(on.tuning.reason, 'asked');
    await engine.call('settings.set', { ...settings, gentle: 'off' });
    await engine.call('work.gentle', { reason: 'using' });
    const off = await untilStatus(engine, ({ tuning }) => tuning.phase !== 'gentle');
    assert.equal(off.tuning.decodeWorkers, usual);
  });

  test('the command line is gentle when asked, whatever the library says', async (t) => {
    const { library } = freshPlace(t);
    const engine = await openTestEngine(library, { gentle: false });
    const settings = await engine.call('settings.get', {});
    await engine.call('settings.set', { ...settings, gentle: 'on' });
    await engine.call('work.gentle', { reason: 'battery' });
    // Two ticks of the tuner.
    await new Promise((done) => setTimeout(done, 600));
    assert.equal((await engine.call('status.get', {})).tuning.decodeWorkers, usual);
    await engine.close();
    const gentle = await openTestEngine(library, { gentle: true });
    const { tuning } = await untilStatus(gentle, (status) => status.tuning.phase === 'gentle');
    assert.equal(tuning.decodeWorkers, half);
  });

  test('asked for from the start, every thread has a lower priority', onLinux, async (t) => {
    const { library } = freshPlace(t);
    const engine = await openTestEngine(library, { gentle: true });
    const tasks = `/proc/${String(engine.pid)}/task`;
    const nice = readdirSync(tasks).map((task) => {
      const stat = readFileSync(`${tasks}/${task}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
    });
    assert.ok(nice.length > 5);
    const lowered = nice.filter((value) => value === os.constants.priority.PRIORITY_BELOW_NORMAL);
    // V8's own threads were there before.
    assert.ok(lowered.length >= half + 3, String(nice));
  });
});
