/**
 * Long changes of the catalog in short pieces: between two pieces the engine answers calls and saves
 * photos. Each chore has a name, and runs once however often it is asked for.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { isSqlite } from './catalog/database.ts';

export interface Chores {
  /** Repeats `some` until it says false. Resolves when it has, or when the engine closes. */
  run(name: string, some: () => boolean, onProgress: () => void): Promise<void>;
  close(): void;
}

const retryFullMs = 5_000;

export function openChores(): Chores {
  const running = new Map<string, Promise<void>>();
  let closed = false;

  async function go(some: () => boolean, onProgress: () => void): Promise<void> {
    while (!closed) {
      try {
        // Before the first piece too: who asks for a chore does not wait for any of it.
        await nextTurn();
        const more = some();
        onProgress();
        if (!more) return;
      } catch (error) {
        if (!isSqlite(error, 'SQLITE_FULL')) throw error;
        await sleep(retryFullMs, undefined, { ref: false });
      }
    }
  }

  return {
    run: (name, some, onProgress) => {
      const known = running.get(name);
      if (known) return known;
      const started = go(some, onProgress).finally(() => running.delete(name));
      running.set(name, started);
      return started;
    },
    close: () => {
      closed = true;
    },
  };
}
