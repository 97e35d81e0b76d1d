/** Measuring from the panel: it says how far it is, breaks off, and shows what was measured last. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { BenchResult } from '../../common/contract.ts';
import { copySamples, drop, freshPlace, openApp } from './harness.ts';

const cost = (cpuMs: number) => ({ cpuMs, photosPerSecond: 2000 / cpuMs });
const result: BenchResult = {
  at: '2026-01-02T03:04:05.000Z',
  machine: { cpu: 'A CPU', cores: 2, memoryBytes: 8e9, platform: 'linux-x64' },
  photos: { count: 120, bytes: 220e6, made: true },
  packs: ['a', 'b'],
  device: 'cpu',
  read: cost(3),
  decode: cost(33),
  inference: [
    { device: 'cpu', batches: [1, 4, 8].map((batch) => ({ batch, ...cost(14 / batch + 6) })) },
  ],
  unused: [],
  ceilingPerSecond: 45,
  engine: { ...cost(50), peakMemoryBytes: 480e6 },
  efficiency: 40 / 45,
};

test('the panel measures this machine', async (t) => {
  const place = freshPlace(t);
  const kept = path.join(place.library, 'bench');
  mkdirSync(kept, { recursive: true });
  writeFileSync(path.join(kept, 'bench-2026-01-01.json'), JSON.stringify(result));
  const faster = { ...result, engine: { ...result.engine, photosPerSecond: 44 } };
  writeFileSync(path.join(kept, 'bench-2026-01-02.json'), JSON.stringify(faster));
  copySamples(place.photos, 'cat-chelsea', 'horses');
  const app = await openApp(place);
  const bench = app.page.getByTestId('bench');
  await app.page.getByTestId('empty').waitFor();
  await drop(app.page, [place.photos]);
  await app.page.getByTestId('total').waitFor();
  if (!(await bench.isVisible()))
    await app.page.getByRole('button', { name: '显示性能面板' }).click();
  await bench.getByText('89 %').waitFor();
  assert.match((await bench.textContent()) ?? '', /整个引擎44\.0\+10 %/);

  await bench.getByRole('button', { name: '再测一次' }).click();
  await app.page.getByText('测完会自动继续').waitFor();
  await bench.getByRole('progressbar').waitFor();
  await bench.scrollIntoViewIfNeeded();
  await app.screenshot('bench-running');
  await bench.getByRole('button', { name: '取消' }).click();
  await bench.getByRole('button', { name: '再测一次' }).waitFor();
  await app.page.getByText('测完会自动继续').waitFor({ state: 'detached' });
  await bench.getByText('各种批次').click();
  await bench.scrollIntoViewIfNeeded();
  await app.screenshot('bench');
  await app.close();
});
