/** The state of the tuner in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tuning } from '../../common/contract.ts';
import { tuningText } from '../../common/tuning-texts.ts';

const tuning = (changes: Partial<Tuning>): Tuning => ({
  decodeWorkers: 4,
  maxBatch: 32,
  maxDelayMs: 100,
  phase: 'steady',
  reason: 'kept',
  step: null,
  ...changes,
});

test('why the work is done as it is', () => {
  const using = tuning({ phase: 'gentle', reason: 'using', decodeWorkers: 1 });
  assert.equal(tuningText('zh', using).why, '已降低占用：你正在使用电脑');
  assert.equal(tuningText('en', using).why, 'Giving way: you are using the computer');
  assert.equal(tuningText('en', using).setting, '1 decode thread, at most 32 a batch');
});

test('what is tried, and by how much the last change was faster', () => {
  const step = { knob: 'decodeWorkers', from: 4, to: 6, gain: null } as const;
  const trying = tuning({ phase: 'exploring', reason: 'trying', step });
  assert.equal(tuningText('zh', trying).why, '正在调优：在试解码线程 4 → 6');
  const faster = tuning({ reason: 'faster', step: { ...step, gain: 0.124 } });
  assert.equal(tuningText('zh', faster).why, '自动调优：解码线程 4 → 6，快了 12 %');
  const batch = tuning({
    reason: 'faster',
    step: { knob: 'maxBatch', from: 32, to: 64, gain: 0.1 },
  });
  assert.equal(
    tuningText('en', batch).why,
    'Tuned by itself: largest batch 32 → 64 made it 10 % faster',
  );
});
