/** What the driver tells of the first card while something runs: samples ten times a second. */
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Load {
  samples: number;
  /** 0..1, the mean, and the share of samples at 95 % and more. */
  utilisation: number;
  full: number;
  memoryBytes: number;
  powerWatts: number | null;
  temperatureC: number | null;
}

export interface CardWatch {
  /** Over the time since `from` (performance.now()); null where nothing was told. */
  load(from: number): Load | null;
  close(): void;
}

const fields = 'utilization.gpu,memory.used,power.draw,temperature.gpu';
const mebibyte = 2 ** 20;

export function watchCard(): CardWatch {
  const samples: { at: number; values: number[] }[] = [];
  const child = spawn(
    'nvidia-smi',
    ['-i', '0', `--query-gpu=${fields}`, '--format=csv,noheader,nounits', '-lms', '100'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  child.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const values = line.split(',').map(Number);
    if (Number.isFinite(values[0])) samples.push({ at: performance.now(), values });
  });
  return {
    load: (from) => {
      const seen = samples.filter(({ at }) => at >= from).map(({ values }) => values);
      if (seen.length === 0) return null;
      const mean = (at: number) =>
        seen.reduce((sum, values) => sum + (values[at] ?? NaN), 0) / seen.length;
      const told = (value: number) => (Number.isFinite(value) ? value : null);
      return {
        samples: seen.length,
        utilisation: mean(0) / 100,
        full: seen.filter(([share = 0]) => share >= 95).length / seen.length,
        memoryBytes: mean(1) * mebibyte,
        powerWatts: told(mean(2)),
        temperatureC: told(mean(3)),
      };
    },
    close: () => {
      child.kill();
    },
  };
}

/** Bytes free on the first card; null where there is none. */
export function freeBytes(): number | null {
  try {
    const asked = ['-i', '0', '--query-gpu=memory.free', '--format=csv,noheader,nounits'];
    return Number(execFileSync('nvidia-smi', asked, { encoding: 'utf8' })) * mebibyte;
  } catch {
    return null;
  }
}
