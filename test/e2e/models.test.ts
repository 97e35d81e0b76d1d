/** The settings of models and inference servers: import, use, remove; test a server, use it, and what leaves the machine. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openPeer } from '../fixtures/kserve-peer.ts';
import { colourModel } from '../fixtures/pack.ts';
import { drop, freshPlace, manyPhotos, openApp, type App } from './harness.ts';

const size = 16;

/** The next file dialogs answer with these, one after the other. */
async function choose({ electron }: App, files: string[]): Promise<void> {
  await electron.evaluate(({ dialog }, answers) => {
    dialog.showOpenDialog = () => {
      const file = answers.shift();
      return Promise.resolve({
        canceled: file === undefined,
        filePaths: file === undefined ? [] : [file],
      });
    };
  }, files);
}

test('a model is imported, used, put beside another and removed; a server is tested and used', async (t) => {
  const server = await openPeer({ name: 'colours', size });
  t.after(() => server.stop());
  const place = freshPlace(t);
  const [model, broken, labels] = ['colours.onnx', 'broken.onnx', 'colours.txt'].map((name) =>
    path.join(place.root, name),
  ) as [string, string, string];
  writeFileSync(model, colourModel(size));
  writeFileSync(broken, 'no model');
  writeFileSync(labels, '红色\n绿色\n蓝色\n');

  const app = await openApp(place);
  const { page, electron } = app;
  await page.getByTestId('empty').getByText('照片不离开本机').waitFor();
  await electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 0, y: 0, width: 1024, height: 700 });
  });
  await page.keyboard.press('Control+,');
  const settings = page.getByTestId('settings');
  const use = (name: RegExp) => settings.getByRole('radio', { name });
  const also = (name: RegExp) => settings.getByRole('checkbox', { name });
  await use(/通用物体/).waitFor();
  assert.equal(await also(/人脸/).isChecked(), true);

  await choose(app, [broken, labels]);
  await settings.getByRole('button', { name: '导入模型' }).click();
  await settings.getByRole('alert').getByText('这不是 ONNX 模型文件').waitFor();
  await choose(app, [model, labels]);
  await settings.getByRole('button', { name: '导入模型' }).click();
  await settings.getByText('已导入“colours”，3 个标签').waitFor();
  await settings.getByText('已按常见情况推断').scrollIntoViewIfNeeded();
  await app.screenshot('settings-models');

  await use(/colours/).click();
  await settings.locator('.packs[aria-busy=false]').waitFor();
  assert.equal(await use(/colours/).isChecked(), true);
  await settings.getByText(/colours 1\+[0-9a-f]{8} · 3 类/).waitFor();

  const address = settings.getByRole('textbox', { name: '地址' });
  await address.fill(`${server.url}，http://127.0.0.1:1`);
  await settings
    .getByText(`图片的像素会离开这台电脑，发往 ${server.url}、http://127.0.0.1:1`)
    .waitFor();
  await settings.getByRole('button', { name: '测试连接' }).click();
  await settings.getByText('连接正常 · 模型 colours · 一次最多 8 张').waitFor();
  await settings.getByText('连不上（connect ECONNREFUSED').scrollIntoViewIfNeeded();
  await app.screenshot('settings-servers');
  await address.fill('host:8000');
  await settings.getByText('地址要写成 http://主机:端口 或 https://主机:端口').waitFor();
  assert.equal(await settings.getByRole('button', { name: '测试连接' }).isEnabled(), false);
  await address.fill(server.url);
  await settings.getByRole('button', { name: '使用', exact: true }).click();
  await settings.getByRole('button', { name: '停用' }).waitFor();
  assert.equal(await settings.getByRole('combobox', { name: '设备' }).inputValue(), server.url);
  await page.keyboard.press('Escape');
  await page.getByTestId('empty').getByText(`发往 ${server.url}`).waitFor();
  server.delayMs = 400;
  manyPhotos(place.photos, 'coffee-cup', 160);
  await drop(page, [place.photos]);
  await page.getByRole('button', { name: '显示性能面板' }).click();
  const panel = page.getByTestId('panel');
  await panel.getByText('本机 · CPU').waitFor();
  await app.screenshot('panel-servers');

  await page.keyboard.press('Control+,');
  await settings.getByRole('button', { name: '停用' }).click();
  await settings.getByRole('button', { name: '停用' }).waitFor({ state: 'detached' });
  await use(/通用物体/).click();
  await settings.locator('.packs[aria-busy=false]').waitFor();
  await settings.getByRole('button', { name: '删除模型“colours”' }).click();
  await use(/colours/).waitFor({ state: 'detached' });
  await app.close();
});
