/**
 * The soak's engine: the real one, which on SIGUSR2 also collects the garbage of all its threads, so that what
 * is left is what it keeps, and answers its parent with the same signal. Linux and macOS.
 */
import { Session } from 'node:inspector/promises';

/** What the first round frees may hold something else. */
const rounds = 2;
const method = 'HeapProfiler.collectGarbage';
const session = new Session();
/** What waits for each thread's answer; one that ends owes none. */
const threads = new Map<string, () => void>();
session.connect();
session.on('NodeWorker.attachedToWorker', ({ params }) => {
  threads.set(params.sessionId, () => undefined);
});
session.on('NodeWorker.detachedFromWorker', ({ params }) => {
  threads.get(params.sessionId)?.();
  threads.delete(params.sessionId);
});
session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
  threads.get(params.sessionId)?.();
});
await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });

function collectIn(sessionId: string): Promise<void> {
  return new Promise((resolve) => {
    threads.set(sessionId, resolve);
    const message = JSON.stringify({ id: 1, method });
    session.post('NodeWorker.sendMessageToWorker', { sessionId, message }).catch(() => {
      resolve();
    });
  });
}

async function collect(): Promise<void> {
  for (let round = 0; round < rounds; round += 1)
    await Promise.all([session.post(method), ...[...threads.keys()].map(collectIn)]);
  process.kill(process.ppid, 'SIGUSR2');
}

process.on('SIGUSR2', () => void collect());
await import('../../engine/main.ts');
