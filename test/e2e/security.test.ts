/** What the window may not do, tried from inside it: guards F1 to F7. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { before, after, describe, test, type TestContext } from 'node:test';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { contentPolicy, homeUrl } from '../../electron/app-protocol.ts';
import {
  copySamples,
  drop,
  freshPlace,
  openApp,
  samples,
  type App,
  type Place,
} from './harness.ts';

/** What the page tries is refused with words on the console; nothing else may be said. */
const refused = [
  /^console: (?:Refused to|Failed to load resource|Not allowed to|Access to|This document requires)/,
  /violates the following Content Security Policy/,
  /socket_manager\.cc\(\d+\)\] Failed to resolve address/,
  /Failed to load URL: data:text\/html,x with error: ERR_BLOCKED_BY_CSP|--trace-warnings/,
];

let place: Place;
let app: App;
const hooks: (() => void | Promise<void>)[] = [];
const inFile = {
  name: 'security',
  after: (hook: () => void) => hooks.push(hook),
} as unknown as TestContext;

before(async () => {
  place = freshPlace(inFile);
  copySamples(place.photos, 'cat-chelsea');
  // Names are text wherever they are shown.
  for (const name of [
    '<img src=x onerror=document.title=1>.jpg',
    '"><script>document.title=2<\u2044script>.jpg',
    '\u202Egpj.exe.jpg',
  ])
    copyFileSync(path.join(samples, 'dandelions.jpg'), path.join(place.photos, name));
  app = await openApp(place, { expect: refused });
  await app.page.getByTestId('empty').waitFor();
  await drop(app.page, [place.photos]);
  await app.page.getByTestId('total').filter({ hasText: /^2/ }).waitFor();
});
after(async () => {
  for (const hook of hooks) await hook();
});

/** Runs in the page as its own script would: the debugger's leave to eval is not taken. */
async function inPage(expression: string): Promise<unknown> {
  const session = await app.page.context().newCDPSession(app.page);
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
    userGesture: true,
    allowUnsafeEvalBlockedByCSP: false,
  });
  await session.detach();
  return exceptionDetails ? `threw ${exceptionDetails.exception?.description ?? ''}` : result.value;
}

/** One call over the bridge's engine port, as text: the answer's result or error code. */
const callEngine = (text: string, id: number) =>
  inPage(`new Promise((resolve) => {
    window.wanwu.engine.onFrame((answer) => {
      const frame = JSON.parse(answer);
      if (frame.id === ${String(id)}) resolve(frame.error?.code ?? 'answered');
    });
    window.wanwu.engine.send(${JSON.stringify(text)});
  })`);

describe('F1 hostile names', () => {
  test('are shown as text and run nothing', async () => {
    await app.page.getByRole('gridcell').first().click();
    await app.page.getByTestId('photo-view').locator('.photo-name bdi').waitFor();
    await app.page.keyboard.press('Escape');
    assert.equal(await app.page.title(), '万物相册');
  });
  test('markup cannot be written into the page at all', async () => {
    const tried = await inPage(`document.body.insertAdjacentHTML('beforeend', '<b>x</b>')`);
    assert.match(String(tried), /TrustedHTML/);
  });
});

