/** Whether CUDA can work on this machine, found out before anything is downloaded. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GpuProblem } from '../../common/gpu.ts';
import { oldestCapability, oldestDriver } from './plan.ts';

/** What the driver says of a card. */
export interface Card {
  name: string;
  driver: string;
  /** Compute capability, `8.9`. */
  capability: string;
}

export interface Machine {
  platform: NodeJS.Platform;
  arch: string;
  /** The answer of `nvidia-smi`; null where there is none. */
  smi: string | null;
}

export type Check =
  { able: true; card: Card } | { able: false; problem: GpuProblem; facts: string[] };

const question = 'name,driver_version,compute_cap';
const smiMs = 10_000;

export async function askMachine(command = 'nvidia-smi'): Promise<Machine> {
  const smi = await promisify(execFile)(
    command,
    [`--query-gpu=${question}`, '--format=csv,noheader,nounits'],
    { timeout: smiMs, windowsHide: true },
  ).then(
    ({ stdout }) => stdout,
    () => null,
  );
  return { platform: process.platform, arch: process.arch, smi };
}

/** The first card counts: sessions open on it. */
export function checkMachine({ platform, arch, smi }: Machine): Check {
  const no = (problem: GpuProblem, ...facts: string[]): Check => ({ able: false, problem, facts });
  if (platform !== 'linux' || arch !== 'x64') return no('other-system', `${platform} ${arch}`);
  if (smi === null) return no('no-driver');
  const card = parseCard(smi.split('\n')[0] ?? '');
  if (!card) return no('no-card', smi.trim().split('\n')[0] ?? '');
  if (isOlder(card.driver, oldestDriver)) return no('old-driver', card.driver, oldestDriver);
  if (isOlder(card.capability, oldestCapability))
    return no('old-card', `${card.name} (${card.capability})`, oldestCapability);
  return { able: true, card };
}

function parseCard(line: string): Card | null {
  const [name, driver, capability] = line.split(',').map((part) => part.trim());
  if (name === undefined || !isVersion(driver) || !isVersion(capability)) return null;
  return { name, driver, capability };
}

function isVersion(text: string | undefined): text is string {
  return text !== undefined && /^\d+(\.\d+)+$/.test(text);
}

/** Versions of numbers and dots. */
export function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split('.').map(Number));
  for (let at = 0; at < Math.max(ours?.length ?? 0, theirs?.length ?? 0); at += 1) {
    const difference = (ours?.[at] ?? 0) - (theirs?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
