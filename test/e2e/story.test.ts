/** The story of the product, told by the real window on the real engine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { takeSnapshot } from '../../engine/catalog/snapshots.ts';
import {
  copySamples,
  drop,
  freshPlace,
  manyPhotos,
  openApp,
  patienceMs,
  type App,
} from './harness.ts';

const total = (page: App['page'], photos: number) =>
  page.getByTestId('total').filter({ hasText: new RegExp(`^${String(photos)}(?!\\d)`) });

/** The engine's process: the shell's child that runs engine/main.ts. */
function enginePid({ electron }: App): number {
  const shell = String(electron.process().pid);
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const found = lines
    .map((line) => line.trim().split(/\s+/))
    .find((words) => words[1] === shell && words.some((word) => word.endsWith('engine/main.ts')));
  assert.ok(found, 'no engine runs');
  return Number(found[0]);
}

test('empty, dropped, tagged, found, opened, rejected, and gone after a restart', async (t) => {
  const place = freshPlace(t);
  copySamples(place.photos, 'cat-chelsea', 'kitten-yarn', 'dog-shepherd', 'dandelions', 'horses');
  const first = await openApp(place);
  const { page } = first;
  await page.getByTestId('empty').waitFor();
  await first.screenshot('1-empty');

  await drop(page, [place.photos]);
  await total(page, 5).waitFor();
  const sidebar = page.getByTestId('sidebar');
  await sidebar.getByText('动物').first().waitFor();
  await first.screenshot('2-tagged');

  await page.evaluate(`(() => {
    window.restyled = 0;
    new MutationObserver((all) => { window.restyled += all.length; })
      .observe(document.documentElement, { attributes: true });
  })()`);
  await page.keyboard.press('/');
  await page.keyboard.type('狗');
  await page.getByRole('option', { name: /^狗/ }).first().waitFor();
  assert.equal(await page.evaluate('window.restyled'), 0, 'typing restyled the whole page');
  await first.screenshot('3-suggestions');
  await page.keyboard.press('Enter');
  await total(page, 1).waitFor();
  await first.screenshot('4-found');

  // As people who are used to files do: its second click is not the open photo's.
  await page.getByRole('gridcell').first().dblclick();
  const photo = page.getByTestId('photo-view');
  await photo.locator('img').first().waitFor();
  assert.equal(await photo.locator('.stage[data-zoomed]').count(), 0);
  const dog = photo.locator('.tag-row', { has: page.getByTitle('狗', { exact: true }) });
  await dog.waitFor();
  await first.screenshot('5-photo');
  await dog.hover();
  await page.keyboard.press('x');
  await photo.locator('.tag-row[data-verdict=rejected]').first().waitFor();
  await page.getByText(/^一起去掉的还有：.*德国牧羊犬/).waitFor();
  await first.screenshot('6-rejected');
  await first.close();

  const second = await openApp(place);
  await total(second.page, 5).waitFor();
  await second.page.keyboard.press('/');
  await second.page.keyboard.type('狗');
  await second.page.keyboard.press('Enter');
  await total(second.page, 0).waitFor();
  await second.screenshot('7-after-restart');
  await second.close();
});

test('the panel moves while photos come in, and a killed engine comes back', async (t) => {
  const place = freshPlace(t);
  manyPhotos(place.photos, 'dandelions', 150);
  const app = await openApp(place, { expect: [/^engine /] });
  const { page } = app;
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  const panel = page.getByTestId('panel');
  await panel.filter({ hasText: /[1-9][\d.]*\s*张\/秒/ }).waitFor();
  await app.screenshot('8-working');

  const before = enginePid(app);
  const restarting = page.locator('.banner[data-kind=restarting]').waitFor();
  process.kill(before, 'SIGKILL');
  await restarting;
  await app.screenshot('9-engine-restarting');
  await page.locator('.banner').waitFor({ state: 'detached' });
  await total(page, 150).waitFor({ timeout: 2 * patienceMs });
  assert.notEqual(enginePid(app), before);
  await app.screenshot('10-engine-back');
  await app.close();
});

test('a catalog that was damaged is replaced by its snapshot, and the window says so', async (t) => {
  const place = freshPlace(t);
  copySamples(place.photos, 'cat-chelsea', 'dog-shepherd');
  const first = await openApp(place);
  await first.page.getByTestId('empty').waitFor();
  await drop(first.page, [place.photos]);
  await total(first.page, 2).waitFor();
  await first.close();
  takeSnapshot(place.library);
  writeFileSync(path.join(place.library, 'catalog.sqlite'), Buffer.alloc(50_000, 0xa5));

  const second = await openApp(place, { expect: [/^catalog: damaged/] });
  await second.page.locator('.banner[data-kind=restored]').waitFor();
  await total(second.page, 2).waitFor();
  await second.screenshot('12-restored');
  await second.close();
});
test('a folder that is unplugged is offline, and its photos stay', async (t) => {
  const place = freshPlace(t);
  copySamples(place.photos, 'cat-chelsea', 'dog-shepherd');
  const app = await openApp(place);
  const { page } = app;
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  await total(page, 2).waitFor();
  const away = `${place.photos}-away`;
  renameSync(place.photos, away);
  await page.locator('.banner[data-kind=offline]').waitFor({ timeout: 3 * patienceMs });
  await total(page, 2).waitFor();
  await app.screenshot('11-offline');
  renameSync(away, place.photos);
  await page.locator('.banner').waitFor({ state: 'detached', timeout: 3 * patienceMs });
  await app.close();
  rmSync(away, { force: true, recursive: true });
});
