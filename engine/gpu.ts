/**
 * What the machine tells of its NVIDIA GPU: one `nvidia-smi` that reports every second for as long as the
 * engine runs. Where there is none, nothing is told and nothing is said.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Status } from '../common/contract.ts';

export type Gpu = NonNullable<Status['gpu']>;

export interface GpuWatch {
  /** Null where nothing was told in the last seconds. */
  readonly latest: Gpu | null;
  close(): void;
}

const fields = [
  'index',
  'name',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'power.draw',
  'temperature.gpu',
];
const staleMs = 5_000;
const mebibyte = 1024 * 1024;

export function openGpuWatch(command = 'nvidia-smi'): GpuWatch {
  let latest: { gpu: Gpu; at: number } | null = null;
  const child = spawn(
    command,
    [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits', '-l', '1'],
    { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true },
  );
  child.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const parsed = parseGpuLine(line);
    // Sessions open on the first GPU.
    if (parsed?.index === 0) latest = { gpu: parsed.gpu, at: performance.now() };
  });
  return {
    get latest() {
      return latest && performance.now() - latest.at < staleMs ? latest.gpu : null;
    },
    close: () => {
      child.kill();
    },
  };
}

/** One line of `nvidia-smi` with the fields above; null where it is something else. */
export function parseGpuLine(line: string): { index: number; gpu: Gpu } | null {
  const parts = line.split(',').map((part) => part.trim());
  const [index, name = '', utilisation, used, total, power, temperature] = parts;
  // What a card does not tell reads `[N/A]` or `[Not Supported]`.
  const number = (text: string | undefined) =>
    text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
  const [at, share, usedMebi, totalMebi] = [index, utilisation, used, total].map(number);
  if (parts.length !== fields.length || at == null || totalMebi == null) return null;
  return {
    index: at,
    gpu: {
      name,
      utilisation: (share ?? 0) / 100,
      memoryUsedBytes: (usedMebi ?? 0) * mebibyte,
      memoryTotalBytes: totalMebi * mebibyte,
      powerWatts: number(power),
      temperatureC: number(temperature),
    },
  };
}
