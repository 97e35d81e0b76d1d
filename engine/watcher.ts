/**
 * The watching thread as the scanner sees it: says which directory below a root is to be scanned again.
 * A thread of its own, because beginning to watch a large folder takes seconds of work.
 */
import { Worker } from 'node:worker_threads';
import { smallHeap } from './small-heap.ts';

export interface WatchThreadData {
  /** The app's own folder, never watched. */
  library: string;
}

export type ToWatcher =
  | { kind: 'watch'; watch: number; root: string; below: boolean }
  | { kind: 'unwatch'; watch: number };

export type FromWatcher =
  | { kind: 'changed'; watch: number; directory: string; recursive: boolean }
  | { kind: 'unwatched'; watch: number; directory: string };

export interface WatchListener {
  /** `recursive`: with everything below it. */
  onChanged(directory: string, recursive: boolean): void;
  /** The system would not watch one of its directories. */
  onUnwatched(): void;
}

export interface Watcher {
  /** `below`: with all directories below the root. Does nothing where the folder is watched already. */
  watch(folder: number, root: string, below: boolean, listener: WatchListener): void;
  /** Nothing is heard of the folder any more. */
  unwatch(folder: number): void;
  /** Directories that the system would not watch: of this folder, or of all. */
  unwatched(folder?: number): number;
  close(): Promise<void>;
}

/** The thread starts with the first folder. */
export function openWatcher(library: string): Watcher {
  const watches = new Map<
    number,
    { watch: number; listener: WatchListener; unwatched: Set<string> }
  >();
  let worker: Worker | null = null;
  let nextWatch = 1;

  function start(): Worker {
    const workerData: WatchThreadData = { library };
    const started = new Worker(new URL('./watch-thread.ts', import.meta.url), {
      workerData,
      resourceLimits: smallHeap,
    });
    started.on('message', (message: FromWatcher) => {
      // A folder that is watched anew does not hear of what was before.
      const heard = [...watches.values()].find(({ watch }) => watch === message.watch);
      if (!heard) return;
      if (message.kind === 'changed')
        heard.listener.onChanged(message.directory, message.recursive);
      else {
        heard.unwatched.add(message.directory);
        heard.listener.onUnwatched();
      }
    });
    return started;
  }
  const tell = (message: ToWatcher) => {
    worker ??= start();
    worker.postMessage(message);
  };

  return {
    watch: (folder, root, below, listener) => {
      if (watches.has(folder)) return;
      const watch = nextWatch++;
      watches.set(folder, { watch, listener, unwatched: new Set() });
      tell({ kind: 'watch', watch, root, below });
    },
    unwatch: (folder) => {
      const known = watches.get(folder);
      if (!known) return;
      watches.delete(folder);
      tell({ kind: 'unwatch', watch: known.watch });
    },
    unwatched: (folder) =>
      [...watches]
        .filter(([id]) => folder === undefined || id === folder)
        .reduce((sum, [, { unwatched }]) => sum + unwatched.size, 0),
    close: async () => {
      watches.clear();
      await worker?.terminate();
    },
  };
}
