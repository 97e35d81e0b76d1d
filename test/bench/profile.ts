/**
 * `npm run profile`: where the CPU time of a photo goes in the whole engine, native code too, by `perf`
 * (Linux; Debian's linux-perf). Prints milliseconds a photo by library and by function, and draws them.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { chartSvg } from '../../engine/bench/chart.ts';
import { madePhotos } from '../../engine/bench/photos.ts';
import { keepResult } from '../../engine/bench/results.ts';
import { startEngine } from '../../engine/client.ts';
import { engineOptions } from '../../engine/options.ts';
import { photosFolder, resultsFolder, say } from './places.ts';

const { values } = parseArgs({ options: { top: { type: 'string', default: '25' } } });
const samplesPerSecond = 499;
const bigOutputBytes = 5e7;
const shown = 12;

async function report(data: string, sort: string): Promise<{ share: number; name: string }[]> {
  const { stdout } = await promisify(execFile)(
    'perf',
    ['report', '-i', data, '--stdio', '--no-children', '-g', 'none', '--sort', sort],
    { maxBuffer: bigOutputBytes },
  );
  return [...stdout.matchAll(/^\s+(\d+\.\d+)%\s+(\S.*?)\s*$/gm)].map(([, share, name]) => ({
    share: Number(share) / 100,
    // Functions of stripped libraries have no names; behind a name come empty columns.
    name: (name ?? '').replace(/\s{2,}-.*$/, '').replace(/\s+/g, ' '),
  }));
}

const place = mkdtempSync(path.join(os.tmpdir(), 'wanwu-profile-'));
const data = path.join(place, 'perf.data');
try {
  const { photos, warmUp } = await madePhotos(photosFolder, { pictures: 100, versions: 1 });
  const engine = await startEngine({
    node: process.execPath,
    options: engineOptions({ library: path.join(place, 'library'), device: 'cpu' }),
  });
  const tag = async (paths: string[]) => {
    await engine.call('folders.add', { paths });
    for (;;) {
      const status = await engine.call('status.get', {});
      if (status.idle) return status;
      await sleep(20);
    }
  };
  try {
    const before = await tag(warmUp);
    const words = ['record', '-q', '-F', String(samplesPerSecond), '-p', String(engine.pid)];
    const perf = spawn('perf', [...words, '-o', data], { stdio: ['ignore', 'ignore', 'inherit'] });
    await Promise.race([
      once(perf, 'spawn'),
      once(perf, 'error').then(([error]) => Promise.reject(error as Error)),
    ]);
    await sleep(500);
    const after = await tag(photos);
    perf.kill('SIGINT');
    await once(perf, 'exit');
    const done = after.counts.indexed - before.counts.indexed;
    const ms = ((after.cpuSeconds - before.cpuSeconds) * 1000) / done;
    say(`${String(done)} photos, ${ms.toFixed(1)} ms CPU each`);
    const libraries = await report(data, 'dso');
    const functions = (await report(data, 'dso,symbol')).filter(({ name }) => !/ 0x/.test(name));
    const line = ({ share, name }: { share: number; name: string }) =>
      `${(share * ms).toFixed(2).padStart(7)} ms ${(share * 100).toFixed(1).padStart(5)} %  ${name}`;
    const parts = libraries
      .slice(0, shown)
      .map((one) => ({ label: one.name, value: one.share * ms }));
    const chart = chartSvg('CPU time of a photo', 'ms', parts);
    const file = keepResult(resultsFolder, 'profile', { ms, libraries, functions }, chart);
    const text = [
      ...libraries.slice(0, shown).map(line),
      '',
      ...functions.slice(0, Number(values.top)).map(line),
      '',
      file,
    ];
    process.stdout.write(`${text.join('\n')}\n`);
  } finally {
    await engine.close();
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
