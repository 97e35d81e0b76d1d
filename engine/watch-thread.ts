/** The watching thread. The only importer of chokidar. */
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { watch, type FSWatcher } from 'chokidar';
import { isForeign } from './walk.ts';
import type { FromWatcher, ToWatcher, WatchThreadData } from './watcher.ts';

const { library } = workerData as WatchThreadData;
const watchers = new Map<number, FSWatcher>();
const say = (message: FromWatcher) => parentPort?.postMessage(message);

function start(number: number, root: string, below: boolean): FSWatcher {
  const watcher = watch(root, {
    // One watch a directory instead of one a file; `raw` still tells of every change inside.
    ignored: (one, stats) =>
      (stats !== undefined && !stats.isDirectory()) ||
      one === library ||
      (one !== root && isForeign(path.basename(one))),
    ignoreInitial: true,
    ...(below ? {} : { depth: 0 }),
    followSymlinks: false,
    // Where nobody may look no scan finds anything either.
    ignorePermissionErrors: true,
  });
  const changed = (directory: string, recursive: boolean) => {
    say({ kind: 'changed', watch: number, directory, recursive });
  };
  watcher.on('raw', (_event, _name, details) => {
    const { watchedPath } = details as { watchedPath?: string };
    if (watchedPath !== undefined) changed(watchedPath, false);
  });
  watcher.on('addDir', (directory) => {
    changed(directory, true);
  });
  watcher.on('unlinkDir', (directory) => {
    changed(directory, true);
  });
  watcher.on('error', (error) => {
    const directory = (error as NodeJS.ErrnoException).path ?? root;
    say({ kind: 'unwatched', watch: number, directory });
  });
  return watcher;
}

parentPort?.on('message', (message: ToWatcher) => {
  if (message.kind === 'watch')
    watchers.set(message.watch, start(message.watch, message.root, message.below));
  else {
    void watchers.get(message.watch)?.close();
    watchers.delete(message.watch);
  }
});