describe('F2 the contract from inside', () => {
  const calls: [string, string, string][] = [
    ['an unknown method', '{"id":901,"method":"fs.readFile","params":{}}', 'unknown-method'],
    ['a prototype key', '{"id":902,"method":"__proto__","params":{}}', 'unknown-method'],
    ['a constructor', '{"id":903,"method":"constructor","params":{}}', 'unknown-method'],
    ['wrong types', '{"id":904,"method":"photos.get","params":{"photo":"1"}}', 'invalid-params'],
    [
      'a prototype in params',
      '{"id":905,"method":"photos.get","params":{"__proto__":{"photo":1}}}',
      'invalid-params',
    ],
  ];
  for (const [name, text, code] of calls)
    test(`${name}: ${code}`, async () => {
      assert.equal(await callEngine(text, Number(/\d+/.exec(text)?.[0])), code);
    });
  test('50 MB, no JSON and no text are dropped, and the engine lives', async () => {
    await inPage(`window.wanwu.engine.send('x'.repeat(50_000_000)); window.wanwu.engine.send('{');
      for (const odd of [null, undefined, 1, {}, [], new Date()]) window.wanwu.engine.send(odd); 1`);
    assert.equal(
      await callEngine('{"id":907,"method":"folders.list","params":{}}', 907),
      'answered',
    );
  });
  test('only the bridge is there', async () => {
    assert.deepEqual(
      await inPage(
        `[Object.keys(window.wanwu).sort(), typeof require, typeof process, typeof module, Object.isFrozen(window.wanwu) || (() => { try { window.wanwu.x = 1; } catch {} return window.wanwu.x === undefined; })()]`,
      ),
      [['engine', 'pathOf', 'shell'], 'undefined', 'undefined', 'undefined', true],
    );
  });
  test('another window of the same app is not listened to', async () => {
    const answered = await app.electron.evaluate(
      async ({ app: application, BrowserWindow }, url) => {
        const preload = `${application.getAppPath()}/preload.cjs`;
        const stranger = new BrowserWindow({
          show: false,
          webPreferences: { preload, sandbox: true },
        });
        await stranger.loadURL(url);
        const answer: unknown = await stranger.webContents.executeJavaScript(`Promise.race([
        new Promise((resolve) => { window.wanwu.shell.onFrame(resolve); window.wanwu.shell.send('{"id":1,"method":"shell.state","params":{}}'); }),
        new Promise((resolve) => setTimeout(() => resolve('silence'), 1000))])`);
        stranger.destroy();
        return answer;
      },
      homeUrl,
    );
    assert.equal(answered, 'silence');
  });
});

describe('F3 photo addresses', () => {
  const status = (url: string) =>
    app.electron.evaluate(async ({ net }, address) => {
      try {
        return (await net.fetch(address)).status;
      } catch (error) {
        return String(error);
      }
    }, url);

  test('a thumbnail and its original are served', async () => {
    const [folder = ''] = readdirSync(path.join(place.library, 'thumbnails')).filter((one) =>
      /^[0-9a-f]{2}$/.test(one),
    );
    const [file = ''] = readdirSync(path.join(place.library, 'thumbnails', folder));
    assert.equal(await status(`photo://thumb/${file.replace('.jpg', '')}`), 200);
    assert.equal(await status('photo://original/1'), 200);
  });
  const wrong = [
    'photo://thumb/../../../etc/passwd',
    'photo://thumb/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    'photo://thumb/..%5c..%5cwindows',
    'photo://thumb/%00',
    `photo://thumb/${'0'.repeat(64)}`,
    `photo://thumb/${'a'.repeat(64)}.jpg`,
    `photo://thumb/${'A'.repeat(64)}`,
    `photo://thumb/${'a'.repeat(64)}/../x`,
    'photo://original/0',
    'photo://original/-1',
    'photo://original/999999',
    'photo://original/1e0',
    'photo://original/%2fetc%2fpasswd',
    'photo://original//etc/passwd',
    'photo://file/etc/passwd',
    'app://wanwu/../main.js',
    'app://wanwu/%2e%2e/main.js',
    'app://wanwu/..%2fmain.js',
    'app://other/index.html',
    'app://wanwu/',
  ];
  for (const url of wrong)
    test(`${url} is refused`, async () => {
      assert.ok([400, 403, 404].includes(Number(await status(url))), String(await status(url)));
    });
  test('a link in the place of a thumbnail is not followed', async () => {
    const name = createHash('sha256').update('link').digest('hex');
    const folder = path.join(place.library, 'thumbnails', name.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    symlinkSync('/etc/passwd', path.join(folder, `${name}.jpg`));
    assert.equal(await status(`photo://thumb/${name}`), 404);
  });
});

describe('F4 ways out', () => {
  const stays = async () => {
    assert.equal(app.page.url(), homeUrl);
    const windows = await app.electron.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows().length,
    );
    assert.equal(windows, 1);
  };
  test('another page, also by a link, a form, a frame and a dropped document', async () => {
    await inPage(`location.href = 'https://example.org/'; 1`);
    await stays();
    await inPage(
      `(() => { const a = document.createElement('a'); a.href = 'file:///etc/passwd'; document.body.append(a); a.click(); a.remove(); })()`,
    );
    await stays();
    const html = path.join(place.root, 'page.html');
    writeFileSync(html, '<title>out</title>');
    await drop(app.page, [html]);
    await stays();
    assert.equal(
      await inPage(
        `new Promise((resolve) => { const f = document.createElement('iframe'); f.src = 'data:text/html,x'; document.body.append(f); setTimeout(() => { resolve(f.contentDocument === null || f.contentDocument.body === null || f.contentDocument.body.textContent === ''); f.remove(); }, 300); })`,
      ),
      true,
    );
  });
  test('new windows', async () => {
    assert.equal(await inPage(`window.open('https://example.org/') === null`), true);
    assert.equal(await inPage(`window.open('about:blank') === null`), true);
    await stays();
  });
  test('a webview', async () => {
    assert.equal(await inPage(`typeof document.createElement('webview').loadURL`), 'undefined');
  });
  test('rights: camera, place, notices, clipboard, devices', async () => {
    assert.equal(
      await inPage(`navigator.permissions.query({ name: 'camera' }).then((p) => p.state)`),
      'denied',
    );
    assert.equal(await inPage(`Notification.requestPermission()`), 'denied');
    assert.equal(
      await inPage(`navigator.permissions.query({ name: 'geolocation' }).then((p) => p.state)`),
      'denied',
    );
    assert.equal(
      await inPage(`navigator.clipboard.readText().then(() => 'given', (e) => e.name)`),
      'NotAllowedError',
    );
    assert.notEqual(
      await inPage(
        `navigator.hid ? navigator.hid.requestDevice({ filters: [] }).then((d) => d.length, (e) => 0) : 0`,
      ),
      1,
    );
  });
  test('downloads', async () => {
    const started = app.electron.evaluate(
      ({ session }) =>
        new Promise((resolve) => {
          session.defaultSession.once('will-download', (event) => {
            setImmediate(() => {
              resolve(event.defaultPrevented);
            });
          });
          setTimeout(() => {
            resolve('none');
          }, 1000);
        }),
    );
    await inPage(
      `(() => { const a = document.createElement('a'); a.href = location.href; a.download = 'x'; document.body.append(a); a.click(); a.remove(); })()`,
    );
    assert.ok([true, 'none'].includes((await started) as boolean | string));
  });
  test('the shell never hands an address to the system', () => {
    const main = ['main.ts', 'guards.ts', 'shell-methods.ts', 'window.ts', 'menu.ts']
      .map((name) => readFileSync(new URL(`../../electron/${name}`, import.meta.url), 'utf8'))
      .join('');
    assert.doesNotMatch(main, /openExternal|openPath/);
  });
});

