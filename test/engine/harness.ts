/** For every engine test: a fresh library and photo folder, a real engine on it, and waiting for what it says. */
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { EngineOptions, Query, Status } from '../../common/contract.ts';
import { startEngine, type EngineClient, type Supervision } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';

export const samples = fileURLToPath(new URL('../../build/samples', import.meta.url));

export interface Place {
  library: string;
  /** An empty folder for photos. */
  photos: string;
}

/** Tests of one file run one after the other: what is open belongs to the one that runs. */
const open: EngineClient[] = [];

/** When the test ends its engines are closed and the place is removed. */
export function freshPlace(t: TestContext): Place {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'wanwu-test-')));
  t.after(async () => {
    for (const engine of open.splice(0)) await engine.close();
    rmSync(root, { recursive: true, force: true });
  });
  const place = { library: path.join(root, 'library'), photos: path.join(root, 'photos') };
  mkdirSync(place.photos);
  return place;
}

/** Copies samples (`cat-chelsea` ...) into a folder and returns their paths. */
export function copySamples(folder: string, ...names: string[]): string[] {
  mkdirSync(folder, { recursive: true });
  return names.map((name) => {
    const copy = path.join(folder, `${name}.jpg`);
    copyFileSync(path.join(samples, `${name}.jpg`), copy);
    return copy;
  });
}

export async function openTestEngine(
  library: string,
  options: Partial<EngineOptions> = {},
  supervision: Supervision = {},
): Promise<EngineClient> {
  const engine = await startEngine(
    {
      node: process.execPath,
      options: engineOptions({ library, device: 'cpu', ...options }),
    },
    supervision,
  );
  open.push(engine);
  return engine;
}

/** Resolves with the first status that passes. */
export async function untilStatus(
  engine: EngineClient,
  passes: (status: Status) => boolean,
): Promise<Status> {
  const found = Promise.withResolvers<Status>();
  const look = (status: Status) => {
    if (passes(status)) found.resolve(status);
  };
  engine.on('status.changed', look);
  look(await engine.call('status.get', {}));
  return found.promise;
}

export const untilIdle = (engine: EngineClient) => untilStatus(engine, ({ idle }) => idle);

/** Adds folders or files and waits until everything in them is settled. */
export async function tagAll(engine: EngineClient, ...paths: string[]): Promise<void> {
  await engine.call('folders.add', { paths });
  await untilIdle(engine);
}

export function query(parts: Partial<Query> = {}): Query {
  return { text: '', tags: [], without: [], folder: null, untagged: false, ...parts };
}
