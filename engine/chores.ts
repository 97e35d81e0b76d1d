/**
 * Long changes of the catalog in short pieces: between two pieces the engine answers calls and saves
 * photos. Each chore has a name, and runs once however often it is asked for.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { isSqlite } from './catalog/database.ts';

export interface Chores {
  /** Repeats `some` until it says false. Resolves when it has, or when the engine closes. */
  run(name: string, some: () => boolean): Promise<void>;
  close(): void;
}

const retryFullMs = 5_000;

export function openChores(onProgress: () => void): Chores {
  const running = new Map<string, Promise<void>>();
  let closed = false;

  async function go(some: () => boolean): Promise<void> {
    while (!closed) {
      try {
        const more = some();
        onProgress();
        if (!more) return;
        await nextTurn();
      } catch (error) {
        if (!isSqlite(error, 'SQLITE_FULL')) throw error;
        await sleep(retryFullMs, undefined, { ref: false });
      }
    }
  }

  return {
    run: (name, some) => {
      const known = running.get(name);
      if (known) return known;
      const started = go(some).finally(() => running.delete(name));
      running.set(name, started);
      return started;
    },
    close: () => {
      closed = true;
    },
  };
}
