/**
 * `npm run bench:window`: how the window bears a large library, on the real app with whatever draws here
 * (software without a GPU). Makes a library (or takes the one given), then measures the first grid, typing and
 * memory under Playwright, and in a second start, with nobody watching its requests, frames while scrolling,
 * tiles that have their pictures, and how many pictures a second there can be. Prints a table.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openApp, samples, type App, type Place } from '../e2e/harness.ts';
import { makeLibrary } from './made-library.ts';
import { say } from './places.ts';
import { openUnwatched, type Asked } from './unwatched.ts';

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '100000' },
    library: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    /** How long memory is watched. */
    minutes: { type: 'string', default: '1' },
  },
});

const grid = "document.querySelector('[data-testid=grid]')";
const words = ['猫', '狗', '花', '汽车', '海', '鸟', '鱼', '山', '食物', '建筑', '马', '船'];
const jumps = 20;
const jump = 'if (n % 12 === 0) g.scrollTop = Math.random() * g.scrollHeight';
/** The index is read and the scan after the start is over. */
const settledMs = 5_000;

function share(all: readonly number[], at: number): number {
  return [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) * at)] ?? 0;
}
const ms = (n: number) => `${n.toFixed(0)} ms`;

/** Times between frames while `step` scrolls the grid `g` in each of them. */
async function frames(page: Asked, seconds: number, step: string): Promise<string> {
  const gaps = await page.evaluate<number[]>(`new Promise((done) => {
    const g = ${grid};
    const gaps = [];
    let last = 0;
    let n = 0;
    const end = performance.now() + ${String(seconds * 1000)};
    const tick = (at) => {
      if (last > 0) gaps.push(at - last);
      last = at;
      n += 1;
      ${step};
      if (at < end) requestAnimationFrame(tick);
      else done(gaps);
    };
    requestAnimationFrame(tick);
  })`);
  const worst = Math.max(...gaps);
  const over = gaps.filter((gap) => gap > 100).length;
  return `p50 ${ms(share(gaps, 0.5))}, p95 ${ms(share(gaps, 0.95))}, worst ${ms(worst)}, over 100 ms: ${String(over)}`;
}

/** From the page's first moment to the frame that has the first pictures. */
function firstGrid({ page }: App): Promise<number> {
  return page.evaluate<number>(`new Promise((done) => {
    const look = () => {
      const pictures = [...document.querySelectorAll('.tile img')].slice(0, 9);
      if (pictures.length === 9 && pictures.every((one) => one.complete)) done(performance.now());
      else requestAnimationFrame(look);
    };
    look();
  })`);
}

