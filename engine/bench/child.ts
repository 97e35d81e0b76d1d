/** Runs a part of a measurement in a process of its own, started like the engine, so that nothing else is counted. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { engineEnvironment } from '../client.ts';

const bigOutputBytes = 1e7;

/** `entry`: a file of this folder that reads `job` from stdin; `workers`: its threads. Resolves with its JSON; rejects when aborted. */
export async function runChild(
  entry: string,
  job: unknown,
  workers: number,
  signal?: AbortSignal,
): Promise<unknown> {
  const file = fileURLToPath(new URL(entry, import.meta.url));
  const running = promisify(execFile)(process.execPath, [file], {
    env: engineEnvironment(workers),
    maxBuffer: bigOutputBytes,
    signal,
  });
  running.child.stdin?.on('error', () => undefined).end(JSON.stringify(job));
  const { stdout } = await running;
  return JSON.parse(stdout);
}
