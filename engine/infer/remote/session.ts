/**
 * A pack's session over inference servers: each batch goes where it will be done first. This machine
 * takes over while no server is well, and helps where all of them have more than they can do.
 */
import type { Help, RemoteServer } from '../../../common/contract.ts';
import { finisher, joined } from '../answers.ts';
import { inputDims, inputShape, outputNames, placeBytes, serverName, type Pack } from '../pack.ts';
import type { Inferred, Session } from '../session.ts';
import { openConnections, type ConnectionLimits } from './connections.ts';
import { openServer, type Server } from './server.ts';

export interface ServerSessionOptions {
  pack: Pack;
  places: SharedArrayBuffer;
  /** http or https, one or more. */
  addresses: readonly string[];
  limits: ConnectionLimits;
  token: string | null;
  /** This machine's own model, opened when it is needed first; null: what no server does is rejected. */
  openLocal: (() => Promise<Session>) | null;
  timeoutMs?: number;
  /** Who puts pictures together; measured where it is not said. */
  batchedBy?: RemoteServer['batchedBy'];
}

/** Requests at one server at once: the next is there when one is done. */
export const requestsInFlight = 4;
/** Fewer where they are work for longer than this: the rest may be done here sooner. */
const fewRequests = 2;
const enoughSeconds = 0.5;
const inferTimeoutMs = 30_000;
/** One failure may be a hiccup: so long the server may be gone before this machine takes over. */
const patienceMs = 500;
/** What this machine does is told over so long. */
const helpMs = 10_000;
/** Until a server has been measured it counts as this fast, photos a second. */
const assumedRate = 50;

interface Lane {
  server: Server;
  requests: number;
  /** Whether single pictures, put together by the server, come back sooner than our batches. */
  single: boolean;
}

