/** Lets one process of this working copy at a time do a piece of work; the others wait for its end. */
import { mkdirSync, readFileSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './engine-node.mjs';

const lookMs = 200;
const touchMs = 5_000;
/** After a power cut the number in the lock may be another process's: nobody touches it any more. */
const abandonedMs = 60_000;

/**
 * @param {string} name of the work
 * @param {() => Promise<void>} work looks again whether there is something left to do
 */
export async function alone(name, work) {
  const lock = path.join(root, 'dist', `${name}.lock`);
  mkdirSync(path.dirname(lock), { recursive: true });
  for (let told = false; !take(lock); told = true) {
    if (!told)
      process.stderr.write(
        '另一个进程正在准备，等它完成… Another process prepares this: waiting.\n',
      );
    await sleep(lookMs);
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now, () => undefined);
  }, touchMs);
  try {
    await work();
  } finally {
    clearInterval(touching);
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** @param {string} lock */
function isAbandoned(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > abandonedMs) return true;
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}
