/** A session over inference servers, and everything that can go wrong between here and there. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { placeBytes, readPack } from '../../engine/infer/pack.ts';
import { openServerSession } from '../../engine/infer/remote/session.ts';
import { openSession, type Session } from '../../engine/infer/session.ts';
import { openPeer, type Fault, type Peer, type PeerOptions } from '../fixtures/kserve-peer.ts';
import { writeColourPack } from '../fixtures/pack.ts';

const size = 4;
const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-remote-'));
const pack = readPack(writeColourPack(path.join(root, 'colours'), ['蓝', '绿', '红'], size));
const photos = 64;
const floats = placeBytes(pack.manifest) / 4;
const places = new SharedArrayBuffer(photos * floats * 4);
/** Photo n has its own shade, so an answer that went to another photo would show. */
for (let photo = 0; photo < photos; photo += 1) {
  const plane = floats / 3;
  const input = new Float32Array(places, photo * floats * 4, floats);
  for (let channel = 0; channel < 3; channel += 1)
    input.fill(((photo + channel * 7) % 20) / 20, channel * plane, (channel + 1) * plane);
}
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
after(() => {
  rmSync(root, { recursive: true });
});

async function peer(maxBatch = 8, options: Partial<PeerOptions> = {}): Promise<Peer> {
  const one = await openPeer({ name: 'colours', size, maxBatch, ...options });
  open.push(one.stop);
  return one;
}

interface Parts {
  timeoutMs?: number;
  token?: string;
  batchedBy?: 'app' | 'server';
  /** What this machine's model takes longer for a photo than it would. */
  localMs?: number;
}

async function session(peers: Peer[], parts: Parts = {}) {
  const { localMs = 0 } = parts;
  /** Photos of each. */
  const localRuns: number[] = [];
  const openLocal = async (): Promise<Session> => {
    const here = { pack, places, threads: 1, maxBatch: 64, device: 'cpu' as const };
    const opened = await openSession(here, () => undefined);
    return {
      ...opened,
      run: async (at) => {
        localRuns.push(at.length);
        const { outputs, ms } = await opened.run(at);
        await sleep(localMs * at.length);
        return { outputs, ms: ms + localMs * at.length };
      },
    };
  };
  const remote = await openServerSession({
    pack,
    places,
    addresses: peers.map(({ url }) => url),
    limits: { total: 100, perHost: 50 },
    token: parts.token ?? null,
    openLocal,
    timeoutMs: parts.timeoutMs ?? 1_000,
    ...(parts.batchedBy ? { batchedBy: parts.batchedBy } : {}),
  });
  open.unshift(() => remote.close());
  return { remote, localRuns };
}

/** Runs a batch and checks that every photo got its own answer. */
async function check(remote: Session, at: number[], within = 1e-5): Promise<void> {
  const { outputs } = await remote.run(at);
  const [values] = outputs;
  assert.equal(values?.length, at.length * 3);
  at.forEach((photo, row) => {
    const logits = [0, 1, 2].map((channel) => (((photo + channel * 7) % 20) / 20) * 20);
    const sum = logits.reduce((total, one) => total + Math.exp(one), 0);
    logits.forEach((logit, label) => {
      const found = values[row * 3 + label] ?? NaN;
      assert.ok(Math.abs(found - Math.exp(logit) / sum) < within, `photo ${String(photo)}`);
    });
  });
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);

