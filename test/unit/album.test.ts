/** What the window asks of an engine that has much to say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

type Listener = (text: string) => void;

/** A bridge that answers nothing, with the methods that were asked for. */
function silentBridge() {
  const asked: string[] = [];
  const listeners: Listener[] = [];
  const port = {
    send: (text: string) => {
      asked.push((JSON.parse(text) as { method: string }).method);
    },
    onFrame: (listener: Listener) => {
      listeners.push(listener);
    },
  };
  const emit = (event: string, data: unknown) => {
    for (const listener of listeners) listener(JSON.stringify({ event, data }));
  };
  return { asked, emit, bridge: { engine: port, shell: port, pathOf: () => '' } };
}

test('a list that is still on its way is not asked for again with every change', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const { asked, emit, bridge } = silentBridge();
  const { setTimeout, setInterval } = globalThis;
  Object.assign(globalThis, {
    window: { wanwu: bridge, setTimeout, setInterval },
    document: { hidden: true },
    localStorage: { getItem: () => null, setItem: () => undefined },
  });
  const { start } = await import('../../renderer/album.ts');
  start();
  for (let skipped = 1; skipped <= 40; skipped += 1) {
    const counts = { pending: 1, indexed: 0, failed: 0, skipped };
    const stages = { read: {}, decode: {}, infer: {}, save: {} };
    emit('status.changed', { idle: false, counts, stages, paused: null });
    t.mock.timers.tick(250);
  }
  assert.equal(asked.filter((method) => method === 'files.failed').length, 1);
});
