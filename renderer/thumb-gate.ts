/**
 * When a thumbnail may be asked for: not while the grid flies past it, and what is in sight before what lies
 * beyond its edges. `y` is a place in the grid, px; without one, only flying counts.
 */
export interface Gate {
  isOpen(y?: number): boolean;
  /** Calls back once, when it may be; returns how to give up waiting. */
  wait(listener: () => void, y?: number): () => void;
  /** What is in sight from now on. */
  look(top: number, bottom: number): void;
  close(): void;
  open(): void;
}

/** What is in sight has been asked for by then. */
const beyondMs = 50;

export function createGate(): Gate {
  let isOpen = true;
  let sight = { top: 0, bottom: Infinity };
  let timer: ReturnType<typeof setTimeout> | null = null;
  const waiting = new Map<() => void, number | undefined>();

  const mayBe = (y?: number) =>
    isOpen && (y === undefined || (y >= sight.top && y <= sight.bottom));
  const call = (isDue: (y: number | undefined) => boolean) => {
    const due = [...waiting].filter(([, y]) => isDue(y)).map(([listener]) => listener);
    for (const listener of due) {
      waiting.delete(listener);
      listener();
    }
  };
  const callBeyond = () => {
    timer ??= setTimeout(() => {
      timer = null;
      if (isOpen) call(() => true);
    }, beyondMs);
  };

  return {
    isOpen: mayBe,
    wait: (listener, y) => {
      waiting.set(listener, y);
      if (isOpen) callBeyond();
      return () => {
        waiting.delete(listener);
      };
    },
    look: (top, bottom) => {
      sight = { top, bottom };
      if (isOpen) call(mayBe);
    },
    close: () => {
      isOpen = false;
    },
    open: () => {
      isOpen = true;
      call(mayBe);
      callBeyond();
    },
  };
}
