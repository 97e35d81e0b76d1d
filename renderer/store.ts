/** The one store: holds the state, runs the reducer, tells React. */
import { useSyncExternalStore } from 'react';
import { readPreferences } from './preferences.ts';
import { firstState, reduce, type Action, type State } from './state.ts';

const preferencesKey = 'wanwu.preferences';

let state = firstState(readPreferences(localStorage.getItem(preferencesKey)));
const listeners = new Set<() => void>();

export function getState(): State {
  return state;
}

export function dispatch(action: Action): void {
  const before = state;
  state = reduce(before, action);
  if (state === before) return;
  if (state.preferences !== before.preferences)
    localStorage.setItem(preferencesKey, JSON.stringify(state.preferences));
  for (const listener of listeners) listener();
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** `select` picks a part that keeps its identity while it does not change. */
export function useStore<T>(select: (state: State) => T): T {
  return useSyncExternalStore(subscribe, () => select(state));
}
