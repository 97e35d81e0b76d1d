/**
 * Everything that only a machine with a GPU can prove, unattended and within ten minutes: that the installer
 * works, that CUDA runs the model, how fast, how full, and what happens when memory runs out. Writes
 * gpu.json and gpu.md.
 *
 *     node test/gpu/run.ts [--device cuda] [--out FOLDER] [--dry-run] [--minutes 9]
 *
 * `--dry-run` takes small sizes: on the CPU (`--device cpu`) it shows that the script itself works.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { devices, type Device } from '../../common/contract.ts';
import { engineEnvironment, startEngine } from '../../engine/client.ts';
import { askMachine, checkMachine } from '../../engine/gpu-runtime/check.ts';
import { isInstalled } from '../../engine/gpu-runtime/place.ts';
import { engineOptions } from '../../engine/options.ts';
import { manyPhotos, untilIdle } from '../engine/harness.ts';
import { defaultPack } from '../fixtures/pack.ts';
import { freeBytes, watchCard, type Load } from './card.ts';
import { writeHeavyPack } from './heavy-pack.ts';
import type { MeasureJob, Measured } from './measure.ts';
import type { Profile } from './profile.ts';
import { writeReport } from './report.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const cli = here('../../engine/cli.ts');
const gigabyte = 2 ** 30;

const { values: given } = parseArgs({
  options: {
    device: { type: 'string', default: 'cuda' },
    out: { type: 'string', default: 'dist/gpu' },
    'dry-run': { type: 'boolean', default: false },
    minutes: { type: 'string', default: '9' },
  },
});
const device: Device = devices.find((one) => one === given.device) ?? 'cuda';
const isDry = given['dry-run'];
const out = path.resolve(given.out);
const endsAt = performance.now() + Number(given.minutes) * 60_000;
const place = mkdtempSync(path.join(os.tmpdir(), 'wanwu-gpu-'));
const seconds = isDry ? 1 : 6;
const heavy = path.join(place, 'heavy');

export interface Row extends Measured {
  pack: string;
  batch: number;
  load: Load | null;
}
export interface Results {
  device: Device;
  dry: boolean;
  machine: { smi: string | null; cpu: string; cores: number };
  parts: Record<string, unknown>;
  table: Row[];
  heavy: Row[];
  /** Part -> why it could not be done. */
  failed: Record<string, string>;
}

const results: Results = {
  device,
  dry: isDry,
  machine: {
    smi: (await askMachine()).smi,
    cpu: os.cpus()[0]?.model ?? '',
    cores: os.availableParallelism(),
  },
  parts: {},
  table: [],
  heavy: [],
  failed: {},
};

