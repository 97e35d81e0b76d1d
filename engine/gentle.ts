/**
 * Whether the person is given way, and why. Owns the priority of the process: only Windows lets it go back
 * to normal, so elsewhere it is lowered once and for all, where gentle work was asked for from the start.
 */
import os from 'node:os';
import type { EngineOptions, GentleReason, Params, Settings } from '../common/contract.ts';

type Told = Params<'work.gentle'>['reason'];

/** `told`: what the shell saw last. */
export function gentleReason(
  options: Pick<EngineOptions, 'gentle'>,
  settings: Pick<Settings, 'gentle'>,
  told: Told,
): GentleReason | null {
  const wanted = options.gentle === null ? settings.gentle : options.gentle ? 'on' : 'off';
  switch (wanted) {
    case 'on':
      return 'asked';
    case 'off':
      return null;
    case 'auto':
      return told;
  }
}

/** To be called before any thread is started: on Linux each has a priority of its own, its maker's. */
export function startPriority(reason: GentleReason | null): void {
  if (reason !== null) lower();
}

export function changePriority(reason: GentleReason | null): void {
  if (process.platform !== 'win32') return;
  if (reason !== null) lower();
  else os.setPriority(os.constants.priority.PRIORITY_NORMAL);
}

function lower(): void {
  os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
}