describe('F5 content policy', () => {
  test('the page has it, without unsafe words', async () => {
    const header = await app.electron.evaluate(
      async ({ net }, url) => (await net.fetch(url)).headers.get('content-security-policy'),
      homeUrl,
    );
    assert.equal(header, contentPolicy);
    assert.match(contentPolicy, /^default-src 'none'/);
    assert.doesNotMatch(contentPolicy, /unsafe|\*|https?:|data:|blob:/);
  });
  test('eval, inline scripts and inline styles do not run', async () => {
    assert.match(String(await inPage(`eval('1 + 1')`)), /threw/);
    assert.match(String(await inPage(`new Function('return 1')()`)), /threw/);
    assert.equal(
      await inPage(
        `(() => { const s = document.createElement('style'); s.textContent = 'body { outline-width: 77px }'; document.head.append(s); const w = getComputedStyle(document.body).outlineWidth; s.remove(); return w === '77px'; })()`,
      ),
      false,
    );
  });
});

describe('F6 the network', () => {
  test('the page reaches nothing', async () => {
    for (const url of ['https://example.org/', 'http://127.0.0.1:9/', 'file:///etc/passwd'])
      assert.equal(
        await inPage(`fetch('${url}').then(() => 'reached', () => 'refused')`),
        'refused',
      );
    assert.equal(
      await inPage(
        `new Promise((r) => { const i = new Image(); i.onload = () => r('reached'); i.onerror = () => r('refused'); i.src = 'http://127.0.0.1:9/x.png'; })`,
      ),
      'refused',
    );
    assert.equal(
      await inPage(
        `new Promise((r) => { try { const w = new WebSocket('ws://127.0.0.1:9/'); w.onopen = () => r('reached'); w.onerror = () => r('refused'); } catch { r('refused'); } })`,
      ),
      'refused',
    );
  });
  test('nor by a call, which no content policy holds', async () => {
    const address = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
    const reached: string[] = [];
    const udp = createSocket('udp4').on('message', () => reached.push('udp'));
    const tcp = createServer((socket) => {
      reached.push('tcp');
      socket.destroy();
    });
    udp.bind(0);
    tcp.listen(0);
    await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
    const hosts = [address ?? '127.0.0.1', 'localhost'];
    const iceServers = hosts.flatMap((host) => [
      { urls: `stun:${host}:${String(udp.address().port)}` },
      {
        urls: `turn:${host}:${String((tcp.address() as AddressInfo).port)}?transport=tcp`,
        username: 'x',
        credential: 'x',
      },
    ]);
    await inPage(`new Promise((resolve) => {
      const call = new RTCPeerConnection({ iceServers: ${JSON.stringify(iceServers)} });
      call.onicegatheringstatechange = () => {
        if (call.iceGatheringState === 'complete') resolve(call.close());
      };
      call.createDataChannel('x');
      call.createOffer().then((offer) => call.setLocalDescription(offer));
      setTimeout(resolve, 3000);
    })`);
    udp.close();
    tcp.close();
    assert.deepEqual(reached, []);
  });
  test(
    "neither the shell nor the engine has a socket but the debugger's own",
    { skip: process.platform !== 'linux' && 'reads /proc' },
    () => {
      const shell = String(app.electron.process().pid);
      const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/));
      const family = new Set([shell]);
      for (let size = 0; size !== family.size;) {
        size = family.size;
        for (const [pid = '', parent = ''] of rows) if (family.has(parent)) family.add(pid);
      }
      const inodes = new Set<string>();
      for (const table of ['tcp', 'tcp6', 'udp', 'udp6'])
        for (const line of readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1)) {
          const parts = line.trim().split(/\s+/);
          // 127.0.0.1 is where this test's debugger speaks; it is not there without it.
          if (parts.length > 9 && !(table === 'tcp' && parts[1]?.startsWith('0100007F')))
            inodes.add(parts[9] ?? '');
        }
      const open = [...family].flatMap((pid) => {
        try {
          return execFileSync('ls', ['-l', `/proc/${pid}/fd`], {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          })
            .split('\n')
            .flatMap((line) => /socket:\[(\d+)\]/.exec(line)?.[1] ?? []);
        } catch {
          return [];
        }
      });
      assert.ok(open.length > 0);
      assert.deepEqual(
        open.filter((inode) => inodes.has(inode)),
        [],
      );
    },
  );
});