/** A part that fails is told; the others go on. Everything known is on disk after each. */
async function part(name: string, run: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  process.stderr.write(`${name} ...\n`);
  try {
    if (started > endsAt) throw new Error('no time left');
    const value = await run();
    if (value !== undefined) results.parts[name] = value;
  } catch (error) {
    results.failed[name] = (error as Error).message;
    process.stderr.write(`  ${(error as Error).message}\n`);
  }
  process.stderr.write(`  ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  writeReport(out, results);
}

/** A child with the engine's environment: its lines, and its end. Throws with its last words. */
async function run(
  script: string,
  args: string[],
  onLine: (line: string) => void = () => undefined,
): Promise<string> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...engineEnvironment(16), WANWU_LANG: 'en' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [last, words] = ['', ''];
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = line;
    onLine(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0)
    throw new Error(`${path.basename(script)} ended with ${String(code)}: ${words.slice(-600)}`);
  return last;
}

async function measure(job: MeasureJob): Promise<Row> {
  const card = watchCard();
  let from = Infinity;
  const answer = await run(here('measure.ts'), [JSON.stringify(job)], (line) => {
    // Half a second later the driver's own mean has forgotten the time before.
    if (line === 'started') from = performance.now() + 500;
  });
  const row = {
    ...(JSON.parse(answer) as Measured),
    pack: path.basename(job.pack),
    batch: job.batch,
    load: card.load(from),
  };
  card.close();
  process.stderr.write(
    `  ${row.pack} x ${String(row.batch)} on ${row.device}: ${row.photosPerSecond.toFixed(0)} photos/s, ` +
      `${row.load ? `${(row.load.utilisation * 100).toFixed(0)} % used` : 'no card'}\n`,
  );
  if (row.device !== device)
    throw new Error(row.unused.map(({ device: one, reason }) => `${one}: ${reason}`).join('; '));
  return row;
}

await part('install', async () => {
  const check = checkMachine(await askMachine());
  if (device !== 'cuda') return { installed: isInstalled(), check };
  if (!isInstalled()) await run(cli, ['gpu', 'install', '--json']);
  return { installed: isInstalled(), check };
});
await part('doctor', async () => {
  const answer = JSON.parse(
    await run(cli, ['doctor', '--json', '--library', path.join(place, 'none')]),
  ) as { devices: unknown };
  return answer.devices;
});
await part('provider', async () => {
  const profile = JSON.parse(await run(here('profile.ts'), [defaultPack, device])) as Profile;
  const wanted = { cuda: 'CUDAExecutionProvider', cpu: 'CPUExecutionProvider' }[device as string];
  if (wanted !== undefined && !profile.providers[wanted]) throw new Error(JSON.stringify(profile));
  return profile;
});
await part('batches', async () => {
  for (const batch of isDry ? [1, 4] : [1, 2, 4, 8, 16, 32, 64])
    results.table.push(await measure({ pack: defaultPack, device, batch, seconds, threads: 1 }));
});
await part('heavy', async () => {
  writeHeavyPack(heavy, isDry ? 'tiny' : 'large', 'fp16');
  for (const batch of isDry ? [2] : [8, 32, 64])
    results.heavy.push(
      await measure({ pack: heavy, device, batch, seconds: isDry ? 1 : 15, threads: 1 }),
    );
});
async function fillMemory() {
  const free = freeBytes();
  if (free === null) throw new Error('no card');
  const ballast = spawn(
    process.execPath,
    [here('ballast.ts'), String(free - 3 * gigabyte), device],
    { env: engineEnvironment(16), stdio: ['pipe', 'pipe', 'inherit'] },
  );
  try {
    await new Promise((resolve, reject) => {
      ballast.stdout.once('data', resolve);
      ballast.once('exit', () => {
        reject(new Error('the ballast did not stay'));
      });
    });
    const left = freeBytes();
    const row = await measure({ pack: heavy, device, batch: 512, seconds: 5, threads: 1 });
    return { freeBefore: free, freeWithBallast: left, halved: row.mostAtOnce !== null, row };
  } finally {
    ballast.stdin.end();
  }
}
if (device !== 'cpu') await part('out of memory', fillMemory);
for (const one of device === 'cpu' ? [device] : [device, 'cpu' as const])
  await part(`engine on ${one}`, async () => {
    const photos = path.join(place, `photos-${one}`);
    const count = isDry ? 20 : one === 'cpu' ? 400 : 1500;
    manyPhotos(photos, 'cat-chelsea', count);
    const options = engineOptions({
      library: path.join(place, `library-${one}`),
      device: one,
      packs: [defaultPack],
    });
    const engine = await startEngine({ node: process.execPath, options });
    const card = watchCard();
    try {
      const started = performance.now();
      await engine.call('folders.add', { paths: [photos] });
      const status = await untilIdle(engine);
      const took = (performance.now() - started) / 1000;
      const { counts, batch, gpu, device: used } = status;
      if (used.name !== one) throw new Error(used.unused.map(({ reason }) => reason).join('; '));
      return {
        photosPerSecond: count / took,
        ...{ counts, batch, gpu, mostAtOnce: used.mostAtOnce, load: card.load(started) },
      };
    } finally {
      card.close();
      await engine.close();
    }
  });

rmSync(place, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, 'gpu.json'), JSON.stringify(results, null, 2));
process.exitCode = Object.keys(results.failed).length === 0 ? 0 : 1;
