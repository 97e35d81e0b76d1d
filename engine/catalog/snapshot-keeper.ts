/** Sees to it that there is a snapshot of every day on which the engine ran. */
import { Worker } from 'node:worker_threads';
import { isSnapshotDue } from './snapshots.ts';

const firstMs = 3_000;
const betweenMs = 600_000;

/** `isWorthIt`: whether the catalog holds anything; `onDamage`: it is not whole. */
export function keepSnapshots(library: string, isWorthIt: () => boolean, onDamage: () => void) {
  let worker: Worker | null = null;
  const look = () => {
    if (worker || !isWorthIt() || !isSnapshotDue(library)) return;
    worker = new Worker(new URL('./snapshot-thread.ts', import.meta.url), {
      workerData: { library },
    });
    worker.on('error', (error) => {
      console.error('snapshot', error);
      if ('code' in error && error.code === 'library-damaged') onDamage();
    });
    worker.on('exit', () => {
      worker = null;
    });
  };
  const first = setTimeout(look, firstMs);
  const later = setInterval(look, betweenMs);
  return {
    close: async () => {
      clearTimeout(first);
      clearInterval(later);
      await worker?.terminate();
    },
  };
}
