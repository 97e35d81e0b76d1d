/**
 * Against a real Triton server (PyPI nvidia-pytriton): the same answers as here, the same figures, a network
 * with faults, and a server that dies in the middle of the work. Skipped, with the reason, where it cannot be installed.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPack } from '../../engine/infer/pack.ts';
import { openServerSession } from '../../engine/infer/remote/session.ts';
import { openSession, type Inferred } from '../../engine/infer/session.ts';
import { placePictures } from '../../engine/shelf/trial.ts';
import { openFaultProxy, type ProxyFault } from '../fixtures/fault-proxy.ts';
import { defaultPack } from '../fixtures/pack.ts';
import { startTriton, whyNoTriton, type Triton } from '../fixtures/triton.ts';
import { freshPlace, manyPhotos, openTestEngine, untilStatus } from './harness.ts';

const startMs = 300_000;
const notHere = 'nvidia-pytriton cannot be installed here';
const everyone = [0, 1, 2, 3, 4, 5, 6, 7];

/** Triton's figures by name, of all its models together. */
async function readMetrics(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(url)).text();
  const found = new Map<string, number>();
  for (const [, name = '', value] of text.matchAll(/^(nv_\w+)\{[^}]*\} ([\d.e+]+)$/gm))
    found.set(name, (found.get(name) ?? 0) + Number(value));
  return found;
}