describe('F7 the checklist', () => {
  test('the window is sandboxed, isolated and bare', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) =>
      (
        BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
          getLastWebPreferences(): Record<string, unknown>;
        }
      ).getLastWebPreferences(),
    );
    const {
      sandbox,
      contextIsolation,
      nodeIntegration,
      webSecurity,
      webviewTag,
      allowRunningInsecureContent,
      experimentalFeatures,
      enableBlinkFeatures,
    } = preferences;
    assert.deepEqual(
      { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag },
      {
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
      },
    );
    assert.ok(!allowRunningInsecureContent && !experimentalFeatures && !enableBlinkFeatures);
  });
  const packed = process.env['WANWU_APP'];
  test(
    'the packed app has its fuses set',
    { skip: packed === undefined && 'WANWU_APP names no packed app' },
    async () => {
      const fuses = await getCurrentFuseWire(packed ?? '');
      const off = [
        FuseV1Options.RunAsNode,
        FuseV1Options.EnableCookieEncryption,
        FuseV1Options.EnableNodeOptionsEnvironmentVariable,
        FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
        FuseV1Options.GrantFileProtocolExtraPrivileges,
      ];
      for (const fuse of off) assert.equal(fuses[fuse], FuseState.DISABLE, FuseV1Options[fuse]);
      assert.equal(fuses[FuseV1Options.OnlyLoadAppFromAsar], FuseState.ENABLE);
    },
  );
});
