/** What nvidia-smi prints, as cards print it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openGpuWatch, parseGpuLine } from '../../engine/gpu.ts';

test('a data-centre card tells everything', () => {
  assert.deepEqual(parseGpuLine('0, Tesla T4, 85, 1231, 15360, 69.83, 71'), {
    index: 0,
    gpu: {
      name: 'Tesla T4',
      utilisation: 0.85,
      memoryUsedBytes: 1231 * 1024 * 1024,
      memoryTotalBytes: 15360 * 1024 * 1024,
      powerWatts: 69.83,
      temperatureC: 71,
    },
  });
});

test('what a small card does not tell is null', () => {
  const told = parseGpuLine('1, NVIDIA GeForce MX150, 3, 210, 2048, [N/A], [Not Supported]');
  assert.equal(told?.index, 1);
  assert.equal(told.gpu.powerWatts, null);
  assert.equal(told.gpu.temperatureC, null);
});

test('messages are no figures', () => {
  for (const line of [
    '',
    'No devices were found',
    'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.',
    '0, Tesla T4, 85, 1231',
  ])
    assert.equal(parseGpuLine(line), null);
});

test('a machine without the tool is quiet', () => {
  const watch = openGpuWatch('there-is-no-such-tool');
  assert.equal(watch.latest, null);
  watch.close();
});
