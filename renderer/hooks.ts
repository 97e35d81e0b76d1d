/** Small hooks that many components share. */
import { useEffect, useState, type RefObject } from 'react';
import type { Language } from '../common/texts.ts';
import { commandOf, type KeyCommand, type KeyPlace } from './keys.ts';
import { getState, useStore } from './store.ts';
import { texts, type Texts } from './texts.ts';

export function useLanguage(): Language {
  return useStore(({ preferences }) => preferences.language);
}

export function useTexts(): Texts {
  return texts[useLanguage()];
}

/** Content size of an element, CSS px; 0 before it is measured. */
export function useSize(ref: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((before) =>
        before.width === width && before.height === height ? before : { width, height },
      );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => {
      observer.disconnect();
    };
  }, [ref]);
  return size;
}

const takesLetters = 'input:not([type=range]):not([type=checkbox]), textarea, select';
/** What has keys of its own: Enter and Space press it, arrows move in it. */
const takesKeys = 'button, a, input, [role=slider], [role=treeitem], [role=option]';
const pressing = new Set<KeyCommand>([
  'open',
  'preview',
  'left',
  'right',
  'up',
  'down',
  'first',
  'last',
]);

function keyPlace(target: EventTarget | null): KeyPlace {
  if (target instanceof Element && target.matches(takesLetters)) return 'text';
  if (document.querySelector('dialog[open]')) return 'dialog';
  const { open } = getState();
  return open ? open.mode : 'grid';
}

/** `handle` says whether the command was its own. */
export function useKeys(
  places: readonly KeyPlace[],
  handle: (command: KeyCommand, event: KeyboardEvent) => boolean,
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const place = keyPlace(event.target);
      const command = commandOf(event, place);
      if (!command || !places.includes(place)) return;
      const { target } = event;
      const isOwn = target instanceof Element && target.matches(takesKeys);
      if (isOwn && (pressing.has(command) || event.key === ' ')) return;
      if (handle(command, event)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  });
}