/** From a jump until every tile in sight has its picture's bytes; Chromium decodes them while it draws. */
function paint(page: Asked): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const g = ${grid};
    const frame = () => new Promise(requestAnimationFrame);
    const box = g.getBoundingClientRect();
    const inSight = (one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return bottom > box.top && top < box.bottom;
    };
    const began = performance.now();
    g.scrollTop = Math.random() * g.scrollHeight;
    await frame();
    for (;;) {
      await frame();
      const tiles = [...g.querySelectorAll('.tile')].filter(inSight);
      const waits = [...g.querySelectorAll('.unloaded')].some(inSight);
      if (!waits && tiles.length > 0 && tiles.every((one) => one.querySelector('img')?.complete))
        return performance.now() - began;
    }
  })()`);
}

/**
 * How many pictures the page gets, each asked for by an image of its own as the tiles do, 32 at once. Arrived,
 * not decoded. Not by net.fetch of the main process: that would be both ends of each request.
 */
async function thumbnails(page: Asked, library: string): Promise<string> {
  const folder = path.join(library, 'thumbnails');
  const hashes = readdirSync(folder)
    .flatMap((part) => readdirSync(path.join(folder, part)))
    .slice(0, 4_000)
    .map((name) => path.basename(name, '.jpg'));
  const seconds = await page.evaluate<number>(`(async () => {
    const left = ${JSON.stringify(hashes)};
    const began = performance.now();
    const load = (hash) => new Promise((resolve, reject) => {
      const picture = new Image();
      picture.onload = resolve;
      picture.onerror = reject;
      picture.src = 'photo://thumb/' + hash;
    });
    const some = async () => {
      for (let hash = left.pop(); hash; hash = left.pop()) await load(hash);
    };
    await Promise.all(Array.from({ length: 32 }, some));
    return (performance.now() - began) / 1000;
  })()`);
  return `${(hashes.length / seconds).toFixed(0)} a second`;
}

/** From a word in the field to another total on the screen. */
async function type({ page }: App, word: string): Promise<number> {
  const field = page.locator('[data-testid=search] input');
  await field.fill('');
  await page.waitForTimeout(400);
  await page.evaluate(`(() => {
    const total = document.querySelector('[data-testid=total]');
    document.querySelector('[data-testid=search] input').addEventListener('input', () => {
      const began = performance.now();
      window.typed = new Promise((done) => {
        const watch = new MutationObserver(() => {
          watch.disconnect();
          requestAnimationFrame(() => done(performance.now() - began));
        });
        watch.observe(total, { characterData: true, childList: true, subtree: true });
      });
    }, { once: true, capture: true });
  })()`);
  await field.fill(word);
  return page.evaluate<number>(
    'Promise.race([window.typed, new Promise((r) => setTimeout(r, 3000, 3000))])',
  );
}

/** Working sets of all the shell's processes together, MB. */
async function memoryMb({ electron }: App): Promise<number> {
  const all = await electron.evaluate(({ app }) =>
    app.getAppMetrics().map(({ memory }) => memory.workingSetSize),
  );
  return all.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
}

/** Scrolls, jumps and searches; the shell's memory after each minute of it, MB. */
async function useFor(app: App, minutes: number): Promise<string> {
  const end = performance.now() + minutes * 60_000;
  const all: number[] = [];
  let next = performance.now();
  for (let round = 0; performance.now() < end; round += 1) {
    if (performance.now() >= next) {
      all.push(await memoryMb(app));
      next += 60_000;
    }
    await frames(app.page, 6, `${jump}; else g.scrollTop += 40`);
    await type(app, words[round % words.length] ?? '');
    await app.page.locator('[data-testid=search] input').fill('');
  }
  all.push(await memoryMb(app));
  return all.map((one) => one.toFixed(0)).join(', ');
}

const root = mkdtempSync(path.join(os.tmpdir(), 'wanwu-window-bench-'));
const library = path.resolve(values.library ?? path.join(root, 'library'));
const place: Place = {
  root,
  library,
  photos: path.join(root, 'photos'),
  profile: path.join(root, 'profile'),
};
const rows: [string, string][] = [];
try {
  if (!existsSync(path.join(library, 'catalog.sqlite'))) {
    mkdirSync(library, { recursive: true });
    await makeLibrary(library, Number(values.photos), samples, (done) => {
      if (done % 10_000 === 0) say(`  ${String(done)} photos made`);
    });
  }
  const app = await openApp(place);
  const { page } = app;
  const first = await firstGrid(app);
  rows.push(['page to first grid', ms(first)]);
  await page.waitForTimeout(3_000);
  rows.push(['photos', (await page.getByTestId('total').textContent()) ?? '']);
  const typed: number[] = [];
  for (const word of words) typed.push(await type(app, word));
  rows.push(['typing to result', `p50 ${ms(share(typed, 0.5))}, p95 ${ms(share(typed, 0.95))}`]);
  await page.locator('[data-testid=search] input').fill('');
  rows.push(['memory, each minute', await useFor(app, Number(values.minutes))]);
  await app.close();

  const bare = await openUnwatched(place);
  await pause(settledMs);
  const seconds = Number(values.seconds);
  rows.push(['scroll 2,000 px/s', await frames(bare, seconds, 'g.scrollTop += 33')]);
  rows.push(['scroll 6,000 px/s', await frames(bare, seconds, 'g.scrollTop += 100')]);
  rows.push(['fling 30,000 px/s', await frames(bare, seconds, 'g.scrollTop += 500')]);
  rows.push(['scrub, 5 jumps/s', await frames(bare, seconds, jump)]);
  const paints: number[] = [];
  for (let at = 0; at < jumps; at += 1) paints.push(await paint(bare));
  rows.push(['jump to painted', `p50 ${ms(share(paints, 0.5))}, p95 ${ms(share(paints, 0.95))}`]);
  rows.push(['thumbnails to the page', await thumbnails(bare, library)]);
  await bare.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}
for (const [name, value] of rows) process.stdout.write(`${name.padEnd(24)}${value}\n`);
