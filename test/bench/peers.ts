/** The programs that the engine is compared with, each run on the same photos; one prints one JSON line. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { engineEnvironment } from '../../engine/client.ts';
import { distFolder, packFolder, peersFolder, root, say } from './places.ts';
import { loud, preparePython, Unavailable } from './python.ts';

export type PeerResult =
  | { name: string; photosPerSecond: number; photos: number; tags: number[] }
  | { name: string; skipped: string };

const answerSchema = v.object({
  photos: v.number(),
  seconds: v.number(),
  /** The likeliest label of each photo, in the order of their names. */
  tags: v.array(v.number()),
});

const transformersVersion = '4.3.1';
const manyBytes = 1e7;

interface Command {
  file: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** A peer by its name; throws Unavailable where it cannot be had here. */
const peers: Record<string, (folder: string) => Promise<Command>> = {
  naive: (folder) => python('naive.py', folder),
  'PyTorch DataLoader': (folder) => python('dataloader.py', folder),
  'transformers.js, one by one': (folder) => transformers(folder, 1),
  'transformers.js, batches of 8': (folder) => transformers(folder, 8),
  'Triton, asyncio, JSON tensors': (folder) => triton(folder),
  'hand-written (threads, draft, int8)': (folder) =>
    python('handwritten.py', folder, path.join(packFolder, 'model-int8.onnx')),
  'engine stages, tagging only': (folder) =>
    Promise.resolve({
      file: process.execPath,
      args: [path.join(root, 'test/bench/tag-only.ts'), folder],
      env: engineEnvironment(os.availableParallelism()),
    }),
};
export const peerNames = Object.keys(peers);

export async function runPeer(name: string, folder: string): Promise<PeerResult> {
  try {
    const command = await peers[name]?.(folder);
    if (!command) throw new Unavailable('no such peer');
    const { file, args, cwd, env } = command;
    say(`${name} ...`);
    const { stdout } = await promisify(execFile)(file, args, {
      maxBuffer: manyBytes,
      cwd,
      env: env ?? process.env,
    });
    const { photos, seconds, tags } = v.parse(answerSchema, JSON.parse(lastLine(stdout)));
    return { name, photosPerSecond: photos / seconds, photos, tags };
  } catch (error) {
    if (error instanceof Unavailable) return { name, skipped: error.message };
    throw error;
  }
}

async function python(script: string, ...args: string[]): Promise<Command> {
  return { file: await preparePython(), args: [path.join(peersFolder, script), ...args] };
}

/** Installed beside the results, never a dependency of the project; the model is exported for it once. */
async function transformers(folder: string, batch: number): Promise<Command> {
  const home = path.join(distFolder, `transformers-${transformersVersion}`);
  if (!existsSync(path.join(home, 'node_modules/@huggingface/transformers'))) {
    say('installing transformers.js, once ...');
    mkdirSync(home, { recursive: true });
    writeFileSync(path.join(home, 'package.json'), '{"private":true}');
    const wanted = `@huggingface/transformers@${transformersVersion}`;
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await loud(npm, ['install', '--no-fund', '--no-audit', '--loglevel=error', wanted], {
      cwd: home,
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
  }
  const models = path.join(home, 'models');
  const model = path.join(models, 'efficientnet-lite2');
  if (!existsSync(path.join(model, 'onnx/model.onnx'))) {
    say('exporting the model for transformers.js, once ...');
    await loud(await preparePython(), [path.join(peersFolder, 'export_transformers.py'), model]);
  }
  const script = path.join(peersFolder, 'transformers.mjs');
  return { file: process.execPath, args: [script, folder, models, String(batch)], cwd: home };
}

/** The server makes its own Python environment; the client runs in the same one. */
async function triton(folder: string): Promise<Command> {
  const server = path.join(root, 'test/triton/server.py');
  const client = path.join(peersFolder, 'triton_client.py');
  if (process.platform !== 'linux') throw new Unavailable('Triton runs on Linux only');
  if (!existsSync(server)) throw new Unavailable('no server script');
  const base = process.env['TRITON_PYTHON'] ?? '/usr/bin/python3';
  if (!existsSync(base)) throw new Unavailable(`no ${base}`);
  await canRun(base, server);
  return { file: base, args: [client, server, packFolder, folder] };
}

/** Its environment is made, once. */
function canRun(base: string, server: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(base, [server, '--prepare'], { stdio: 'ignore' });
    child.on('error', (error) => {
      reject(new Unavailable(error.message));
    });
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Unavailable(`${base} ${server} ended with ${String(code)}`));
    });
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
