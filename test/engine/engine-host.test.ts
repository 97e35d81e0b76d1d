/** The shell's one engine: whatever a person presses, there is one, and it answers. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
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
