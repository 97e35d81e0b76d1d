/** A few choices side by side, of which one holds. */

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
  return (
    <div className="segments" role="radiogroup" aria-label={label}>
      {choices.map((one) => (
        <button
          key={one}
          type="button"
          role="radio"
          aria-checked={one === chosen}
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
