/** The shell's pure parts: addresses, the remembered window, the menu, what closing means. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ContractError } from '../../common/contract.ts';
import type { Client } from '../../common/rpc.ts';
import { isOurs, resolveFile } from '../../electron/app-protocol.ts';
import { menuTemplate, type Command } from '../../electron/menu.ts';
import { parsePhotoUrl, servePhotos } from '../../electron/photo-protocol.ts';
import { shellTexts } from '../../electron/texts.ts';
import { placeOn, readWindowState, writeWindowState } from '../../electron/window-state.ts';

describe('addresses', () => {
  const hash = 'ab'.repeat(32);
  test('a photo is a hash or an id', () => {
    assert.deepEqual(parsePhotoUrl(`photo://thumb/${hash}`), { kind: 'thumb', hash });
    assert.deepEqual(parsePhotoUrl('photo://original/12'), { kind: 'original', photo: 12 });
    for (const rest of [
      `thumb/${hash}/`,
      `thumb/${hash}?x`,
      `thumb/../${hash}`,
      'original/012',
      'original/9'.repeat(20),
    ])
      assert.equal(parsePhotoUrl(`photo://${rest}`), null, rest);
  });
  test('only our own page is ours', () => {
    assert.ok(isOurs('app://wanwu/index.html#photo'));
    for (const url of [
      'app://wanwu/other.html',
      'app://wanwu.evil/index.html',
      'app://wanwu/index.html.x',
      'https://wanwu/index.html',
    ])
      assert.equal(isOurs(url), false, url);
  });
  test('a file of the window lies below its folder', () => {
    assert.equal(
      resolveFile('/w', 'app://wanwu/assets/a-1.js'),
      path.join('/w', 'assets', 'a-1.js'),
    );
    for (const url of [
      'app://wanwu/..%2fmain.js',
      'app://wanwu/',
      'app://wanwu/a//b.js',
      'app://wanwu/.built',
      'app://x/index.html',
    ])
      assert.equal(resolveFile('/w', url), null, url);
  });
});

test('a thumbnail comes whole; one that was trimmed or is empty is made again, or is said not to be there', async (t) => {
  const library = mkdtempSync(path.join(os.tmpdir(), 'wanwu-thumbnails-'));
  t.after(() => {
    rmSync(library, { recursive: true });
  });
  const folder = path.join(library, 'thumbnails', 'ab');
  mkdirSync(folder, { recursive: true });
  const bytes = Buffer.alloc(300_000, 'picture');
  const known = 'ab'.repeat(32);
  const trimmed = `${known.slice(0, -1)}c`;
  const unknown = `${known.slice(0, -1)}d`;
  const empty = `${known.slice(0, -1)}e`;
  writeFileSync(path.join(folder, `${known}.jpg`), bytes);
  writeFileSync(path.join(folder, `${empty}.jpg`), '');
  const asked: string[] = [];
  const call = (_method: string, { picture }: { picture: string }) => {
    asked.push(picture);
    if (picture === unknown) return Promise.reject(new ContractError('not-found'));
    writeFileSync(path.join(folder, `${picture}.jpg`), bytes);
    return Promise.resolve({});
  };
  const handle = servePhotos(library, { call, on: () => undefined } as Client);
  for (const hash of [known, trimmed, empty]) {
    const answer = await handle(new Request(`photo://thumb/${hash}`));
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
  }
  assert.equal((await handle(new Request(`photo://thumb/${unknown}`))).status, 404);
  assert.deepEqual(asked, [trimmed, empty, unknown]);
});

describe('the remembered window', () => {
  test('comes back as it was, or as new when the file is broken', (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'wanwu-state-'));
    t.after(() => {
      rmSync(folder, { recursive: true });
    });
    const file = path.join(folder, 'window.json');
    const state = {
      ...readWindowState(file),
      maximized: true,
      bounds: { x: 1, y: 2, width: 900, height: 700 },
    };
    writeWindowState(file, state);
    assert.deepEqual(readWindowState(file), state);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -9));
    assert.equal(readWindowState(file).bounds, null);
  });
  test('closes also where nothing can be written', (t) => {
    const said = t.mock.method(console, 'error', () => undefined);
    writeWindowState(path.join(os.tmpdir(), 'not', 'there', 'window.json'), readWindowState(''));
    assert.equal(said.mock.callCount(), 1);
  });
  test('is placed where a screen shows it', () => {
    const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
    const bounds = { x: 100, y: 50, width: 1000, height: 800 };
    assert.deepEqual(placeOn(screens, bounds), bounds);
    assert.equal(placeOn(screens, { ...bounds, x: 2500 }), null);
    assert.equal(placeOn(screens, { ...bounds, y: -200 }), null);
    assert.equal(placeOn(screens, { ...bounds, width: 10 })?.width, 760);
  });
});

test('every menu item has a name in both languages, and commands reach the window', () => {
  for (const texts of Object.values(shellTexts)) {
    const ran: Command[] = [];
    const menus = menuTemplate(texts, true, (command) => ran.push(command));
    const items = menus.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
    for (const { type, label } of items) assert.ok(type === 'separator' || label);
    for (const { click } of items) (click as (() => void) | undefined)?.();
    assert.deepEqual(ran.sort(), ['add-folder', 'panel', 'search', 'settings']);
  }
});
