/** Why a device cannot run here, found out without asking onnxruntime, which prints what it misses. */
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

/** `reason`: what onnxruntime said when a device would not start or run. */
export function codeOfFailure(reason: string): DeviceReason['code'] {
  return /adapter|no CUDA-capable device|no device/i.test(reason) ? 'no-hardware' : 'failed';
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
