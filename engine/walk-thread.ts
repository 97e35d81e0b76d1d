/** The walking thread: lists one directory after the other and looks whether the root is still the same. */
import { parentPort } from 'node:worker_threads';
import { lookAtRoot } from './root.ts';
import { listDirectory, listNames } from './walk.ts';
import { packListing, splitNames, type FromWalker, type WalkJob } from './walker.ts';

parentPort?.on('message', ({ job, root, directory, names }: WalkJob) => {
  const where = Buffer.from(directory);
  const listing = names
    ? { files: listNames(where, splitNames(names)), directories: [] }
    : listDirectory(where);
  const answer: FromWalker = {
    job,
    listing: 'unreadable' in listing ? listing : packListing(listing),
    root: lookAtRoot(root),
  };
  parentPort?.postMessage(answer);
});
