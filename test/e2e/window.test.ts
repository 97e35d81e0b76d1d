/** The window as the system sees it: its name, menus, memory, second start, and closing while work is left. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { automatic } from '../../engine/settings.ts';
import { openTestEngine } from '../engine/harness.ts';
import { copySamples, drop, freshPlace, manyPhotos, openApp } from './harness.ts';

test('Chinese name and menus, English when the window says so, and its place is remembered', async (t) => {
  const place = freshPlace(t);
  const first = await openApp(place);
  await first.page.getByTestId('empty').waitFor();
  const labels = () =>
    first.electron.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()?.items.map(({ label }) => label),
    );
  assert.deepEqual((await labels())?.slice(-4), ['文件', '编辑', '视图', '窗口']);
  const bounds = { x: 40, y: 30, width: 1000, height: 700 };
  await first.electron.evaluate(({ BrowserWindow }, wanted) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.getTitle() !== '万物相册') throw new Error(String(window?.getTitle()));
    window.setBounds(wanted);
  }, bounds);
  const call = {
    id: 900_001,
    method: 'shell.appearance',
    params: { language: 'en', theme: 'dark' },
  };
  await first.page.evaluate(`new Promise((resolve) => {
    window.wanwu.shell.onFrame((text) => JSON.parse(text).id === ${String(call.id)} && resolve());
    window.wanwu.shell.send(${JSON.stringify(JSON.stringify(call))});
  })`);
  assert.deepEqual((await labels())?.slice(-4), ['File', 'Edit', 'View', 'Window']);
  await first.close();

  const second = await openApp(place);
  const found = await second.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
  );
  assert.deepEqual(found, bounds);
  await second.close();
});

test('a second start shows the first window and ends', async (t) => {
  const place = freshPlace(t);
  const app = await openApp(place);
  await app.page.getByTestId('empty').waitFor();
  const { spawnfile, spawnargs } = app.electron.process();
  await app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.hide();
  });
  const env = await app.electron.evaluate(() => process.env);
  const again = spawn(
    spawnfile,
    spawnargs.slice(1).filter((arg) => !/^--(?:inspect|remote)/.test(arg)),
    { env, stdio: 'ignore' },
  );
  const [code] = (await once(again, 'exit')) as [number];
  assert.equal(code, 0);
  const visible = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.isVisible(),
  );
  assert.equal(visible, true);
  await app.close();
});

test('a second start while the first one ends comes after it', async (t) => {
  const place = freshPlace(t);
  const app = await openApp(place, { expect: [/^started anew$/] });
  await app.page.getByTestId('empty').waitFor();
  let said = '';
  app.electron.process().stdout?.on('data', (text) => (said += String(text)));
  await app.electron
    .evaluate(({ app: running }) => {
      // A real one would be out of this test's hands.
      running.relaunch = () => {
        console.log('started anew');
      };
      running.quit();
      running.emit('second-instance');
    })
    .catch(() => undefined);
  await app.close();
  assert.match(said, /^started anew$/m);
});

test('a folder of which nothing can be read says so, and leads to the reasons', async (t) => {
  const place = freshPlace(t);
  writeFileSync(path.join(place.photos, '海报.psd'), '8BPS\0\x01');
  writeFileSync(path.join(place.photos, '新格式.jxl'), Buffer.from([0xff, 0x0a]));
  const app = await openApp(place);
  const { page } = app;
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  await page.getByText('这里没有能识别的照片').waitFor();
  await page.getByText('2 个文件读不出来，或格式暂不支持').waitFor();
  await page.getByRole('contentinfo').getByText('没有能识别的照片').waitFor();
  await app.screenshot('nothing-readable');
  await page.getByRole('button', { name: '查看原因' }).click();
  const failed = page.getByTestId('failed');
  await failed.getByRole('heading', { name: '暂不支持的格式 2' }).waitFor();
  await failed.getByText('JPEG XL', { exact: true }).waitFor();
  await app.screenshot('nothing-readable-why');
  await failed.getByRole('button', { name: '全部重试' }).click();
  const queued = page.getByText('2 个文件重新排队');
  await queued.waitFor();
  await queued.waitFor({ state: 'detached' });
  await failed.getByRole('heading', { name: '暂不支持的格式 2' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('这里没有能识别的照片').waitFor();
  await app.close();
});

test('a drag that leaves the window takes its veil along, whatever changed below it', async (t) => {
  const place = freshPlace(t);
  const app = await openApp(place);
  const { page } = app;
  await page.getByTestId('empty').waitFor();
  const veil = page.locator('.drop-veil');
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [place.photos], dragOperationsMask: 1 };
  const drag = (type: 'dragEnter' | 'dragOver', y: number) =>
    session.send('Input.dispatchDragEvent', { type, x: 640, y, data });
  await drag('dragEnter', 400);
  await drag('dragOver', 400);
  await veil.waitFor();
  await page.evaluate('document.elementFromPoint(640, 400).remove()');
  await drag('dragOver', 20);
  await drag('dragOver', 400);
  await veil.waitFor();
  // What Chromium tells when the hand leaves; the debugger's own `dragCancel` tells the page nothing.
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([], '照片'));
    const leave = new DragEvent('dragleave', { bubbles: true, relatedTarget: null, dataTransfer });
    document.elementFromPoint(640, 400).dispatchEvent(leave);
  })()`);
  await veil.waitFor({ state: 'detached' });
  await app.close();
});

test('closing while work is left asks, goes on behind the tray, and ends when it is done', async (t) => {
  const place = freshPlace(t);
  manyPhotos(place.photos, 'dandelions', 120);
  const app = await openApp(place);
  const { page, electron } = app;
  await page.getByTestId('empty').waitFor();
  await electron.evaluate(({ dialog }) => {
    const said = globalThis as unknown as { said: string[] };
    said.said = [];
    dialog.showMessageBox = ((_window: unknown, { message }: { message: string }) => {
      // First to stay, then to go on in the background.
      said.said.push(message);
      return Promise.resolve({ response: said.said.length === 1 ? 2 : 0, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  });
  await drop(page, [place.photos]);
  await page
    .getByTestId('panel')
    .filter({ hasText: /[1-9][\d.]*\s*张\/秒/ })
    .waitFor();
  const close = () =>
    electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.close();
      return (globalThis as unknown as { said: string[] }).said;
    });
  await close();
  const said = await close();
  assert.match(said[0] ?? '', /^还有 \d+ 张照片没有识别完$/);
  await app.ended;

  const after = await openApp(place);
  await after.page.getByTestId('total').filter({ hasText: /^120/ }).waitFor();
  await after.close();
});

test('work that ends while the question stands there ends the app with the answer', async (t) => {
  const place = freshPlace(t);
  manyPhotos(place.photos, 'dandelions', 60);
  // Giving way to the person would make the engine speak once more.
  const engine = await openTestEngine(place.library);
  await engine.call('settings.set', { ...automatic, gentle: 'off' });
  await engine.close();
  const app = await openApp(place);
  const { page, electron } = app;
  await page.getByTestId('empty').waitFor();
  await electron.evaluate(({ dialog }) => {
    dialog.showMessageBox = () =>
      new Promise((answer) => {
        (globalThis as unknown as { answer: typeof answer }).answer = answer;
      });
  });
  await drop(page, [place.photos]);
  await page
    .getByTestId('panel')
    .filter({ hasText: /[1-9][\d.]*\s*张\/秒/ })
    .waitFor();
  await electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close();
  });
  await page.locator('.footer-text').filter({ hasText: '已全部识别' }).waitFor();
  // After its first looks at the folder an engine at rest says nothing more.
  await sleep(8_000);
  await electron.evaluate(() => {
    const { answer } = globalThis as unknown as { answer: (it: object) => void };
    answer({ response: 0, checkboxChecked: false });
  });
  await app.ended;
});

test('a page whose process ends is shown anew', async (t) => {
  const app = await openApp(freshPlace(t));
  await app.page.getByTestId('empty').waitFor();
  const isShown = await app.electron.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const loaded = new Promise<void>((resolve) => {
      contents?.once('did-finish-load', () => {
        resolve();
      });
    });
    contents?.forcefullyCrashRenderer();
    await loaded;
    return contents?.isCrashed() === false;
  });
  assert.ok(isShown);
  await app.close();
});

test('words typed without spaces find and leave out what they are made of', async (t) => {
  const place = freshPlace(t);
  copySamples(place.photos, 'cat-chelsea', 'dog-shepherd', 'dandelions', 'horses');
  const app = await openApp(place);
  const { page } = app;
  const total = (photos: number) =>
    page.getByTestId('total').filter({ hasText: new RegExp(`^${String(photos)} `) });
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  await total(4).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('狗狗和动物');
  await total(1).waitFor();
  await page.getByText('“狗狗和动物” → 狗 + 动物', { exact: true }).waitFor();
  await app.screenshot('13-without-spaces');
  await page.keyboard.press('Escape');
  await total(4).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('不要猫');
  await page.getByRole('option', { name: '猫' }).first().waitFor();
  // Enter comes before the suggestions for the last letter, which need an answer of the engine.
  await page.evaluate(`(async () => {
    document.execCommand('insertText', false, '狗');
    await Promise.resolve();
    const enter = { key: 'Enter', bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', enter));
  })()`);
  await total(2).waitFor();
  assert.deepEqual(await page.locator('.chip[data-not] .chip-name').allInnerTexts(), [
    '不要 猫',
    '不要 狗',
  ]);
  await app.screenshot('14-left-out');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('dogs');
  await total(1).waitFor();
  await page.getByText('“dogs” → 狗 · 英文', { exact: true }).waitFor();
  await app.close();
});

test('one of several words is left out, or mended, and the others stay', async (t) => {
  const place = freshPlace(t);
  copySamples(place.photos, 'cat-chelsea', 'dog-shepherd', 'dandelions');
  const app = await openApp(place);
  const { page } = app;
  const field = page.getByRole('combobox', { name: '搜索照片' });
  const total = (photos: number) =>
    page.getByTestId('total').filter({ hasText: new RegExp(`^${String(photos)} `) });
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  await total(3).waitFor();
  await field.fill('宠物 -猫');
  await total(2).waitFor();
  await field.press('Enter');
  await total(1).waitFor();
  await page.locator('.chip[data-not]', { hasText: '猫' }).waitFor();
  assert.equal(await field.inputValue(), '宠物');
  await field.press('Escape');
  await total(3).waitFor();
  await field.fill('狗 动');
  await page.locator('.not-understood').getByRole('button', { name: '动物', exact: true }).click();
  await total(1).waitFor();
  assert.equal(await field.inputValue(), '狗');

  // However long the name of a tag is, its chip can be taken away.
  const long = '很长的标签名字'.repeat(20);
  await page
    .getByRole('gridcell')
    .first()
    .click({ modifiers: ['Control'] });
  await page.getByRole('button', { name: '添加标签' }).click();
  await page.keyboard.type(long);
  await page.keyboard.press('Enter');
  await page.getByText('已更新 1 张照片').waitFor();
  await field.fill(long);
  await page.getByRole('option').first().click();
  const chip = page.locator('.chip', { hasText: long });
  const [box, bar] = [await chip.boundingBox(), await page.getByTestId('search').boundingBox()];
  assert.ok(box && bar && box.x >= bar.x && box.x + box.width <= bar.x + bar.width);
  await app.close();
});

test('a folder that is here already is not said to be added', async (t) => {
  const place = freshPlace(t);
  copySamples(path.join(place.photos, '旅行'), 'cat-chelsea');
  const app = await openApp(place);
  const { page } = app;
  await page.getByTestId('empty').waitFor();
  await drop(page, [place.photos]);
  const added = page.getByText('已添加，正在识别');
  await added.waitFor();
  await added.waitFor({ state: 'detached' });
  await drop(page, [path.join(place.photos, '旅行')]);
  await page.getByText('已经在图库里了').waitFor();
  assert.equal(await added.count(), 0);
  await app.close();
});
