/**
 * The window as a person has it: nobody hears of its requests. Playwright has Chromium tell of each one,
 * in five messages, and takes a third of the thumbnails' rate. Here expressions are evaluated, no more.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { isOurs } from '../../electron/app-protocol.ts';
import { findApp, ownDisplay, patienceMs, type Place } from '../e2e/harness.ts';

export interface Asked {
  evaluate<T>(expression: string): Promise<T>;
}

export interface Unwatched extends Asked {
  close(): Promise<void>;
}

interface Answer {
  id?: number;
  result?: { result: { value: unknown }; exceptionDetails?: { text: string } };
}

export async function openUnwatched(place: Place): Promise<Unwatched> {
  const { executable, first } = await findApp();
  // As Playwright starts it: Chromium refuses its sandbox to root.
  const words = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const child = spawn(executable, [...first, ...words, `--user-data-dir=${place.profile}`], {
    env: { ...process.env, ...(await ownDisplay()), WANWU_LIBRARY: place.library },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  // A bench that throws leaves no window behind.
  process.on('exit', () => child.kill());
  const address = await debuggerOf(child.stderr);
  const socket = new WebSocket(await pageOf(address));
  await once(socket, 'open');
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    waiting.get(answer.id ?? 0)?.(answer);
  });
  let last = 0;
  return {
    evaluate: async <T>(expression: string) => {
      last += 1;
      const id = last;
      const params = { expression, awaitPromise: true, returnByValue: true };
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
      const { result } = await new Promise<Answer>((resolve) => waiting.set(id, resolve));
      waiting.delete(id);
      if (!result || result.exceptionDetails)
        throw new Error(result?.exceptionDetails?.text ?? 'no answer from the page');
      return result.result.value as T;
    },
    close: async () => {
      socket.close();
      child.kill();
      await ended;
    },
  };
}

/** Where Chromium says that its debugger listens. */
function debuggerOf(stderr: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    // By events, which also reads what it says later: leaving a loop over the lines sometimes never comes back.
    const lines = createInterface(stderr);
    lines.on('line', (line) => {
      const address = /^DevTools listening on ws:\/\/([\w.:]+)\//.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    lines.on('close', () => {
      reject(new Error('the app ended before its debugger listened'));
    });
  });
}

async function pageOf(address: string): Promise<string> {
  for (const end = performance.now() + patienceMs; performance.now() < end;) {
    const answer = await fetch(`http://${address}/json`);
    const targets = (await answer.json()) as { url: string; webSocketDebuggerUrl: string }[];
    const page = targets.find(({ url }) => isOurs(url));
    if (page) return page.webSocketDebuggerUrl;
    await pause(100);
  }
  throw new Error('no window');
}
