/**
 * A driver may end the whole process while a device is tried. A file stands for the trial meanwhile; an end that
 * was asked for takes it away. A kill from outside and a power cut leave it as a crash does, so only the second
 * in a row counts: then the device is left alone for a day, instead of ending every engine that starts.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { devices, type Device, type DeviceReason } from '../../common/contract.ts';
import { isAlive } from '../alive.ts';
import { gpuFolder } from '../gpu-runtime/place.ts';

const restMs = 24 * 60 * 60_000;
const brokenAllowed = 1;

interface Trial {
  pid: number;
  /** Trials that broke in a row before this one. */
  before: number;
}

const fileOf = (device: Device) => path.join(gpuFolder(), `trial-${device}`);

/** Null where the last trial ended by itself or is long ago. */
function readTrial(device: Device): Trial | null {
  const file = fileOf(device);
  try {
    if (Date.now() - statSync(file).mtimeMs > restMs) return null;
    const [pid = 0, before = 0] = readFileSync(file, 'utf8').split(' ').map(Number);
    return { pid, before };
  } catch {
    // None, or one that ended just now.
    return null;
  }
}

/** Trials that broke in a row; one that goes on is none. */
function countBroken(device: Device): number {
  const trial = readTrial(device);
  if (!trial) return 0;
  return isAlive(trial.pid) ? trial.before : trial.before + 1;
}

/** Returns what ends the trial; the CPU needs none. */
export function beginTrial(device: Device): () => void {
  if (device === 'cpu') return () => undefined;
  const file = fileOf(device);
  const before = countBroken(device);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${String(process.pid)} ${String(before)}`);
  } catch {
    // A full or read-only disk is no reason not to use a GPU.
  }
  return () => {
    rmSync(file, { force: true });
  };
}

/** This process is about to end because it was told to: its trials say nothing of their devices. */
export function withdrawTrials(): void {
  for (const device of devices)
    if (readTrial(device)?.pid === process.pid) rmSync(fileOf(device), { force: true });
}

/** Why a device is not tried; one that a person chose is tried all the same. */
export function brokenTrial(device: Device): DeviceReason | null {
  if (countBroken(device) <= brokenAllowed) return null;
  return { device, code: 'resting', reason: 'the engine ended while it was tried' };
}
