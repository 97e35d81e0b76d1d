/** The line on the terminal, and its silence elsewhere. */
import assert from 'node:assert/strict';
import type { WriteStream } from 'node:tty';
import { describe, test } from 'node:test';
import type { Status } from '../../common/contract.ts';
import { duration, openProgress, progressText } from '../../engine/cli/progress.ts';
import { cliTexts } from '../../engine/cli/texts.ts';

const stage = { waiting: 0, active: 0, ms: 0, busy: 0 };
function status(changes: Partial<Status> = {}): Status {
  return {
    idle: false,
    scanning: false,
    counts: { pending: 50, indexed: 40, failed: 8, skipped: 2 },
    device: { name: 'cpu', unused: [], mostAtOnce: null, servers: [], help: null },
    photosPerSecond: 25,
    stages: { read: stage, decode: stage, infer: stage, save: stage },
    batch: 8,
    tuning: {
      decodeWorkers: 4,
      maxBatch: 32,
      maxDelayMs: 100,
      phase: 'steady',
      reason: 'usual',
      step: null,
    },
    latency: null,
    gpu: null,
    cpu: 0,
    bottleneck: 'decode',
    paused: null,
    unwatched: 0,
    restored: null,
    damagedPacks: [],
    memoryBytes: 0,
    peakMemoryBytes: 0,
    cpuSeconds: 0,
    ...changes,
  };
}

/** What is written to `out`, a terminal or not. */
function screen(isTTY: boolean): { out: WriteStream; written: () => string } {
  let text = '';
  const out = { isTTY, write: (part: string) => (text += part) } as unknown as WriteStream;
  return { out, written: () => text };
}

describe('the progress line', () => {
  test('has count, rate, time left, device and bottleneck', () => {
    const line = progressText(status(), cliTexts.en);
    assert.match(
      line,
      /█{10}░{10} 50\/100 · 25\.0\/s · 0:02 left · CPU · bound by decoding · 4 threads$/,
    );
  });
  test('says that it scans before anything is found', () => {
    const counts = { pending: 0, indexed: 0, failed: 0, skipped: 0 };
    assert.equal(progressText(status({ counts, scanning: true }), cliTexts.zh), '正在扫描…');
    assert.equal(progressText(status({ counts }), cliTexts.zh), '');
  });
  test('is drawn over itself on a terminal, under lasting lines', () => {
    const { out, written } = screen(true);
    const progress = openProgress(out, cliTexts.en);
    progress.show(status());
    progress.line('a lasting line');
    progress.clear();
    assert.match(written(), /^\r\x1b\[K█.*\r\x1b\[Ka lasting line\n█.*\r\x1b\[K$/su);
  });
  test('is silent where nobody looks, but for lasting lines', () => {
    const { out, written } = screen(false);
    const progress = openProgress(out, cliTexts.en);
    progress.show(status());
    progress.line('a lasting line');
    progress.clear();
    assert.equal(written(), 'a lasting line\n');
  });
});

test('durations read like a clock', () => {
  assert.deepEqual([0, 59.6, 61, 3_599, 3_600, 90_061].map(duration), [
    '0:00',
    '1:00',
    '1:01',
    '59:59',
    '1:00:00',
    '25:01:01',
  ]);
});
