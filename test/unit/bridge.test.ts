import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectBridge, type Bridge, type TextPort } from '../../common/bridge.ts';
import { ContractError, shellMethods, type ShellEvents } from '../../common/contract.ts';
import { answerCalls, emit, serve, type Port } from '../../common/rpc.ts';

/** A window's port and the shell's end of it; only text crosses. */
function textPair(): { window: TextPort; shell: Port } {
  let toWindow: (text: string) => void = () => undefined;
  let toShell: (frame: unknown) => void = () => undefined;
  return {
    window: {
      send: (text) => {
        toShell(JSON.parse(text));
      },
      onFrame: (listener) => (toWindow = listener),
    },
    shell: {
      send: (frame) => {
        toWindow(JSON.stringify(frame));
      },
      onFrame: (listener) => (toShell = listener),
      onClose: () => undefined,
    },
  };
}

function openPair() {
  const engine = textPair();
  const shell = textPair();
  const bridge: Bridge = { engine: engine.window, shell: shell.window, pathOf: () => '' };
  const enginePort = engine.shell;
  return { ...connectBridge(bridge), bridge, enginePort, shellPort: shell.shell };
}

test('the shell checks what it is asked and answers with its own schemas', async () => {
  const { shell, shellPort } = openPair();
  serve(
    shellPort,
    { 'shell.samples': () => ({ path: '/样张' }), 'shell.reveal': () => ({}) },
    shellMethods,
  );
  assert.deepEqual(await shell.call('shell.samples', {}), { path: '/样张' });
  await assert.rejects(shell.call('shell.reveal', { photo: 0 }), { code: 'invalid-params' });
  await assert.rejects(shell.call('shell.state', {}), { code: 'read-only' });
  await assert.rejects(shell.call('constructor' as 'shell.state', {}), { code: 'unknown-method' });
});

test('shell events reach their listeners', () => {
  const { shell, shellPort } = openPair();
  const seen: ShellEvents['shell.command'][] = [];
  shell.on('shell.command', (data) => seen.push(data));
  emit<ShellEvents, 'shell.command'>(shellPort, 'shell.command', { command: 'search' });
  assert.deepEqual(seen, [{ command: 'search' }]);
});

test('a call that died with the engine rejects, and the next one works', async () => {
  const { engine, enginePort } = openPair();
  let deaths = 1;
  answerCalls(enginePort, () => {
    if (deaths-- > 0) throw new ContractError('engine-gone', 'SIGKILL');
    return { folders: [] };
  });
  await assert.rejects(engine.call('folders.list', {}), { code: 'engine-gone', detail: 'SIGKILL' });
  assert.deepEqual(await engine.call('folders.list', {}), { folders: [] });
});

test('a page that is loaded anew takes no answer that the one before it waited for', async () => {
  const { engine: before, bridge, enginePort } = openPair();
  const answers: ((result: unknown) => void)[] = [];
  answerCalls(enginePort, () => new Promise((resolve) => answers.push(resolve)));
  void before.call('tags.list', {});
  const { engine } = connectBridge(bridge);
  const folders = engine.call('folders.list', {});
  answers[0]?.({ tags: [] });
  await new Promise(setImmediate);
  answers[1]?.({ folders: [] });
  assert.deepEqual(await folders, { folders: [] });
});
