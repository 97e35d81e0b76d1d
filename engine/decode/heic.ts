/**
 * Decodes HEIC in a thread of its own, one for each decode thread: what hangs there can be ended, and its
 * memory, which WebAssembly never gives back, goes with it.
 */
import { Worker } from 'node:worker_threads';
import type { Reason } from '../../common/contract.ts';
import type { Size } from './model-input.ts';
import type { FromHeicWorker, HeicJob } from './heic-worker.ts';
import { smallHeap } from '../small-heap.ts';

export interface HeicPixels extends Size {
  /** sRGB, rows from the top, orientation done. */
  pixels: Buffer;
}

/** A thread that took more is ended after its picture. */
const keptHeapBytes = 128 * 1024 * 1024;

let idle: Worker | null = null;

/** One at a time. At least `shortest` pixels on the shortest side, where the picture has them. */
export function decodeHeic(
  bytes: Buffer,
  shortest: number,
  limits: { ms: number; heapBytes: number },
): Promise<HeicPixels | Reason> {
  const worker =
    idle ?? new Worker(new URL('./heic-worker.ts', import.meta.url), { resourceLimits: smallHeap });
  idle = null;
  worker.ref();
  return new Promise((resolve) => {
    const end = (result: HeicPixels | Reason, keep: boolean) => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('error', onError);
      if (keep) {
        idle = worker;
        worker.unref();
      } else void worker.terminate();
      resolve(result);
    };
    const onMessage = (message: FromHeicWorker) => {
      if (message.kind === 'failed') end(message.reason, false);
      else {
        const { pixels, width, height, heapBytes } = message;
        end({ pixels: Buffer.from(pixels.buffer), width, height }, heapBytes <= keptHeapBytes);
      }
    };
    const onError = (error: unknown) => {
      end({ code: 'damaged', detail: error instanceof Error ? error.message : '' }, false);
    };
    const timer = setTimeout(() => {
      end({ code: 'timed-out', detail: '' }, false);
    }, limits.ms);
    worker.on('message', onMessage);
    worker.on('error', onError);
    // A view would take all the memory along that it lies in.
    const own = new Uint8Array(bytes);
    const job: HeicJob = { bytes: own, shortest, heapLimitBytes: limits.heapBytes };
    worker.postMessage(job, [own.buffer]);
  });
}
