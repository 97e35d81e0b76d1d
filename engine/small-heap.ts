/**
 * How threads are started that hold little of JavaScript's own: V8 would let each keep 48 MB of young objects
 * that nobody needs any more before it looks, and the engine has a dozen of them.
 */
import type { ResourceLimits } from 'node:worker_threads';

export const smallHeap: ResourceLimits = { maxYoungGenerationSizeMb: 4 };