describe('a server that is well', () => {
  test("answers every photo its own, never above the server's largest batch", async () => {
    const one = await peer(8);
    const { remote } = await session([one]);
    one.batches.length = 0;
    await Promise.all([check(remote, range(0, 20)), check(remote, range(20, 3))]);
    assert.equal(
      one.batches.reduce((a, b) => a + b, 0),
      23,
    );
    assert.ok(Math.max(...one.batches) <= 8);
    assert.equal(remote.state.device, 'remote');
    const [state] = remote.state.servers;
    assert.equal(state?.trouble, null);
    assert.equal(state.maxBatch, 8);
    assert.ok(state.photosPerSecond > 0);
  });
  test('is spoken to over connections that are kept', async () => {
    const one = await peer();
    const { remote } = await session([one]);
    for (let at = 0; at < 30; at += 1) await check(remote, [at]);
    assert.ok(one.connections <= 10, String(one.connections));
  });
  test('gets the token', async () => {
    const one = await peer();
    const { remote } = await session([one], { token: 'secret' });
    await check(remote, [1]);
    assert.equal(one.authorization, 'Bearer secret');
  });
  test('gets it without the end of a line, and no empty one', async () => {
    const [one, other] = [await peer(), await peer()];
    await check((await session([one], { token: 'secret\n' })).remote, [0]);
    assert.equal(one.authorization, 'Bearer secret');
    await check((await session([other], { token: '' })).remote, [0]);
    assert.equal(other.authorization, undefined);
  });
  test('whose model was made for floats of sixteen bits gets such', async () => {
    const { remote, localRuns } = await session([await peer(8, { halves: true })]);
    await check(remote, range(0, 5), 0.02);
    assert.deepEqual([remote.state.servers[0]?.trouble, localRuns], [null, []]);
  });
  test('whose model takes four photos, no more and no fewer', async () => {
    const one = await peer(8, { fixedBatch: 4 });
    const { remote, localRuns } = await session([one], { batchedBy: 'app' });
    await check(remote, range(0, 6));
    assert.deepEqual(one.batches, [4, 4]);
    assert.equal(remote.state.servers[0]?.maxBatch, 4);
    assert.deepEqual(localRuns, []);
  });
  test('is asked for a pack with a Chinese name as the export names it', async () => {
    const one = await openPeer({ name: '_E4_B8_87_E7_89_A9', size });
    open.push(one.stop);
    const wanwu = { ...pack, manifest: { ...pack.manifest, name: '万物' } };
    const remote = await openServerSession({
      pack: wanwu,
      places,
      addresses: [one.url],
      limits: { total: 4, perHost: 4 },
      token: null,
      openLocal: null,
    });
    open.unshift(() => remote.close());
    await check(remote, range(0, 3));
  });
  test('that has another model is not asked, and says why', async () => {
    const other = await openPeer({ name: 'others', size });
    open.push(other.stop);
    const { remote } = await session([other]);
    const { trouble } = remote.state.servers[0] ?? {};
    assert.deepEqual(trouble, { code: 'no-model', detail: 'colours' });
    assert.equal(remote.state.device, 'cpu');
    await check(remote, range(0, 4));
  });
});

describe('a server that fails', () => {
  const faults: Fault[] = [
    'cut',
    'garbage',
    'wrong-shape',
    'no-numbers',
    'error-500',
    'silent',
    'unready',
  ];
  for (const fault of faults)
    test(`${fault}: this machine takes over, and the server is back when it is well`, async () => {
      const one = await peer();
      const tried = await session([one], { timeoutMs: 300 });
      const { remote } = tried;
      await check(remote, range(0, 4));
      one.fault = fault;
      await Promise.all([check(remote, range(4, 8)), check(remote, range(12, 8))]);
      assert.ok(tried.localRuns.length > 0);
      one.fault = 'none';
      one.batches.length = 0;
      for (let tries = 0; one.batches.length === 0 && tries < 200; tries += 1) {
        await check(remote, range(20, 4));
        await sleep(50);
      }
      assert.ok(one.batches.length > 0, 'the server was not asked again');
      assert.equal(remote.state.device, 'remote');
    });
  test('eight requests at once: it counts as one failure', async () => {
    const one = await peer();
    const { remote } = await session([one], { batchedBy: 'server' });
    one.fault = 'error-500';
    await check(remote, range(0, 8));
    one.fault = 'none';
    await sleep(1_500);
    assert.deepEqual(
      remote.state.servers.map(({ trouble }) => trouble),
      [null],
    );
  });
  test('every time with values that are no numbers: it is asked less and less', async () => {
    const one = await peer();
    const { remote } = await session([one]);
    one.fault = 'no-numbers';
    one.batches.length = 0;
    const end = performance.now() + 3_000;
    while (performance.now() < end) {
      await check(remote, range(0, 4));
      await sleep(10);
    }
    assert.ok(one.batches.length <= 6, String(one.batches.length));
  });
  test('restarts: nothing is lost, no answer comes twice', async () => {
    const one = await peer();
    const { remote } = await session([one]);
    let answered = 0;
    const work = range(0, 12).map(async (round) => {
      await sleep(round * 30);
      await check(remote, range(round * 4, 4));
      answered += 4;
    });
    await sleep(60);
    await one.stop();
    await sleep(150);
    await one.start();
    await Promise.all(work);
    assert.equal(answered, 48);
  });
  test('the other server takes its share', async () => {
    const [one, other] = [await peer(), await peer()];
    const tried = await session([one, other]);
    one.fault = 'error-500';
    for (let round = 0; round < 6; round += 1) await check(tried.remote, range(round * 4, 4));
    assert.equal(tried.localRuns.length, 0);
    assert.ok(other.batches.length >= 6);
  });
});

