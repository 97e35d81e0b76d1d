/** Rates, shares and latencies on a clock that the test moves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMonitor } from '../../engine/monitor.ts';

function onClock() {
  const clock = { nowMs: 0, cpuMs: 0 };
  const monitor = createMonitor({ now: () => clock.nowMs, cpuMs: () => clock.cpuMs, cores: 4 });
  return { clock, monitor };
}

test('a busy share is the work of the last seconds over all threads of a stage', () => {
  const { clock, monitor } = onClock();
  for (let second = 0; second < 10; second += 1) {
    clock.nowMs += 1_000;
    monitor.record('decode', 10, 1_000);
    monitor.record('infer', 10, 250);
  }
  assert.ok(Math.abs(monitor.busy('decode', 2) - 0.5) < 0.11);
  assert.ok(Math.abs(monitor.busy('infer', 1) - 0.25) < 0.06);
  assert.equal(monitor.busy('save', 1), 0);
  clock.nowMs += 6_000;
  assert.equal(monitor.busy('decode', 2), 0);
});

test('work that has just begun counts over the time since it began', () => {
  const { clock, monitor } = onClock();
  clock.nowMs = 100_000;
  monitor.record('infer', 4, 80);
  assert.equal(monitor.busy('infer', 1), 1);
});

test('the mean batch is one of those that the cap in force allows', () => {
  const { monitor } = onClock();
  for (const photos of [16, 16, 4, 2]) monitor.record('infer', photos, 80);
  assert.equal(monitor.meanBatch(16), 9.5);
  assert.equal(monitor.meanBatch(4), 3);
  assert.equal(monitor.meanBatch(1), 0);
});

test('latencies are those of the last photos', () => {
  const { monitor } = onClock();
  assert.equal(monitor.latency(), null);
  for (let ms = 1; ms <= 3_000; ms += 1) monitor.arrived(ms);
  const told = monitor.latency();
  assert.ok(told && Math.abs(told.p50 - 2_500) < 2 && Math.abs(told.p99 - 2_990) < 2);
});

test('the share of all cores follows what the process used', () => {
  const { clock, monitor } = onClock();
  assert.equal(monitor.cpu(), 0);
  for (let second = 0; second < 8; second += 1) {
    clock.nowMs += 1_000;
    clock.cpuMs += 2_000;
    monitor.cpu();
  }
  assert.equal(monitor.cpu(), 0.5);
  for (let second = 0; second < 8; second += 1) {
    clock.nowMs += 1_000;
    monitor.cpu();
  }
  assert.equal(monitor.cpu(), 0);
});
