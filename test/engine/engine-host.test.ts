/** The shell's one engine: whatever a person presses, there is one, and it answers. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngineHost } from '../../electron/engine-host.ts';
import { engineOptions } from '../../engine/options.ts';
import { freshPlace } from './harness.ts';

test('a double click on starting it anew starts one engine', async (t) => {
  const { library } = freshPlace(t);
  const host = openEngineHost({
    node: process.execPath,
    entry: fileURLToPath(new URL('../../engine/main.ts', import.meta.url)),
    options: engineOptions({ library, device: 'cpu' }),
  });
  t.after(() => host.close());
  await host.call('status.get', {});
  const ends = await Promise.allSettled([host.restart(), host.restart()]);
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['fulfilled', 'fulfilled'],
  );
  assert.deepEqual(host.state(), { engine: 'running', error: null });
  await host.call('status.get', {});
});

test('closing does not wait for an engine that still starts', async (t) => {
  const { library, photos } = freshPlace(t);
  const entry = path.join(photos, 'never-ready.mjs');
  writeFileSync(entry, `process.on('disconnect', () => process.exit(0));`);
  const options = engineOptions({ library, device: 'cpu' });
  const host = openEngineHost({ node: process.execPath, entry, options });
  const refused = assert.rejects(host.call('status.get', {}), { code: 'engine-gone' });
  const closed = host.close().then(() => 'closed');
  assert.equal(await Promise.race([closed, sleep(5_000, 'waits', { ref: false })]), 'closed');
  await refused;
});

test('an engine that dies each time is started ever later, and then given up', async (t) => {
  const { library, photos } = freshPlace(t);
  const entry = path.join(photos, 'short-lived.mjs');
  const starts = path.join(photos, 'starts');
  writeFileSync(
    entry,
    `import { appendFileSync } from 'node:fs';
    appendFileSync(${JSON.stringify(starts)}, Date.now() + '\\n');
    process.send({ ready: true, blames: false }, () => process.kill(process.pid, 'SIGKILL'));`,
  );
  const options = engineOptions({ library, device: 'cpu' });
  const host = openEngineHost({ node: process.execPath, entry, options });
  t.after(() => host.close());
  const states: string[] = [];
  await new Promise<void>((resolve) => {
    host.onState(({ engine }) => {
      states.push(engine);
      if (engine === 'failed') resolve();
    });
  });
  assert.deepEqual(host.state().error, { code: 'engine-gone', detail: 'SIGKILL' });
  const times = readFileSync(starts, 'utf8').trim().split('\n').map(Number);
  const waits = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  assert.equal(waits.length, 4, states.join(' '));
  // A clock may be a little behind the timer; how long a start takes is another matter.
  assert.ok(
    [90, 290, 890, 2_690].every((least, at) => (waits[at] ?? 0) >= least),
    waits.join(' '),
  );
});
