/** Holds thumbnails back while the grid flies past them; opened again when it settles. */
export interface Gate {
  isOpen(): boolean;
  /** Calls back once, when it opens; returns how to give up waiting. */
  wait(listener: () => void): () => void;
  close(): void;
  open(): void;
}

export function createGate(): Gate {
  let isOpen = true;
  const waiting = new Set<() => void>();
  return {
    isOpen: () => isOpen,
    wait: (listener) => {
      waiting.add(listener);
      return () => {
        waiting.delete(listener);
      };
    },
    close: () => {
      isOpen = false;
    },
    open: () => {
      isOpen = true;
      const all = [...waiting];
      waiting.clear();
      for (const listener of all) listener();
    },
  };
}
