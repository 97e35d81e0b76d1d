import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartSvg } from '../../engine/bench/chart.ts';

test('the longest bar fills the width and the others are in proportion', () => {
  const svg = chartSvg('Rates', '/s', [
    { label: 'a', value: 10 },
    { label: 'b', value: 40, main: true },
  ]);
  const widths = [...svg.matchAll(/<rect x[^>]* width="([\d.]+)"/g)].map(([, width]) => width);
  assert.deepEqual(widths, ['105.0', '420.0']);
});

test('a name cannot break out of the picture', () => {
  assert.doesNotMatch(chartSvg('<b>', '', [{ label: '"><script>', value: 1 }]), /<script|<b>/);
});
