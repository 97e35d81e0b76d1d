/** The window without a mouse: few stops to the photos, a tree that arrows move in, a focus that is never lost. */
import assert from 'node:assert/strict';
import { cpSync, utimesSync } from 'node:fs';
import { test } from 'node:test';
import { copySamples, drop, freshPlace, openApp, samples } from './harness.ts';

test('everything is reached by keys, and the focus is never lost', async (t) => {
  const place = freshPlace(t);
  copySamples(place.photos, 'cat-chelsea', 'kitten-yarn', 'dog-shepherd', 'dandelions', 'horses');
  const app = await openApp(place);
  const { page } = app;
  const { keyboard } = page;
  const total = (photos: number) =>
    page.getByTestId('total').filter({ hasText: new RegExp(`^${String(photos)} `) });
  const focused = () =>
    page.evaluate<string>(`(() => {
      const { activeElement: at } = document;
      return at.getAttribute('role') + ' ' + (at.ariaLabel || at.innerText || '').split('\\n')[0];
    })()`);
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  await total(5).waitFor();
  const tree = page.getByRole('tree', { name: '标签' });
  await tree.getByRole('treeitem', { name: /^动物/ }).waitFor();

  // However many tags there are.
  const stops: string[] = [];
  while (!stops.at(-1)?.startsWith('grid') && stops.length < 16) {
    await keyboard.press('Tab');
    stops.push(await focused());
  }
  assert.equal(stops.at(-1), 'grid 照片');
  assert.equal(stops.filter((stop) => stop.startsWith('treeitem')).length, 1);
  assert.equal(
    await page.locator('.tile[data-focus]').count(),
    1,
    'nothing shows where the keys are',
  );

  for (let at = stops.length - 1; !stops[at]?.startsWith('treeitem'); at -= 1)
    await keyboard.press('Shift+Tab');
  assert.match(await focused(), /^treeitem /);
  await keyboard.press('Home');
  assert.equal(await focused(), 'treeitem 动物');
  const animals = tree.getByRole('treeitem', { name: /^动物/ });
  assert.equal(await animals.getAttribute('aria-expanded'), 'true');
  await keyboard.press('ArrowDown');
  assert.notEqual(await focused(), 'treeitem 动物');
  await keyboard.press('Home');
  await keyboard.press('ArrowLeft');
  assert.equal(await animals.getAttribute('aria-expanded'), 'false');
  await keyboard.press('Alt+Enter');
  await total(2).waitFor();
  assert.equal(await focused(), 'combobox 搜索照片');

  await page.getByRole('button', { name: '清空搜索' }).click();
  assert.equal(await focused(), 'combobox 搜索照片');
  await keyboard.press('Escape');
  await total(5).waitFor();
  await keyboard.press('/');
  await keyboard.press('/');
  assert.equal(await page.getByRole('combobox').inputValue(), '');
  await keyboard.press('Escape');
  await keyboard.press('Home');
  assert.equal(await focused(), 'grid 照片');
  await keyboard.press('Enter');
  const photo = page.getByTestId('photo-view');
  await photo.getByRole('heading', { name: '标签' }).waitFor();
  await keyboard.press('a');
  await keyboard.type('我家的');
  await keyboard.press('Enter');
  await photo.locator('.tag-row', { hasText: '我家的' }).waitFor();
  assert.match(await focused(), /^dialog /);
  await keyboard.press('Control+f');
  await photo.waitFor({ state: 'detached' });
  assert.equal(await focused(), 'combobox 搜索照片');
  await keyboard.press('Escape');

  await keyboard.press('Control+,');
  const themes = page.getByRole('radiogroup', { name: '主题' });
  await themes.getByRole('radio', { name: '跟随系统' }).focus();
  await keyboard.press('ArrowRight');
  assert.equal(await focused(), 'radio 浅色');
  assert.equal(
    await themes.getByRole('radio', { name: '浅色' }).getAttribute('aria-checked'),
    'true',
  );
  await keyboard.press('Escape');
  await page.getByRole('button', { name: '设置' }).focus();
  await keyboard.press('Enter');
  await page.getByTestId('settings').waitFor();
  await keyboard.press('Escape');
  await page.getByTestId('settings').waitFor({ state: 'detached' });
  assert.equal(await focused(), 'null 设置');
  await app.close();
});

test('the tags are filtered by what is meant, in pinyin and by its initials as well', async (t) => {
  const place = freshPlace(t);
  cpSync(samples, place.photos, { recursive: true });
  const app = await openApp(place);
  const { page } = app;
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  const filter = page.getByLabel('筛选标签');
  const tags = page.getByRole('tree', { name: '标签' }).getByRole('treeitem');
  const named = (name: RegExp) => tags.filter({ hasText: name });
  await named(/^建筑/).waitFor();
  for (const [typed, kept] of [
    ['mao', /^猫/],
    ['brdw', /^哺乳动物/],
  ] as const) {
    await filter.fill(typed);
    await named(/^建筑/).waitFor({ state: 'detached' });
    await named(kept).waitFor();
  }
  await filter.press('Escape');
  await named(/^建筑/).waitFor();

  // What leads to the chosen tag stays open, however few tags are left.
  await named(/^动物/).focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
  await named(/^建筑/).waitFor({ state: 'detached' });
  const chosen = tags.and(page.locator('[aria-selected=true]'));
  assert.ok((await chosen.count()) > 0, 'the chosen tag left the tree');
  assert.equal(await page.evaluate('document.activeElement.role'), 'treeitem');
  await app.close();
});

test('no date is cut off, however narrow its photos are', async (t) => {
  const place = freshPlace(t);
  copySamples(place.photos, 'cat-chelsea', 'dog-shepherd', 'dandelions').forEach((file, at) => {
    const taken = new Date(2022 + at, 11, 20 + at);
    utimesSync(file, taken, taken);
  });
  const app = await openApp(place);
  const { page } = app;
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  await page
    .getByTestId('total')
    .filter({ hasText: /^3(?!\d)/ })
    .waitFor();
  // The smallest thumbnails.
  await page.getByRole('slider', { name: '缩略图大小' }).press('Home');
  const cut = () =>
    page.evaluate<string[]>(`Array.from(document.querySelectorAll('.heading'))
      .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)`);
  assert.ok((await page.locator('.heading').count()) > 0);
  assert.deepEqual(await cut(), []);
  await app.close();
});
