/** A few choices side by side, of which one holds: one stop for the Tab key, the arrows choose. */
import type { KeyboardEvent } from 'react';

interface Props<T extends string> {
  label: string;
  choices: readonly T[];
  chosen: T;
  nameOf: (choice: T) => string;
  /** Where a name is in a language of its own. */
  langOf?: (choice: T) => string;
  onChoose: (choice: T) => void;
}

export function Segments<T extends string>(props: Props<T>) {
  const { label, choices, chosen, nameOf, langOf, onChoose } = props;
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = (choices.indexOf(chosen) + step + choices.length) % choices.length;
    const next = choices[at];
    if (next === undefined) return;
    onChoose(next);
    event.currentTarget.querySelectorAll('button')[at]?.focus();
  };
  return (
    <div className="segments" role="radiogroup" aria-label={label} onKeyDown={onKey}>
      {choices.map((one) => (
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={one === chosen}
          tabIndex={one === chosen ? 0 : -1}
          lang={langOf?.(one)}
          onClick={() => {
            onChoose(one);
          }}
        >
          {nameOf(one)}
        </button>
      ))}
    </div>
  );
}

const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
