/**
 * A driver may end the whole process while a device is tried. A file stands for the trial meanwhile: where it
 * is found afterwards, the device is left alone for a day, instead of ending every engine that starts.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Device, DeviceReason } from '../../common/contract.ts';
import { isAlive } from '../alive.ts';
import { gpuFolder } from '../gpu-runtime/place.ts';

const restMs = 24 * 60 * 60_000;

const fileOf = (device: Device) => path.join(gpuFolder(), `trial-${device}`);

/** Returns what ends the trial; the CPU needs none. */
export function beginTrial(device: Device): () => void {
  if (device === 'cpu') return () => undefined;
  const file = fileOf(device);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, String(process.pid));
  } catch {
    // A full or read-only disk is no reason not to use a GPU.
  }
  return () => {
    rmSync(file, { force: true });
  };
}

/** Null where the last trial ended by itself, goes on in another process, or is long ago. */
export function brokenTrial(device: Device): DeviceReason | null {
  const file = fileOf(device);
  try {
    if (Date.now() - statSync(file).mtimeMs > restMs) return null;
    if (isAlive(Number(readFileSync(file, 'utf8')))) return null;
  } catch {
    // None, or one that ended just now.
    return null;
  }
  return { device, code: 'failed', reason: 'the engine ended while it was tried' };
}