/** Batches of four, five at once as the pipeline asks for one server. */
async function checkMany(remote: Session, batches: number): Promise<void> {
  const next = range(0, batches);
  const worker = async () => {
    for (let at = next.shift(); at !== undefined; at = next.shift())
      await check(remote, range((at % 16) * 4, 4));
  };
  await Promise.all(range(0, 5).map(worker));
}
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

test('the faster server gets more', async () => {
  const [slow, fast] = [await peer(), await peer()];
  slow.delayMs = 80;
  fast.delayMs = 5;
  const { remote } = await session([slow, fast]);
  slow.batches.length = fast.batches.length = 0;
  const next = range(0, 40);
  const worker = async () => {
    for (let at = next.shift(); at !== undefined; at = next.shift()) await check(remote, [at]);
  };
  await Promise.all([worker(), worker(), worker()]);
  const photosOf = ({ batches }: Peer) => sum(batches);
  assert.equal(photosOf(slow) + photosOf(fast), 40);
  assert.ok(
    photosOf(fast) > photosOf(slow) * 2,
    `${String(photosOf(fast))} : ${String(photosOf(slow))}`,
  );
});

describe('a server that has more than it can do', () => {
  test('is helped by this machine: no photo is lost or done twice', async () => {
    const one = await peer();
    const { remote, localRuns } = await session([one], { batchedBy: 'app' });
    one.delayMs = 150;
    const started = performance.now();
    await checkMany(remote, 40);
    const [trial, ...batches] = localRuns;
    assert.equal(trial, 1);
    assert.ok(batches.length > 0 && one.batches.length > 0);
    assert.equal(sum(batches) + sum(one.batches), 160);
    assert.equal(remote.state.device, 'remote');
    const { help } = remote.state;
    assert.deepEqual([help?.device, help?.batch], ['cpu', sum(batches) / batches.length]);
    const seconds = Math.max(1, (performance.now() - started) / 1000);
    const rate = help?.photosPerSecond ?? 0;
    assert.ok(rate >= (0.8 * sum(batches)) / seconds && rate <= sum(batches), String(rate));
  });
  test('and is slow keeps few photos waiting', async () => {
    const one = await peer();
    const { remote, localRuns } = await session([one], { batchedBy: 'app', timeoutMs: 3_000 });
    one.delayMs = 700;
    // Its rate and this machine's are known from here on.
    await checkMany(remote, 6);
    one.batches.length = localRuns.length = 0;
    await checkMany(remote, 20);
    assert.ok(one.batches.length <= 2, `${String(one.batches.length)} batches`);
    assert.equal(sum(localRuns) + sum(one.batches), 80);
  });
  test('is not helped by a machine that is slower still: one photo tells', async () => {
    const one = await peer();
    const { remote, localRuns } = await session([one], { batchedBy: 'app', localMs: 300 });
    one.delayMs = 100;
    await checkMany(remote, 40);
    assert.deepEqual(localRuns, [1]);
    assert.equal(sum(one.batches), 160);
    assert.equal(remote.state.help, null);
  });
  test('dies: this machine goes on alone', async () => {
    const one = await peer();
    const { remote, localRuns } = await session([one], { batchedBy: 'app' });
    one.delayMs = 150;
    const work = checkMany(remote, 100);
    while (localRuns.length < 3) await sleep(5);
    await one.stop();
    const stopped = performance.now();
    await work;
    // It waits for the server once, not with every batch.
    assert.ok(performance.now() - stopped < 3_000);
    assert.equal(remote.state.device, 'cpu');
  });
});
