/**
 * A pack's session over inference servers: each batch goes where it will be done first. This machine
 * takes over while no server is well, and helps where all of them have more than they can do.
 */
import type { RemoteServer } from '../../../common/contract.ts';
import { finisher, type RawOutput } from '../answers.ts';
import { inputDims, inputShape, outputNames, placeBytes, type Pack } from '../pack.ts';
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
const inferTimeoutMs = 30_000;
/** One failure may be a hiccup: a batch waits so long for the server before this machine takes over. */
const patienceMs = 500;
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
  const outputs = outputNames(pack.manifest);
  const finish = finisher(pack.manifest.output, pack.labels.length);
  const connections = openConnections(limits, token);
  const waiting = new Set<() => void>();
  const needs = {
    name: pack.manifest.name,
    input: {
      name: pack.manifest.input.name,
      datatype: shape.type === 'uint8' ? ('UINT8' as const) : ('FP32' as const),
      dims: inputDims(pack.manifest),
    },
    outputs,
  };
  const lanes = addresses.map((address): Lane => ({
    server: openServer(address, needs, connections, options.timeoutMs ?? inferTimeoutMs, wake),
    requests: 0,
    single: options.batchedBy === 'server',
  }));
  let local: Promise<Session> | null = null;
  let localState: Session['state'] | null = null;
  let localInFlight = 0;
  let localRate = 0;
  let closed = false;

  function wake(): void {
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

  /** Where `photos` more would be done first; null: on this machine. */
  function choose(photos: number): Lane | null {
    const well = lanes.filter(({ server }) => server.trouble === null);
    const seconds = ({ server }: Lane) =>
      (server.inFlight + photos) / (server.rate === 0 ? assumedRate : server.rate);
    const best = (among: Lane[]) =>
      among.reduce<Lane | null>((a, b) => (a && seconds(a) <= seconds(b) ? a : b), null);
    const free = best(well.filter(({ requests }) => requests < requestsInFlight));
    if (free) return free;
    const busy = best(well);
    // All servers have as much as they should: what this machine can do sooner is gained.
    const isSooner =
      openLocal !== null &&
      busy !== null &&
      localInFlight === 0 &&
      (localRate === 0 || photos / localRate < seconds(busy));
    return isSooner ? null : busy;
  }

  async function ask(lane: Lane, at: readonly number[]): Promise<Float32Array[]> {
    const { server } = lane;
    const parts = at.map((place) => new Uint8Array(places, place * bytes, bytes));
    const size = lane.single ? 1 : server.maxBatch;
    const requests: Promise<RawOutput[]>[] = [];
    lane.requests += 1;
    try {
      for (let from = 0; from < parts.length; from += size)
        requests.push(server.infer(parts.slice(from, from + size)));
      const answers = joined(await Promise.all(requests));
      try {
        return finish(answers, at.length);
      } catch (error) {
        server.blame(error);
        throw error;
      }
    } catch (error) {
      // What is still on its way comes back to nobody.
      await Promise.allSettled(requests);
      throw error;
    } finally {
      lane.requests -= 1;
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
    }
  }

  async function run(at: number[]): Promise<Inferred> {
    const started = performance.now();
    let isPatient = true;
    let isHereBroken = false;
    for (;;) {
      if (closed) throw new Error('closed');
      const lane = choose(at.length);
      try {
        if (lane) return { outputs: await ask(lane, at), ms: performance.now() - started };
        if (isPatient && lanes.every(({ server }) => server.trouble !== null)) {
          isPatient = false;
          await change(patienceMs);
        } else if (isHereBroken) await change(patienceMs);
        else return await runHere(at);
      } catch (error) {
        if (!openLocal) throw error;
        // A server that failed is not asked for a while; this machine is not asked again.
        if (!lane) isHereBroken = true;
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

function describe({ server, single }: Lane): RemoteServer {
  const { url, model, trouble, rate, inFlight, meanBatch, maxBatch } = server;
  return {
    url,
    model,
    trouble,
    photosPerSecond: rate,
    inFlight,
    batch: meanBatch,
    maxBatch,
    batchedBy: single ? 'server' : 'app',
  };
}

/** The answers of several requests as one. */
function joined(answers: readonly RawOutput[][]): RawOutput[] {
  const [first = []] = answers;
  if (answers.length === 1) return first;
  return first.map(({ dims }, output) => {
    const parts = answers.map((answer) => answer[output]?.values ?? new Float32Array());
    const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      values.set(part, at);
      at += part.length;
    }
    return {
      values,
      dims: [answers.reduce((sum, one) => sum + (one[output]?.dims[0] ?? 0), 0), ...dims.slice(1)],
    };
  });
}
