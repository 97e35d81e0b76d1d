/**
 * Brings the GPU's runtime into its folder and takes it away. Everything is downloaded and checked before
 * the first file is unpacked; one rename puts the whole in place.
 */
import {
  createWriteStream,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
  closeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import type { GpuSupport } from '../../common/gpu.ts';
import { isAlive } from '../alive.ts';
import { bytesThere, download } from './download.ts';
import { findFile, packageIndex } from './package-index.ts';
import { nativeFolder, packageFolder, runtimeFolder } from './place.ts';
import { installedBytes, wheels, type Wheel } from './plan.ts';
import { gpuTrouble } from './trouble.ts';

export type Progress = NonNullable<GpuSupport['progress']>;

export interface Installation {
  /** See gpuFolder. */
  folder: string;
  /** A simple index; null for pip's. */
  index: string | null;
  signal: AbortSignal;
  onProgress(progress: Progress): void;
  /** A test brings small ones. */
  plan?: readonly Wheel[];
  /** Kept, in all. */
  bytes?: number;
}

const downloadFolder = (folder: string) => path.join(folder, 'downloads');
export const sumBytes = (plan: readonly Wheel[]) => plan.reduce((sum, { bytes }) => sum + bytes, 0);

/** Throws `gpu-refused` with the reason, or the signal's own. What is in place already is made anew. */
export async function install(installation: Installation): Promise<void> {
  const { folder, signal, plan = wheels, bytes = installedBytes } = installation;
  mkdirSync(folder, { recursive: true });
  const unlock = lock(path.join(folder, 'install.lock'));
  const runtime = runtimeFolder(folder);
  const making = `${runtime}.making`;
  try {
    checkSpace(folder, missingBytes(folder, plan) + bytes);
    const downloads = await downloadAll(installation);
    rmSync(making, { recursive: true, force: true });
    copyBinding(making);
    await unpackAll(installation, plan, downloads, making);
    rmSync(runtime, { recursive: true, force: true });
    renameSync(making, runtime);
    rmSync(downloads, { recursive: true, force: true });
    removeOthers(folder, path.basename(runtime));
  } catch (error) {
    // Streams say only that they were aborted.
    signal.throwIfAborted();
    throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
    unlock();
  }
}

/** Also what an installation that was broken off left. */
export function remove(folder: string): void {
  if (!existsSync(folder)) return;
  const unlock = lock(path.join(folder, 'install.lock'));
  try {
    rmSync(downloadFolder(folder), { recursive: true, force: true });
    removeOthers(folder, null);
  } finally {
    unlock();
  }
}

/** Into a folder of their own, whose path is the answer; `install` takes what lies there. */
export async function downloadAll({
  folder,
  index,
  signal,
  onProgress,
  plan = wheels,
}: Installation): Promise<string> {
  const downloads = downloadFolder(folder);
  mkdirSync(downloads, { recursive: true });
  const totalBytes = sumBytes(plan);
  let before = 0;
  for (const { name, file, bytes, sha256 } of plan) {
    const source = async () => findFile(await packageIndex(index), name, file, signal);
    const tell = (done: number) => {
      onProgress({ step: 'download', name, doneBytes: before + done, totalBytes });
    };
    tell(0);
    const target = path.join(downloads, file);
    await download({ source, file: target, bytes, sha256, signal, onProgress: tell });
    before += bytes;
  }
  return downloads;
}

async function unpackAll(
  { signal, onProgress, bytes: totalBytes = installedBytes }: Installation,
  plan: readonly Wheel[],
  downloads: string,
  making: string,
): Promise<void> {
  let doneBytes = 0;
  for (const { name, file, keep } of plan) {
    const archive = path.join(downloads, file);
    const zip = await openPromise(archive);
    for await (const entry of zip.eachEntry()) {
      if (!keep.test(entry.fileName)) continue;
      onProgress({ step: 'unpack', name, doneBytes, totalBytes });
      const target = path.join(making, placeOf(entry.fileName, name));
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target), { signal });
      doneBytes += entry.uncompressedSize;
    }
  }
}

/** Libraries by the name that others ask for, the words of their licences apart. */
function placeOf(member: string, wheel: string): string {
  const base = path.posix.basename(member);
  if (!base.includes('.so')) return path.join('licences', `${wheel}-${base}`);
  return path.join(nativeFolder, base.replace(/^(libonnxruntime\.so\.\d+).*/, '$1'));
}

/** Node's side of onnxruntime, from the app's own package; the library beside it comes with its provider. */
function copyBinding(making: string): void {
  const dist = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node'));
  const ours = path.dirname(dist);
  const target = path.join(making, packageFolder);
  const native = 'bin/napi-v6/linux/x64/onnxruntime_binding.node';
  for (const part of ['package.json', 'dist', native])
    cpSync(path.join(ours, part), path.join(target, part), { recursive: true });
  const common = path.join(path.dirname(ours), 'onnxruntime-common');
  for (const part of ['package.json', 'dist/cjs'])
    cpSync(path.join(common, part), path.join(making, 'node_modules/onnxruntime-common', part), {
      recursive: true,
    });
  mkdirSync(path.join(making, 'licences'));
}

/** What an earlier try left needs no second place. */
function missingBytes(folder: string, plan: readonly Wheel[]): number {
  const there = plan.map(({ file }) => bytesThere(path.join(downloadFolder(folder), file)));
  return sumBytes(plan) - there.reduce((sum, bytes) => sum + bytes, 0);
}

function checkSpace(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  if (bavail * bsize < needed)
    throw gpuTrouble('no-space', gigabytes(needed), gigabytes(bavail * bsize));
}

function removeOthers(folder: string, kept: string | null): void {
  for (const name of readdirSync(folder))
    if (name.startsWith('ort-') && name !== kept)
      rmSync(path.join(folder, name), { recursive: true, force: true });
}

/**
 * Two at once would write into each other's files. A lock whose process is gone is none, nor is one from
 * before the machine was started: another has the number now.
 */
function lock(file: string): () => void {
  try {
    closeSync(openSync(file, 'wx'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const isOlder = statSync(file).mtimeMs < Date.now() - os.uptime() * 1000;
    if (!isOlder && isAlive(Number(readFileSync(file, 'utf8')))) throw gpuTrouble('busy');
  }
  writeFileSync(file, String(process.pid));
  return () => {
    rmSync(file, { force: true });
  };
}
