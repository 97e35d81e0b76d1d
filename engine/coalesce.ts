/** Fewer events: what is due often is told seldom, and the last one always. */

/** Lets each kind of event through at most once in `ms`, and always the last one. */
export function coalesce<K extends string>(ms: number, emit: Record<K, () => void>) {
  const timers = new Map<K, NodeJS.Timeout>();
  return {
    due: (kind: K) => {
      if (timers.has(kind)) return;
      timers.set(
        kind,
        setTimeout(() => {
          timers.delete(kind);
          emit[kind]();
        }, ms),
      );
    },
    close: () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
