/**
 * One piece of work in a process beside the engine, so that nothing else is counted and a native fault ends it
 * alone: the side that asks, and the side that answers.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as v from 'valibot';
import { ContractError, errorCodes } from '../common/contract.ts';
import { engineEnvironment } from './client.ts';

const frameSchema = v.union([
  v.object({ answer: v.unknown() }),
  v.object({ code: v.picklist(errorCodes), detail: v.string() }),
]);

/**
 * `entry`: a file that calls `answerParent`; `workers`: its threads. Rejects with the child's own error, with
 * `internal` and how it ended where it did not answer, or with the signal's reason; it has ended by then.
 */
export async function runChild(
  entry: URL,
  job: unknown,
  workers: number,
  signal?: AbortSignal,
): Promise<unknown> {
  signal?.throwIfAborted();
  const child = fork(entry, {
    env: engineEnvironment(workers),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    ...(signal ? { signal } : {}),
  });
  let said: unknown = null;
  child.on('message', (frame) => {
    said = frame;
  });
  child.send({ job }, () => undefined);
  const how = await new Promise<string>((resolve, reject) => {
    child.on('error', (error) => {
      if (!signal?.aborted) reject(new ContractError('internal', error.message));
    });
    child.once('close', (code, killer) => {
      resolve(killer ?? `exit ${String(code)}`);
    });
  });
  signal?.throwIfAborted();
  const frame = v.safeParse(frameSchema, said);
  if (!frame.success) throw new ContractError('internal', how);
  if ('code' in frame.output) throw new ContractError(frame.output.code, frame.output.detail);
  return frame.output.answer;
}

const undoings: (() => void)[] = [];

/** What must not stay behind where the work is broken off, by the parent or by its end. */
export function ifBrokenOff(undo: () => void): void {
  undoings.push(undo);
}

function breakOff(): void {
  for (const undo of undoings) undo();
  // A hung native call stops even process.exit.
  process.kill(process.pid, 'SIGKILL');
}

/** The process ends with its answer. */
export async function answerParent(work: (job: unknown) => Promise<unknown>): Promise<void> {
  // Ctrl-C reaches the whole group; the parent decides when this ends.
  process.on('SIGINT', () => undefined);
  process.once('SIGTERM', breakOff);
  process.once('disconnect', breakOff);
  const [{ job }] = (await once(process, 'message')) as [{ job: unknown }];
  const frame = await work(job).then(
    (answer) => ({ answer }),
    (error: unknown) => {
      const known =
        error instanceof ContractError ? error : new ContractError('internal', String(error));
      return { code: known.code, detail: known.detail };
    },
  );
  process.send?.(frame, undefined, undefined, () => process.exit(0));
}
