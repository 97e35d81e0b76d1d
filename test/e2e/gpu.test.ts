/** The window on a machine with an NVIDIA card, whose driver's tool a script plays. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { copySamples, drop, freshPlace, openApp, type App } from './harness.ts';

const driver = fileURLToPath(new URL('../fixtures/nvidia-smi', import.meta.url));
const onLinux = { skip: process.platform !== 'linux' || process.arch !== 'x64' };

/** What apps are started with until the test ends. */
function setEnvironment(t: TestContext, env: Record<string, string>): void {
  for (const [name, value] of Object.entries(env)) {
    const before = process.env[name];
    process.env[name] = value;
    t.after(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    });
  }
}

async function openSettings({ page }: App) {
  await page.keyboard.press('Control+,');
  const settings = page.getByTestId('settings');
  await settings.waitFor();
  return settings;
}

test(
  'its figures stand in the panel, and what it needs is offered and told when it fails',
  onLinux,
  async (t) => {
    const place = freshPlace(t);
    setEnvironment(t, {
      PATH: `${driver}:${process.env['PATH'] ?? ''}`,
      WANWU_GPU_FOLDER: path.join(place.root, 'gpu'),
      // Nobody listens there.
      PIP_INDEX_URL: 'http://127.0.0.1:1/simple',
    });
    copySamples(place.photos, 'cat-chelsea');
    const app = await openApp(place);
    await app.page.getByTestId('empty').waitFor();
    await drop(app.page, [place.photos]);
    const panel = app.page.getByTestId('panel');
    await panel.getByText('143 W').waitFor();
    assert.match(await panel.innerText(), /GPU 利用率\s+\d\d ?%/);
    assert.match(await panel.innerText(), /63 °C/);
    await app.screenshot('gpu-panel');

    const settings = await openSettings(app);
    const support = settings.getByTestId('gpu-support');
    await support.scrollIntoViewIfNeeded();
    await support.getByText('NVIDIA GeForce RTX 4070').waitFor();
    await app.screenshot('gpu-settings');
    await support.getByRole('button', { name: /安装 GPU 支持/ }).click();
    await support.getByRole('alert').getByText('下载失败').waitFor();
    await app.screenshot('gpu-failed');
    await app.close();
  },
);

test('without a card nothing is offered', onLinux, async (t) => {
  const place = freshPlace(t);
  setEnvironment(t, { WANWU_GPU_FOLDER: path.join(place.root, 'gpu') });
  const app = await openApp(place);
  await app.page.getByTestId('empty').waitFor();
  const settings = await openSettings(app);
  await settings.getByLabel('设备').waitFor();
  assert.equal(await settings.getByTestId('gpu-support').count(), 0);
  await app.close();
});
