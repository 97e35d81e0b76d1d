/** What keys do in the grid: a mark that moves from photo to photo, and what is done with the marked one. */
import { useEffect, type RefObject } from 'react';
import * as album from '../album.ts';
import { useKeys } from '../hooks.ts';
import type { KeyCommand } from '../keys.ts';
import { neighbour, type Section } from '../layout/timeline.ts';
import { isNarrowedByWords, withoutWords } from '../search-words.ts';
import { spotAt, type Spot } from '../state.ts';
import { dispatch, getState, useStore } from '../store.ts';

export function toggle(spot: Spot): void {
  const selected = new Set(getState().selected);
  if (!selected.delete(spot.id)) selected.add(spot.id);
  dispatch({ type: 'select', selected, anchor: spot });
}

const steps: Partial<Record<KeyCommand, 'left' | 'right' | 'up' | 'down'>> = {
  left: 'left',
  right: 'right',
  up: 'up',
  down: 'down',
};

export function useGridKeys(
  grid: RefObject<HTMLElement | null>,
  sections: readonly Section[],
  reveal: (at: { month: string; index: number }) => void,
): void {
  const focus = useStore((state) => state.focus);
  const goTo = async (at: { month: string; index: number }, isRange: boolean) => {
    if (!getState().buckets[at.month]) await album.loadMonth(at.month);
    const spot = spotAt(getState().buckets, at.month, at.index);
    if (!spot) return;
    const from = getState().focus ?? spot;
    dispatch({ type: 'focus', spot });
    reveal(spot);
    // The mark is seen where the keyboard is.
    grid.current?.focus({ preventScroll: true });
    if (!isRange) return;
    if (!getState().anchor)
      dispatch({ type: 'select', selected: getState().selected, anchor: from });
    await album.selectTo(spot);
  };
  // A photo seen in the photo view is where the grid goes on.
  const seenId = focus?.id;
  useEffect(() => {
    if (focus && getState().open) reveal(focus);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when another photo has the focus
  }, [seenId]);

  useKeys(['grid'], (command, event) => {
    const first = sections[0];
    const last = sections.at(-1);
    const step = steps[command];
    if (step) {
      const next = focus
        ? neighbour(sections, focus, step)
        : first && { month: first.month, index: 0 };
      if (next) void goTo(next, event.shiftKey);
    } else if (command === 'first' && first)
      void goTo({ month: first.month, index: 0 }, event.shiftKey);
    else if (command === 'last' && last)
      void goTo({ month: last.month, index: last.count - 1 }, event.shiftKey);
    else if (command === 'select-all') void album.selectAll();
    else if (command === 'toggle' && focus) toggle(focus);
    else if (command === 'open' && focus) album.open(focus);
    else if (command === 'preview' && focus) album.open(focus, 'preview');
    else if (command === 'close' && getState().selected.size > 0)
      dispatch({ type: 'select', selected: new Set(), anchor: null });
    else if (command === 'close' && isNarrowedByWords(getState().query))
      album.search(withoutWords(getState().query));
    else return false;
    return true;
  });
}
