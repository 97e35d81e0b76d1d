/** The set-up of a fresh machine, whatever its own settings and system are. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { downloadArtifact } from '@electron/get';
import { electronMirror } from '../../build/electron-dist.mjs';
import { reaches, throughProxy } from '../../build/reach.mjs';
import { npmCommand } from '../../build/setup.mjs';

const build = fileURLToPath(new URL('../../build', import.meta.url));

function freshFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wanwu setup 安装 '));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

function keepEnvironment(t: TestContext, names: string[]): void {
  const before = names.map((name) => [name, process.env[name]] as const);
  t.after(() => {
    for (const [name, value] of before)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  });
}

const evaluate = (code: string, cwd: string, env: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });

test('everything is installed where the person leaves out development and optional packages', (t) => {
  const root = freshFolder(t);
  for (const file of ['setup.mjs', 'alone.mjs', 'engine-node.mjs'])
    cpSync(path.join(build, file), path.join(root, 'build', file));
  const write = (file: string, json: object) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), JSON.stringify(json));
  };
  const wants = {
    devDependencies: { builder: 'file:builder' },
    optionalDependencies: { engine: 'file:engine' },
  };
  const version = '1.0.0';
  write('package.json', { name: 'album', version, ...wants });
  write('builder/package.json', { name: 'builder', version });
  write('engine/package.json', { name: 'engine', version });
  write('package-lock.json', {
    name: 'album',
    version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'album', version, ...wants },
      builder: { version, dev: true },
      engine: { version, optional: true },
      'node_modules/builder': { resolved: 'builder', link: true },
      'node_modules/engine': { resolved: 'engine', link: true },
    },
  });
  const { stderr } = evaluate(
    `const { setUp } = await import('./build/setup.mjs'); await setUp();`,
    root,
    { NODE_ENV: 'production', npm_config_omit: 'optional', npm_execpath: '' },
  );
  const installed = ['builder', 'engine'].filter((name) =>
    existsSync(path.join(root, 'node_modules', name)),
  );
  assert.deepEqual(installed, ['builder', 'engine'], stderr);
});

test('npm installs also where another tool runs the script', (t) => {
  keepEnvironment(t, ['npm_execpath']);
  const commandOf = (script: string) => {
    process.env['npm_execpath'] = script;
    return npmCommand();
  };
  const npm = path.resolve('npm-cli.js');
  assert.deepEqual(commandOf(npm), [process.execPath, npm]);
  for (const other of ['pnpm.cjs', 'yarn.js', 'yarn-4.9.2.cjs'])
    assert.match(commandOf(path.resolve(other)).join(' '), /^npm(\.cmd)?$/);
});

test('an Intel Mac is told that it is not supported, before anything is installed', (t) => {
  const { status, stderr } = evaluate(
    `Object.defineProperties(process, { platform: { value: 'darwin' }, arch: { value: 'x64' } });
    const { setUp } = await import(${JSON.stringify(path.join(build, 'setup.mjs'))}); await setUp();`,
    freshFolder(t),
    {},
  );
  assert.equal(status, 1);
  assert.match(stderr, /^不支持 Intel 芯片的 Mac；.*Intel Macs are not supported;.*\n$/);
});

test(
  'a library is asked for by the name that this system has for it',
  { skip: process.platform !== 'linux' && 'apt is a Linux tool' },
  (t) => {
    const tools = freshFolder(t);
    const asked = path.join(tools, 'asked');
    const tool = (name: string, script: string) => {
      writeFileSync(path.join(tools, name), `#!/bin/sh\n${script}\n`);
      chmodSync(path.join(tools, name), 0o755);
    };
    tool('ldd', 'echo "libasound.so.2 => not found"');
    tool('fc-list', 'echo font');
    // It knows names only after the update.
    tool('apt-get', `echo "$@" >> "${asked}"`);
    tool('apt-cache', `[ -e "${asked}" -o "$(id -u)" != 0 ] && [ "$2" = libasound2t64 ]`);
    const { stderr } = evaluate(
      `const { needLibraries } = await import(${JSON.stringify(path.join(build, 'system.mjs'))}); needLibraries('electron');`,
      tools,
      { PATH: `${tools}:${process.env['PATH'] ?? ''}` },
    );
    const said = existsSync(asked) ? readFileSync(asked, 'utf8') : stderr;
    assert.match(said, /install .*libnss3 libasound2t64 libgbm1/);
  },
);

test("the mirror that is asked first is the one that Electron's own installer takes", async (t) => {
  keepEnvironment(t, ['npm_config_electron_mirror', 'ELECTRON_MIRROR']);
  const cacheRoot = freshFolder(t);
  /** The address of the file that the installer would download. */
  const taken = async () => {
    let address = '';
    const download = (url: string) => {
      address = url;
      return Promise.reject(new Error('far enough'));
    };
    const options = { version: '45.4.1', artifactName: 'electron', platform: 'linux', arch: 'x64' };
    await downloadArtifact({
      ...options,
      cacheRoot,
      checksums: {},
      downloader: { download },
    }).catch(() => undefined);
    return address;
  };
  for (const [npmrc, environment] of [
    ['', ''],
    ['', 'https://a.example/'],
    ['https://b.example/', ''],
    ['https://b.example/', 'https://a.example/'],
  ] as const) {
    process.env['npm_config_electron_mirror'] = npmrc;
    process.env['ELECTRON_MIRROR'] = environment;
    const address = await taken();
    assert.ok(address.startsWith(electronMirror()), `${address} ${electronMirror()}`);
  }
});

test("Electron is asked for and downloaded through the person's proxy", async (t) => {
  const asked: (string | undefined)[] = [];
  const proxy = http.createServer().on('connect', ({ url }, socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  t.after(() => proxy.close());
  const address = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
  const names = ['https_proxy', 'HTTPS_PROXY', 'npm_config_https_proxy', 'npm_config_proxy'];
  keepEnvironment(t, [...names, 'no_proxy', 'NO_PROXY']);
  for (const name of ['no_proxy', 'NO_PROXY']) process.env[name] = '';
  for (const name of names) {
    for (const other of names) process.env[other] = other === name ? address : '';
    assert.equal(await reaches(`https://${name.replaceAll('_', '-')}.invalid/`), false);
  }
  assert.deepEqual(
    asked.splice(0),
    names.map((name) => `${name.replaceAll('_', '-').toLowerCase()}.invalid:443`),
  );
  const code = `
    const { downloadArtifact } = await import(${JSON.stringify(import.meta.resolve('@electron/get'))});
    await downloadArtifact({ version: '45.4.1', artifactName: 'electron', platform: 'linux', arch: 'x64', checksums: {} });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env: {
      ...throughProxy(),
      ELECTRON_MIRROR: 'https://electron.invalid/',
      electron_config_cache: freshFolder(t),
    },
    stdio: 'ignore',
  });
  await once(child, 'exit');
  assert.equal(asked[0], 'electron.invalid:443');
});

test('a checkout on Windows has the line ends that are checked', (t) => {
  const attributes = ['check-attr', 'eol', '--', 'build/setup.mjs', '.ci/run', 'README.md'];
  const cwd = path.dirname(build);
  const { status, stdout } = spawnSync('git', attributes, { cwd, encoding: 'utf8' });
  if (status !== 0) {
    t.skip('not a checkout, or no git');
    return;
  }
  for (const line of stdout.trim().split('\n')) assert.match(line, /: eol: lf$/);
});
