/**
 * Against a real Triton server (PyPI nvidia-pytriton): the same answers as here, and a server that dies in
 * the middle of the work. Skipped, with the reason, where it cannot be installed.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readPack } from '../../engine/infer/pack.ts';
import { openServerSession } from '../../engine/infer/remote/session.ts';
import { openSession } from '../../engine/infer/session.ts';
import { placePictures } from '../../engine/shelf/trial.ts';
import { defaultPack } from '../fixtures/pack.ts';
import { freshPlace, manyPhotos, openTestEngine, untilStatus } from './harness.ts';

const script = fileURLToPath(new URL('../triton/server.py', import.meta.url));
const python = '/usr/bin/python3';
const cannotInstall = 3;
const startMs = 300_000;

function whyNot(): string | false {
  if (process.platform !== 'linux' || !existsSync(python)) return `there is no ${python}`;
  const venv = spawnSync(python, ['-c', 'import venv, ensurepip']);
  return venv.status === 0 ? false : 'the package python3-venv is not installed';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Null where it cannot be installed here. */
async function startTriton(port: number): Promise<ChildProcess | null> {
  const child = spawn(python, [script, '--pack', defaultPack, '--http-port', String(port)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // It has children of its own, which end with the group.
    detached: true,
  });
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('{"ready"')) {
      child.stdout.resume();
      return child;
    }
  if (child.exitCode === null) await once(child, 'exit');
  if (child.exitCode === cannotInstall) return null;
  throw new Error(`the Triton server ended with ${String(child.exitCode)}`);
}

async function kill(child: ChildProcess | null): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

describe('a real Triton server', { skip: whyNot(), timeout: startMs }, () => {
  let port = 0;
  let triton: ChildProcess | null = null;
  const url = () => `http://127.0.0.1:${String(port)}` as const;
  before(async () => {
    port = await freePort();
    triton = await startTriton(port);
  });
  after(() => kill(triton));

  test('answers within 1e-3 of what this machine says', async (t) => {
    if (!triton) {
      t.skip('nvidia-pytriton cannot be installed here');
      return;
    }
    const pack = readPack(defaultPack);
    const { places } = await placePictures(pack);
    const here = await openSession(
      { pack, device: 'cpu', places, threads: 1, maxBatch: 8 },
      () => undefined,
    );
    const there = await openServerSession({
      pack,
      places,
      addresses: [url()],
      limits: { total: 100, perHost: 50 },
      token: null,
      openLocal: null,
    });
    try {
      assert.equal(there.state.servers[0]?.trouble, null);
      assert.equal(there.state.servers[0].maxBatch, 32);
      const at = [0, 1, 2, 3, 4, 5, 6, 7];
      const [mine] = (await here.run(at)).outputs;
      const [its] = (await there.run(at)).outputs;
      assert.equal(its?.length, 8_000);
      its.forEach((value, place) => {
        assert.ok(Math.abs(value - (mine?.[place] ?? NaN)) < 1e-3);
      });
    } finally {
      await here.close();
      await there.close();
    }
  });

  test('dies in the middle of the work and comes back: every photo is tagged once', async (t) => {
    if (!triton) {
      t.skip('nvidia-pytriton cannot be installed here');
      return;
    }
    const { library, photos } = freshPlace(t);
    const count = 150;
    manyPhotos(photos, 'cat-chelsea', count);
    const engine = await openTestEngine(library, { device: url() });
    const begun = untilStatus(engine, ({ counts }) => counts.indexed >= 20);
    const done = untilStatus(engine, ({ idle, counts }) => idle && counts.indexed === count);
    await engine.call('folders.add', { paths: [photos] });
    await begun;
    await kill(triton);
    triton = await startTriton(port);
    const { counts } = await done;
    assert.deepEqual(
      { ...counts, pending: 0 },
      { pending: 0, indexed: count, failed: 0, skipped: 0 },
    );
    const { tags } = await engine.call('tags.list', {});
    assert.equal(tags.find(({ name }) => name === '猫')?.count, count);
    // A server that is well again is no event: it is asked after.
    for (let tries = 0; tries < 120; tries += 1) {
      const { device } = await engine.call('status.get', {});
      if (device.name === 'remote') return;
      await sleep(250);
    }
    assert.fail('the server is not asked again');
  });
});
