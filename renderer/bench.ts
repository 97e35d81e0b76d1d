/** Measuring this machine from the window: begins it, breaks it off, and keeps the store told. */
import { ContractError } from '../common/contract.ts';
import { loudly, quietly } from './album.ts';
import { engine } from './bridge.ts';
import { dispatch } from './store.ts';

export function start(): void {
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
  dispatch({ type: 'bench', bench: { progress: { step: 'photos', share: 0 } } });
  await loudly(async () => {
    try {
      const report = await engine.call('bench.run', { folder: null });
      dispatch({ type: 'bench', bench: { report } });
    } catch (error) {
      if (!(error instanceof ContractError && error.code === 'cancelled')) throw error;
    }
  });
  dispatch({ type: 'bench', bench: { progress: null } });
}

export function cancel(): Promise<void> {
  return loudly(() => engine.call('bench.cancel', {}));
}
