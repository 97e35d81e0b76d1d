/** Takes one snapshot and ends: reading a whole catalog takes seconds where it is large. */
import { workerData } from 'node:worker_threads';
import { takeSnapshot } from './snapshots.ts';

takeSnapshot((workerData as { library: string }).library);
