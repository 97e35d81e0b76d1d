/** Takes the pictures of docs/screenshots from the real window and the sample album: `npm run screenshots`. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { drop, freshPlace, openApp, samples } from './harness.ts';

const folder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));

test('the pictures of the manual', async (t) => {
  const place = freshPlace(t);
  // Not from where they lie: the pictures show a photo's path, and that is somebody's machine.
  cpSync(samples, place.photos, { recursive: true, preserveTimestamps: true });
  const app = await openApp(place);
  const { page } = app;
  const take = async (name: string) => {
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
  };
  await page.getByTestId('empty').waitFor();
  await take('empty');

  await drop(page, [place.photos]);
  await page
    .getByTestId('panel')
    .filter({ hasText: /[1-9][\d.]*\s*张\/秒/ })
    .waitFor();
  await page.getByRole('gridcell').nth(3).waitFor();
  await take('working');
  await page
    .getByTestId('total')
    .filter({ hasText: /^20(?!\d)/ })
    .waitFor();
  await page.getByTestId('sidebar').getByText('动物').first().waitFor();
  // Notices about what was just added go away by themselves.
  await page.getByText('已添加').waitFor({ state: 'detached' });
  await take('main-light');

  await page.keyboard.press('/');
  await page.keyboard.type('动物');
  await page.getByRole('option', { name: /^动物/ }).first().click();
  await page.locator('.chips').waitFor();
  await page.getByRole('gridcell').first().waitFor();
  await take('search');
  await page.getByRole('gridcell').first().click();
  await page.getByTestId('photo-view').locator('.tag-row').first().waitFor();
  await take('photo');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: '设置' }).click();
  await page.getByTestId('settings').locator('.pack').first().waitFor();
  await take('settings');
  await page.getByTestId('settings').getByRole('radio', { name: '深色' }).click();
  await page.keyboard.press('Escape');
  await page.getByTestId('settings').waitFor({ state: 'detached' });
  await take('main-dark');
  await app.close();
});
