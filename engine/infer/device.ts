/**
 * Why a device cannot run here, found out without asking onnxruntime, which prints what it misses; and what
 * its errors mean.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Device, DeviceReason } from '../../common/contract.ts';

/**
 * `backends`: what this build of onnxruntime knows; `binary`: a file in its package. Null where the device
 * may be tried.
 */
export function absence(
  device: Device,
  backends: readonly { name: string }[],
  binary: string,
): DeviceReason | null {
  // onnxruntime drops a provider that its build lacks without a word and runs on the CPU.
  if (!backends.some(({ name }) => name === device))
    return { device, code: 'other-system', reason: `onnxruntime has no "${device}" here` };
  if (process.platform !== 'linux') return null;
  if (device === 'cuda') return absenceOfCuda(binary);
  const vulkan = device === 'webgpu' ? unloadable('libvulkan.so.1') : null;
  return vulkan === null ? null : { device, code: 'not-installed', reason: vulkan };
}

export class SlowerThanCpu extends Error {
  constructor(ms: number, cpuMs: number) {
    super(`${ms.toFixed(1)} ms a photo, the CPU ${cpuMs.toFixed(1)} ms`);
  }
}

/**
 * The arena's own words (bfc_arena.cc), CUDA's, cuBLAS' and cuDNN's, Direct3D's E_OUTOFMEMORY, Vulkan's. The
 * arena answers so only for the device: what the CPU lacks is `bad_alloc`.
 */
const outOfMemory =
  /Failed to allocate memory for requested buffer|CUDA(?:_ERROR_| failure 2: )out.of.memory|CU(?:BLAS|DNN)_STATUS_ALLOC_FAILED|8007000E|ERROR_OUT_OF_DEVICE_MEMORY|\bout of memory\b/i;

/** CUDA errors that no later call survives, Direct3D's removed, hung and reset devices, WebGPU's lost ones. */
const lost =
  /CUDA failure (?:4|46|7\d\d|999): |unspecified launch failure|illegal memory access|887A000[567]|device (?:was |is )?(?:lost|removed)|ERROR_DEVICE_LOST/i;

export function isOutOfMemory(error: unknown): boolean {
  return outOfMemory.test(wordsOf(error));
}

/** What onnxruntime said when a device would not start or run, in a line. */
export function failureOf(error: unknown): Omit<DeviceReason, 'device'> {
  const words = wordsOf(error);
  // What CUDA says stands behind a page of templates.
  const reason = /CUDA failure \d+: [^;]+/.exec(words)?.[0].trim() ?? words.split('\n')[0] ?? '';
  return { code: codeOf(error, words), reason };
}

function codeOf(error: unknown, words: string): DeviceReason['code'] {
  if (error instanceof SlowerThanCpu) return 'slower';
  if (outOfMemory.test(words)) return 'out-of-memory';
  if (/adapter|no CUDA-capable device|no device/i.test(words)) return 'no-hardware';
  return lost.test(words) ? 'lost' : 'failed';
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The driver comes with the card, the provider with `wanwu gpu install`. */
function absenceOfCuda(binary: string): DeviceReason | null {
  const device = 'cuda';
  const driver = unloadable('libcuda.so.1');
  if (driver !== null) return { device, code: 'no-driver', reason: driver };
  const provider = path.join(
    path.dirname(binary),
    `../bin/napi-v6/linux/${process.arch}/libonnxruntime_providers_cuda.so`,
  );
  return existsSync(provider) ? null : { device, code: 'not-installed', reason: provider };
}

/** The loader's own words where it cannot find a shared library. */
function unloadable(library: string): string | null {
  try {
    process.dlopen({ exports: {} }, library);
  } catch (error) {
    // A library that is found is no module of Node: that error is the good one.
    const { message } = error as Error;
    if (message.includes('cannot open shared object')) return message;
  }
  return null;
}