describe('a real Triton server', { skip: whyNoTriton(), timeout: startMs }, () => {
  let triton: Triton | null = null;
  before(async () => {
    triton = await startTriton({ pack: defaultPack });
  });
  after(() => triton?.kill());

  /** Sample pictures in places, this machine's session and one over `address`; closed with the test. */
  async function sessions(t: TestContext, address: string, openLocal: boolean) {
    const pack = readPack(defaultPack);
    const { places } = await placePictures(pack);
    const options = { pack, device: 'cpu' as const, places, threads: 1, maxBatch: 8 };
    const openHere = () => openSession(options, () => undefined);
    const here = await openHere();
    const there = await openServerSession({
      pack,
      places,
      addresses: [address],
      limits: { total: 100, perHost: 50 },
      token: null,
      openLocal: openLocal ? openHere : null,
      timeoutMs: 1_500,
      batchedBy: 'app',
    });
    t.after(async () => {
      await there.close();
      await here.close();
    });
    return { here, there };
  }

  function assertAlike(one: Inferred, other: Inferred): void {
    const [mine] = one.outputs;
    const [its] = other.outputs;
    assert.equal(its?.length, mine?.length);
    its?.forEach((value, place) => {
      assert.ok(Math.abs(value - (mine?.[place] ?? NaN)) < 1e-3);
    });
  }

  test('answers within 1e-3 of what this machine says', async (t) => {
    if (!triton) {
      t.skip(notHere);
      return;
    }
    const { here, there } = await sessions(t, triton.url, false);
    assert.equal(there.state.servers[0]?.trouble, null);
    assert.equal(there.state.servers[0].maxBatch, 32);
    const answer = await there.run(everyone);
    assert.equal(answer.outputs[0]?.length, 8_000);
    assertAlike(await here.run(everyone), answer);
  });

  test('its own figures and ours agree: photos, requests, batch sizes, time in the queue', async (t) => {
    if (!triton) {
      t.skip(notHere);
      return;
    }
    const { there } = await sessions(t, triton.url, false);
    const before = await readMetrics(triton.metrics);
    const rounds = 12;
    let ms = 0;
    for (let round = 0; round < rounds; round += 1) ms += (await there.run(everyone)).ms;
    const after = await readMetrics(triton.metrics);
    const grown = (name: string) => (after.get(name) ?? NaN) - (before.get(name) ?? NaN);
    const requests = grown('nv_inference_request_success');
    assert.equal(requests, rounds);
    const batch = grown('nv_inference_count') / requests;
    assert.equal(batch, everyone.length);
    const [server] = there.state.servers;
    assert.ok(Math.abs((server?.batch ?? NaN) - batch) < 0.01, 'the mean batch that is shown');
    // What it had in its queue and worked on is a part of what was waited for here.
    const [queueMs, wholeMs] = [
      grown('nv_inference_queue_duration_us') / requests / 1000,
      grown('nv_inference_request_duration_us') / requests / 1000,
    ];
    assert.ok(
      queueMs <= wholeMs && wholeMs <= ms / rounds,
      `${String(queueMs)} ${String(wholeMs)}`,
    );
    const shown = server?.photosPerSecond ?? NaN;
    const measured = (rounds * everyone.length * 1000) / ms;
    assert.ok(shown > measured / 2 && shown < measured * 2, `${String(shown)} ${String(measured)}`);
  });

  test('the panel tells what its batcher did as its own figures do', async (t) => {
    if (!triton) {
      t.skip(notHere);
      return;
    }
    const { there } = await sessions(t, triton.url, false);
    const [server] = there.state.servers;
    assert.equal(server?.batcher, null, 'nothing of what was before');
    const before = await readMetrics(triton.metrics);
    // Requests of three, four at a time: it puts them together, and some wait for others.
    const few = everyone.slice(0, 3);
    for (let round = 0; round < 12; round += 1)
      await Promise.all([1, 2, 3, 4].map(() => there.run(few)));
    const after = await readMetrics(triton.metrics);
    const grown = (name: string) => (after.get(name) ?? NaN) - (before.get(name) ?? NaN);
    const signal = AbortSignal.timeout(20_000);
    while (!there.state.servers[0]?.batcher) await sleep(100, undefined, { signal });
    const { batch, queueMs } = there.state.servers[0].batcher;
    const itsBatch = grown('nv_inference_count') / grown('nv_inference_exec_count');
    const itsQueueMs =
      grown('nv_inference_queue_duration_us') / grown('nv_inference_request_success') / 1000;
    assert.ok(itsBatch > few.length && itsQueueMs > 1, `${String(itsBatch)} ${String(itsQueueMs)}`);
    // A look in the middle of the rounds leaves out some of them.
    const alike = (one: number, other: number) => Math.abs(one / other - 1) < 0.3;
    assert.ok(alike(batch, itsBatch), `${String(batch)} ${String(itsBatch)}`);
    assert.ok(alike(queueMs, itsQueueMs), `${String(queueMs)} ${String(itsQueueMs)}`);
  });

  const faults: ProxyFault[] = [
    'slow',
    'cut',
    'garbage',
    'wrong-shape',
    'no-numbers',
    'error-500',
    'silent',
    'unready',
  ];
  test('behind a network with faults: right answers all the same, and back when it is over', async (t) => {
    if (!triton) {
      t.skip(notHere);
      return;
    }
    const proxy = await openFaultProxy(triton.url);
    t.after(() => proxy.stop());
    const { here, there } = await sessions(t, proxy.url, true);
    const [four, others] = [everyone.slice(0, 4), everyone.slice(4)];
    const [fours, rest] = [await here.run(four), await here.run(others)];
    const good = () => proxy.met.get('none') ?? 0;
    for (const fault of faults) {
      proxy.fault = fault;
      const answers = await Promise.all([there.run(four), there.run(others)]);
      assertAlike(fours, answers[0]);
      assertAlike(rest, answers[1]);
      proxy.fault = 'none';
      const before = good();
      for (let tries = 0; good() === before && tries < 200; tries += 1) {
        assertAlike(fours, await there.run(four));
        await sleep(50);
      }
      assert.ok(good() > before, `after ${fault} it is not asked again`);
      if (fault !== 'unready') assert.ok((proxy.met.get(fault) ?? 0) > 0, `${fault} was not met`);
    }
  });

  test('faults and restarts all the way: no photo is lost, none is tagged twice', async (t) => {
    if (!triton) {
      t.skip(notHere);
      return;
    }
    const proxy = await openFaultProxy(triton.url);
    t.after(() => proxy.stop());
    const { library, photos } = freshPlace(t);
    const count = 120;
    manyPhotos(photos, 'cat-chelsea', count);
    const engine = await openTestEngine(library, { device: proxy.url });
    const done = untilStatus(engine, ({ idle, counts }) => idle && counts.indexed === count);
    await engine.call('folders.add', { paths: [photos] });
    const end = new AbortController();
    void done.then(() => {
      end.abort();
    });
    for (let round = 0; !end.signal.aborted; round += 1) {
      proxy.fault = faults[round % faults.length] ?? 'none';
      await sleep(150);
      if (round % 4 === 3) {
        await proxy.stop();
        await sleep(100);
        await proxy.start();
      }
      proxy.fault = 'none';
      await sleep(150);
    }
    const { counts } = await done;
    assert.deepEqual([counts.failed, counts.skipped], [0, 0]);
    const { tags } = await engine.call('tags.list', {});
    assert.equal(tags.find(({ name }) => name === '猫')?.count, count);
    assert.ok((proxy.met.get('none') ?? 0) > 0);
  });

  test('dies in the middle of the work and comes back: every photo is tagged once', async (t) => {
    if (!triton) {
      t.skip(notHere);
      return;
    }
    const { library, photos } = freshPlace(t);
    const count = 150;
    manyPhotos(photos, 'cat-chelsea', count);
    const engine = await openTestEngine(library, { device: triton.url });
    const begun = untilStatus(engine, ({ counts }) => counts.indexed >= 20);
    const done = untilStatus(engine, ({ idle, counts }) => idle && counts.indexed === count);
    await engine.call('folders.add', { paths: [photos] });
    await begun;
    const { port } = triton;
    await triton.kill();
    triton = await startTriton({ pack: defaultPack, port });
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
