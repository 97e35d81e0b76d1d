import { test } from 'node:test';
import { copySamples, drop, freshPlace, openApp } from './harness.ts';

test('from an empty window to tags', async (t) => {
  const place = freshPlace(t);
  copySamples(place.photos, 'cat-chelsea', 'dog-shepherd', 'dandelions', 'bridge-night');
  const { page, screenshot } = await openApp(place);
  await page.getByTestId('empty').waitFor();
  await screenshot('1-empty');
  await drop(page, [place.photos]);
  await page.getByTestId('grid').waitFor();
  await screenshot('2-tagged');
});
