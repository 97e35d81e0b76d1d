/** Measuring this machine from the window: begins it, breaks it off, and keeps the store told. */
import { ContractError } from '../common/contract.ts';
import { loudly, quietly } from './album.ts';
import { engine } from './bridge.ts';
import { dispatch, getState } from './store.ts';

/** This page waits for the answer itself. */
let isAsked = false;

export function start(): void {
  // One that another page began, before the window was closed and opened again.
  engine.on('status.changed', ({ paused }) => {
    if (isAsked || paused === 'bench' || getState().bench.progress === null) return;
    dispatch({ type: 'bench', bench: { progress: null } });
    void loadLatest();
  });
  engine.on('bench.progress', (progress) => {
    dispatch({ type: 'bench', bench: { progress } });
  });
}

/** What was measured last, also before this start of the app. */
export function loadLatest(): Promise<void> {
  return quietly(async () => {
    const { report } = await engine.call('bench.latest', {});
    dispatch({ type: 'bench', bench: { report } });
  });
}

export async function measure(): Promise<void> {
  isAsked = true;
  dispatch({ type: 'bench', bench: { progress: { step: 'photos', share: 0 } } });
  await loudly(async () => {
    try {
      const report = await engine.call('bench.run', { folder: null });
      dispatch({ type: 'bench', bench: { report } });
    } catch (error) {
      if (!(error instanceof ContractError && error.code === 'cancelled')) throw error;
    }
  });
  isAsked = false;
  dispatch({ type: 'bench', bench: { progress: null } });
}

export function cancel(): Promise<void> {
  return loudly(() => engine.call('bench.cancel', {}));
}
