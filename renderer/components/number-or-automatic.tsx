/** A whole number, or nothing: then the engine chooses. Saved when the field is left. */
import { useState } from 'react';
import { useTexts } from '../hooks.ts';

interface Props {
  label: string;
  value: number | null;
  /** Where a person starts who leaves automatic. */
  usual: number;
  most: number;
  onChange: (value: number | null) => void;
}

export function NumberOrAutomatic({ label, value, usual, most, onChange }: Props) {
  const { settings: words } = useTexts();
  const [typed, setTyped] = useState<string | null>(null);
  const save = () => {
    const number = Math.round(Number(typed));
    if (typed !== null && number >= 1 && number <= most && number !== value) onChange(number);
    setTyped(null);
  };
  return (
    <div className="number-field">
      <label className="switch">
        <input
          type="checkbox"
          checked={value === null}
          aria-label={`${label} ${words.automatic}`}
          onChange={(event) => {
            onChange(event.target.checked ? null : usual);
          }}
        />
        {words.automatic}
      </label>
      {value !== null && (
        <input
          type="number"
          aria-label={label}
          min={1}
          max={most}
          value={typed ?? String(value)}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.key === 'Enter') save();
          }}
        />
      )}
    </div>
  );
}
