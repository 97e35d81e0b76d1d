/** For every engine test: a fresh library and photo folder, a real engine on it, and waiting for what it says. */
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { EngineOptions, PhotoDetail, Query, Status } from '../../common/contract.ts';
import { startEngine, type EngineClient, type Supervision } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';

export const samples = fileURLToPath(new URL('../../build/samples', import.meta.url));
const cli = fileURLToPath(new URL('../../engine/cli.ts', import.meta.url));

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

/**
 * `count` different photos that show the same as `sample`: bytes after a JPEG's end change the
 * picture's hash and nothing that is seen. Named so that sorting by name is sorting by number.
 */
export function manyPhotos(folder: string, sample: string, count: number): string[] {
  mkdirSync(folder, { recursive: true });
  const bytes = readFileSync(path.join(samples, `${sample}.jpg`));
  return Array.from({ length: count }, (_, at) => {
    const number = String(at).padStart(4, '0');
    const file = path.join(folder, `${sample}-${number}.jpg`);
    writeFileSync(file, Buffer.concat([bytes, Buffer.from(number)]));
    return file;
  });
}

export async function openTestEngine(
  library: string,
  options: Partial<EngineOptions> = {},
  supervision: Supervision = {},
  node = process.execPath,
): Promise<EngineClient> {
  const engine = await startEngine(
    {
      node,
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
export async function tagAll(engine: EngineClient, ...paths: string[]): Promise<Status> {
  await engine.call('folders.add', { paths });
  return untilIdle(engine);
}

export function query(parts: Partial<Query> = {}): Query {
  return { text: '', tags: [], without: [], folder: null, untagged: false, ...parts };
}

export function show(engine: EngineClient, file: string): Promise<PhotoDetail> {
  return engine.call('photos.show', { path: file, scores: false });
}

export const tagNames = ({ tags }: PhotoDetail) => tags.map(({ name }) => name);

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Starts the command line as a person would; `env` is added to a bare one, in Chinese. `detached`: in a group
 * of processes of its own, as a terminal does.
 */
export function spawnWanwu(
  args: string[],
  library: string,
  env: NodeJS.ProcessEnv = {},
  detached = false,
) {
  return spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env['PATH'], WANWU_LANG: 'zh', WANWU_LIBRARY: library, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
}

export async function wanwu(
  args: string[],
  library: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const child = spawnWanwu(args, library, env);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
