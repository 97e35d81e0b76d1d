/**
 * Where the GPU's runtime lies, and what a process must be started with to use it. The folder is a copy of
 * the onnxruntime-node package whose native folder also holds the provider and every library it needs.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import envPaths from 'env-paths';
import { planName } from './plan.ts';

/** Read by engine/infer/worker.ts: the folder that this process was started for. */
export const runtimeVariable = 'WANWU_GPU_RUNTIME_USED';

/** Holds the runtime and what is downloaded of it; of the person, not of one library. */
export function gpuFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['WANWU_GPU_FOLDER'] ?? path.join(envPaths('wanwu-album', { suffix: '' }).data, 'gpu');
}

export function runtimeFolder(folder = gpuFolder()): string {
  return path.join(folder, planName);
}

/** Under a runtime's folder. */
export const packageFolder = 'node_modules/onnxruntime-node';
export const nativeFolder = `${packageFolder}/bin/napi-v6/linux/x64`;

/** It is put in place whole or not at all. */
export function isInstalled(folder = gpuFolder()): boolean {
  return existsSync(runtimeFolder(folder));
}

/**
 * The libraries find each other through the loader's path, which is read once, when a process starts.
 * Empty where nothing is installed.
 */
export function runtimeEnvironment(folder = gpuFolder()): NodeJS.ProcessEnv {
  if (process.platform !== 'linux' || !isInstalled(folder)) return {};
  const runtime = runtimeFolder(folder);
  const others = process.env['LD_LIBRARY_PATH'] ?? '';
  const native = path.join(runtime, nativeFolder);
  return {
    [runtimeVariable]: runtime,
    LD_LIBRARY_PATH: others === '' ? native : `${native}:${others}`,
  };
}