/** Resolves when every server was asked once, well or not. An embedding's answers are still vectors. */
export async function openServerSession(options: ServerSessionOptions): Promise<Session> {
  const { pack, places, addresses, limits, token, openLocal } = options;
  const shape = inputShape(pack.manifest);
  const bytes = placeBytes(pack.manifest);
  const connections = openConnections(limits, token);
  const waiting = new Set<() => void>();
  const needs = {
    name: serverName(pack.manifest),
    input: {
      name: pack.manifest.input.name,
      datatype: shape.type === 'uint8' ? ('UINT8' as const) : ('FP32' as const),
      dims: inputDims(pack.manifest),
    },
    outputs: outputNames(pack.manifest),
    finish: finisher(pack.manifest.output, pack.labels.length),
  };
  const lanes = addresses.map((address): Lane => ({
    server: openServer(address, needs, connections, options.timeoutMs ?? inferTimeoutMs, wake),
    requests: 0,
    single: options.batchedBy === 'server',
  }));
  let local: Promise<Session> | null = null;
  let localState: Session['state'] | null = null;
  let localInFlight = 0;
  /** Photos a second, as its last batch showed. */
  let localRate = 0;
  let tried: Promise<void> | null = null;
  /** This machine's last batches, but for the one photo that only tells how fast it is. */
  let doneHere: { photos: number; startedAt: number }[] = [];
  /** Since when no server is well. */
  let goneAt: number | null = null;
  let closed = false;

  function wake(): void {
    if (lanes.some(({ server }) => server.trouble === null)) goneAt = null;
    else goneAt ??= performance.now();
    for (const go of waiting) go();
  }

  /** Resolves when something changed, or after `ms`. */
  function change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      waiting.add(done);
    });
  }

  /** Where these photos would be done first. */
  function choose(at: readonly number[]): Lane | 'here' | 'later' {
    const well = lanes.filter(({ server }) => server.trouble === null);
    const seconds = ({ server }: Lane) => (server.inFlight + at.length) / rateOf(server);
    const best = (among: Lane[]) =>
      among.reduce<Lane | null>((a, b) => (a && seconds(a) <= seconds(b) ? a : b), null);
    const free = best(well.filter((lane) => !hasEnough(lane)));
    if (free) return free;
    const busy = best(well);
    if (!busy) return 'here';
    // While servers keep the others waiting, this machine has time: what it does sooner is gained.
    tried ??= tryHere(at);
    const isSooner = localInFlight === 0 && at.length / localRate < seconds(busy);
    return isSooner ? 'here' : 'later';
  }

  /** How fast this machine is, by one photo alone: a large model would be busy with a batch for long. */
  async function tryHere([first]: readonly number[]): Promise<void> {
    if (openLocal && first !== undefined) await runHere([first]).catch(() => undefined);
  }

  async function ask(lane: Lane, at: readonly number[]): Promise<Float32Array[]> {
    const { server } = lane;
    const parts = at.map((place) => new Uint8Array(places, place * bytes, bytes));
    const size = lane.single ? 1 : server.maxBatch;
    const requests: Promise<Float32Array[]>[] = [];
    lane.requests += 1;
    try {
      for (let from = 0; from < parts.length; from += size)
        requests.push(server.infer(parts.slice(from, from + size)));
      return joined(await Promise.all(requests), needs.outputs.length);
    } catch (error) {
      // What is still on its way comes back to nobody.
      await Promise.allSettled(requests);
      throw error;
    } finally {
      lane.requests -= 1;
      wake();
    }
  }

  async function runHere(at: number[]): Promise<Inferred> {
    localInFlight += at.length;
    try {
      if (!openLocal) throw new Error('no server is well');
      local ??= openLocal();
      const session = await local;
      localState = session.state;
      const inferred = await session.run(at);
      localRate = (at.length * 1000) / Math.max(1, inferred.ms);
      return inferred;
    } finally {
      localInFlight -= at.length;
      wake();
    }
  }

  async function run(at: number[]): Promise<Inferred> {
    const started = performance.now();
    let patientUntil: number | null = null;
    let isHereBroken = false;
    for (;;) {
      if (closed) throw new Error('closed');
      const now = performance.now();
      const where = choose(at);
      try {
        if (where === 'later') await change(patienceMs);
        else if (where !== 'here')
          return { outputs: await ask(where, at), ms: performance.now() - started };
        else if (goneAt !== null && now < (patientUntil ??= goneAt + patienceMs))
          await change(patientUntil - now);
        else if (isHereBroken) await change(patienceMs);
        else {
          const inferred = await runHere(at);
          doneHere = [...recent(doneHere), { photos: at.length, startedAt: now }];
          return inferred;
        }
      } catch (error) {
        if (!openLocal) throw error;
        // A server that failed is not asked for a while; this machine is not asked again.
        if (where === 'here') isHereBroken = true;
      }
    }
  }

  /** Eight pictures as one batch and as eight requests in turns, the best time of each. */
  async function compareGrouping(lane: Lane): Promise<void> {
    const { server } = lane;
    if (server.trouble !== null || server.maxBatch < 2) return;
    const count = Math.min(8, server.maxBatch);
    const parts = Array.from({ length: count }, () => new Uint8Array(bytes));
    const timed = async (best: number, ask: () => Promise<unknown>) => {
      const started = performance.now();
      await ask();
      return Math.min(best, performance.now() - started);
    };
    try {
      let [ours, theirs] = [Infinity, Infinity];
      for (let round = 0; round < comparedRounds; round += 1) {
        ours = await timed(ours, () => server.infer(parts));
        theirs = await timed(theirs, () => Promise.all(parts.map((part) => server.infer([part]))));
      }
      lane.single = theirs < ours * clearlySooner;
    } catch {
      // Its trouble is known; our batches are right for every server.
    }
  }

  function help(): Help | null {
    const done = recent(doneHere);
    const [first] = done;
    if (!localState || !first) return null;
    const photos = done.reduce((sum, one) => sum + one.photos, 0);
    const seconds = Math.max(1, (performance.now() - first.startedAt) / 1000);
    return {
      device: localState.device,
      photosPerSecond: photos / seconds,
      batch: photos / done.length,
    };
  }

  await Promise.all(lanes.map(({ server }) => server.probe()));
  if (!options.batchedBy) await Promise.all(lanes.map(compareGrouping));
  if (openLocal && lanes.every(({ server }) => server.trouble !== null)) {
    local = openLocal();
    localState = (await local.catch(() => null))?.state ?? null;
  }
  return {
    get state() {
      const here = lanes.some(({ server }) => server.trouble === null) ? null : localState;
      return {
        device: here?.device ?? ('remote' as const),
        unused: here?.unused ?? [],
        mostAtOnce: null,
        servers: lanes.map(describe),
        help: help(),
      };
    },
    run,
    close: async () => {
      closed = true;
      for (const { server } of lanes) server.close();
      connections.close();
      wake();
      await (await local?.catch(() => null))?.close();
    },
  };
}

const clearlySooner = 0.8;
const comparedRounds = 3;

function recent<T extends { startedAt: number }>(batches: readonly T[]): T[] {
  return batches.filter(({ startedAt }) => startedAt > performance.now() - helpMs);
}

function rateOf({ rate }: Server): number {
  return rate === 0 ? assumedRate : rate;
}

/** As many requests as keep it busy; a slow one is busy with few. */
function hasEnough({ server, requests }: Lane): boolean {
  if (requests < fewRequests) return false;
  return requests >= requestsInFlight || server.inFlight / rateOf(server) > enoughSeconds;
}

function describe({ server, single }: Lane): RemoteServer {
  const { url, model, trouble, rate, inFlight, meanBatch, maxBatch, batcher } = server;
  return {
    url,
    model,
    trouble,
    photosPerSecond: rate,
    inFlight,
    batch: meanBatch,
    maxBatch,
    batcher,
    batchedBy: single ? 'server' : 'app',
  };
}
