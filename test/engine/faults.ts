/**
 * Faults that only tests have: an engine started through `faultyNode` loads this file first, in its main
 * thread and in every other. Nothing of it is in the product.
 */
import fs, { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';

export interface Faults {
  /** Opening a file with this in its name kills the process as a native fault would. */
  crash?: string;
  /** Opening one with this in its name never comes back. */
  hang?: string;
  /** While this file exists no photo can be read, as on a disk that is about to go away. */
  unreadable?: string;
  /** The engine's clock runs this many times as fast, so that its patience ends sooner. */
  clock?: number;
  /** The time of day runs this many times as fast, below zero backwards. */
  wallClock?: number;
  /** While this file exists there is no space for thumbnails, or for the catalog. */
  fullThumbnails?: string;
  fullCatalog?: string;
  /** The system has no watch left for directories with this in their names. */
  unwatchable?: string;
  /** The person may not look into directories with this in their names. */
  forbidden?: string;
  cuda?: CudaFault;
}

/**
 * A CUDA that seems to be there: onnxruntime's CPU answers in its place, until it fails with the words that
 * onnxruntime has for it.
 */
export interface CudaFault {
  /** More photos at once are out of memory, and so is every later run of that session. */
  memoryPhotos?: number;
  /** It breaks in this run, and in everything after it. */
  lostInRun?: number;
  /** Each photo takes this much longer. */
  msPerPhoto?: number;
  /** A run ends the process as a driver's own fault would. */
  crashes?: boolean;
}

/** From reports to onnxruntime's makers (issues 22702 and 26312). */
export const outOfMemoryWords =
  "Non-zero status code returned while running Conv node. Name:'/stages.0/fc1/Conv' Status Message: " +
  '\n/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(' +
  'size_t, bool, onnxruntime::Stream*, bool, onnxruntime::WaitNotificationFn) Failed to allocate memory for ' +
  'requested buffer of size 939524096\n';
export const lostWords =
  '/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 std::conditional_t<THRW, void, ' +
  'onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*) [with ERRTYPE = cudaError] CUDA ' +
  'failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=host ; ' +
  'expr=cudaStreamSynchronize(static_cast<cudaStream_t>(stream_)); ';

/** An executable like Node's own that brings the faults along. */
export function faultyNode(folder: string, faults: Faults): string {
  const file = path.join(folder, 'faulty-node.sh');
  const self = fileURLToPath(import.meta.url);
  writeFileSync(
    file,
    `#!/bin/sh\nWANWU_TEST_FAULTS='${JSON.stringify(faults)}' exec '${process.execPath}' --import '${self}' "$@"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

function install(faults: Faults): void {
  const {
    crash,
    hang,
    unreadable,
    clock = 1,
    wallClock,
    fullThumbnails,
    fullCatalog,
    unwatchable,
    forbidden,
    cuda,
  } = faults;
  const { openSync, watch, writeFileSync: write } = fs;
  const has = (file: unknown, part: string | undefined) =>
    part !== undefined && path.basename(String(file)).includes(part);
  fs.openSync = (file, ...rest) => {
    if (has(file, crash)) process.kill(process.pid, 'SIGSEGV');
    if (has(file, hang)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    if (unreadable !== undefined && has(file, '.jpg') && existsSync(unreadable))
      throw Object.assign(new Error('input/output error'), { code: 'EIO' });
    return openSync(file, ...rest);
  };
  fs.writeFileSync = (file, ...rest) => {
    if (fullThumbnails !== undefined && existsSync(fullThumbnails) && !isMainThread)
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    write(file, ...rest);
  };
  fs.watch = (directory: fs.PathLike, ...rest: []) => {
    if (has(directory, unwatchable))
      throw Object.assign(new Error('no watch left'), { code: 'ENOSPC', path: directory });
    if (has(directory, forbidden))
      throw Object.assign(new Error('permission denied'), { code: 'EACCES', path: directory });
    return watch(directory, ...rest);
  };
  if (cuda && !isMainThread) pretendCuda(cuda);
  syncBuiltinESMExports();
  if (!isMainThread) return;
  if (clock !== 1) {
    const now = performance.now.bind(performance);
    performance.now = () => now() * clock;
  }
  if (wallClock !== undefined) {
    const now = Date.now;
    const begin = now();
    Date.now = () => begin + (now() - begin) * wallClock;
  }
  if (fullCatalog !== undefined) limitCatalog(fullCatalog);
}

/** Only in threads that infer: the others never ask for onnxruntime. */
function pretendCuda({
  memoryPhotos = Infinity,
  lostInRun = Infinity,
  msPerPhoto = 0,
  crashes = false,
}: CudaFault): void {
  const { existsSync: exists } = fs;
  fs.existsSync = (file) => /libonnxruntime_providers_cuda/.test(String(file)) || exists(file);
  const dlopen = process.dlopen.bind(process);
  process.dlopen = (module, file, ...rest) => {
    if (file !== 'libcuda.so.1') dlopen(module, file, ...rest);
  };
  const ort = createRequire(import.meta.url)('onnxruntime-node') as {
    InferenceSession: {
      create: (file: string, options: { executionProviders: string[] }) => unknown;
    };
  };
  let runs = 0;
  const create = ort.InferenceSession.create.bind(ort.InferenceSession);
  ort.InferenceSession.create = async (file, options) => {
    const isCuda = options.executionProviders[0] === 'cuda';
    if (isCuda && runs >= lostInRun) throw new Error(lostWords);
    const session = (await create(file, { ...options, executionProviders: ['cpu'] })) as {
      run: (
        feeds: Record<string, { dims: readonly number[] }>,
        ...rest: unknown[]
      ) => Promise<unknown>;
    };
    if (!isCuda) return session;
    const run = session.run.bind(session);
    let isFull = false;
    session.run = async (feeds, ...rest) => {
      const photos = Object.values(feeds)[0]?.dims[0] ?? 0;
      runs += 1;
      if (crashes) process.kill(process.pid, 'SIGSEGV');
      if (runs >= lostInRun) throw new Error(lostWords);
      isFull ||= photos > memoryPhotos;
      if (isFull) throw new Error(outOfMemoryWords);
      await sleep(photos * msPerPhoto);
      return run(feeds, ...rest);
    };
    return session;
  };
}

/** SQLite's own limit of pages stands for a full disk: the same error from the same place. */
function limitCatalog(flag: string): void {
  const Database = createRequire(import.meta.url)('better-sqlite3') as {
    prototype: { pragma: (source: string, options?: object) => unknown };
  };
  const { pragma } = Database.prototype;
  Database.prototype.pragma = function (source, options) {
    const answer = pragma.call(this, source, options);
    if (source === 'foreign_keys = ON') {
      const timer = setInterval(() => {
        const limit = existsSync(flag) ? 1 : 1_000_000_000;
        pragma.call(this, `max_page_count = ${String(limit)}`);
      }, 50);
      timer.unref();
    }
    return answer;
  };
}

const given = process.env['WANWU_TEST_FAULTS'];
if (given !== undefined) install(JSON.parse(given) as Faults);
