/** Answers the calls about GPU support: what could be installed, one installation at a time, and its end. */
import { ContractError, type Handlers } from '../../common/contract.ts';
import type { GpuSupport } from '../../common/gpu.ts';
import { askMachine, checkMachine } from './check.ts';
import { install, remove, sumBytes, type Progress } from './install.ts';
import { gpuFolder, isInstalled, runtimeVariable } from './place.ts';
import { installedBytes, wheels } from './plan.ts';
import { gpuTrouble } from './trouble.ts';

type GpuMethods = Pick<Handlers, 'gpu.support' | 'gpu.install' | 'gpu.cancel' | 'gpu.remove'>;

export interface GpuSupportHandlers {
  handlers: GpuMethods;
  close(): Promise<void>;
}

/** What there is, and what could be. */
export async function readSupport(): Promise<Omit<GpuSupport, 'progress'>> {
  const folder = gpuFolder();
  const check = checkMachine(await askMachine());
  return {
    installed: isInstalled(folder),
    inUse: process.env[runtimeVariable] !== undefined,
    folder,
    card: check.able ? check.card.name : null,
    problem: check.able ? null : { code: check.problem, facts: check.facts },
    packages: wheels.map(({ name, version, bytes, licence }) => ({
      name,
      version,
      bytes,
      licence,
    })),
    downloadBytes: sumBytes(wheels),
    installedBytes,
  };
}

/** Throws `gpu-refused` where CUDA cannot work. */
export async function checkOrRefuse(): Promise<void> {
  const check = checkMachine(await askMachine());
  if (!check.able) throw gpuTrouble(check.problem, ...check.facts);
}

interface Installing {
  stop: AbortController;
  progress: Progress;
  done: Promise<void>;
}

export function gpuHandlers(): GpuSupportHandlers {
  let running: Installing | null = null;

  async function run(installing: Installing): Promise<void> {
    await checkOrRefuse();
    const { signal } = installing.stop;
    const onProgress = (now: Progress) => {
      installing.progress = now;
    };
    await install({ folder: gpuFolder(), index: null, signal, onProgress });
  }

  async function cancel(): Promise<void> {
    running?.stop.abort(new ContractError('cancelled'));
    await running?.done.catch(() => undefined);
  }

  return {
    handlers: {
      'gpu.support': async () => ({
        ...(await readSupport()),
        progress: running?.progress ?? null,
      }),
      'gpu.install': async () => {
        if (running) throw gpuTrouble('busy');
        running = {
          stop: new AbortController(),
          progress: { step: 'download', name: '', doneBytes: 0, totalBytes: sumBytes(wheels) },
          done: Promise.resolve(),
        };
        try {
          running.done = run(running);
          await running.done;
        } finally {
          running = null;
        }
        return {};
      },
      'gpu.cancel': async () => {
        await cancel();
        return {};
      },
      'gpu.remove': () => {
        remove(gpuFolder());
        return {};
      },
    },
    close: cancel,
  };
}
