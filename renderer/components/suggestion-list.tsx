/** Tags that are perhaps meant, under a field that keeps the focus. */
import { Ban, CornerDownLeft } from 'lucide-react';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import type { Suggestion } from '../state.ts';

interface Props {
  /** Of the list; its options are `<id>-<number>`. */
  id: string;
  label: string;
  list: readonly Suggestion[];
  chosen: number;
  onTake: (name: string, isExcluded: boolean) => void;
  /** Where a tag can also be left out of what is found; `isMeant`: the person typed that already. */
  exclusion?: { isMeant: boolean };
}

export function SuggestionList({ id, label, list, chosen, onTake, exclusion }: Props) {
  const { search: words } = useTexts();
  const language = useLanguage();
  return (
    <ul className="suggestions" id={id} role="listbox" aria-label={label}>
      {list.map(({ name, count, via }, at) => (
        <li
          key={name}
          id={`${id}-${String(at)}`}
          role="option"
          aria-selected={at === chosen}
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(name, exclusion !== undefined && (exclusion.isMeant || event.altKey));
          }}
        >
          {exclusion?.isMeant && <Ban size={15} strokeWidth={1.75} aria-hidden />}
          <span className="suggestion-name">{name}</span>
          {via !== null && <span className="suggestion-via">{via}</span>}
          <span className="number">{count > 0 && format.count(language, count)}</span>
          {at === chosen ? (
            <CornerDownLeft size={15} strokeWidth={1.75} aria-hidden className="suggestion-enter" />
          ) : (
            exclusion && (
              <button
                type="button"
                className="suggestion-not"
                tabIndex={-1}
                title={words.exclude(name)}
                aria-label={words.exclude(name)}
                onMouseDown={(event) => {
                  event.preventDefault();
                  event.stopPropagation();
                  onTake(name, true);
                }}
              >
                <Ban size={14} strokeWidth={1.75} aria-hidden />
              </button>
            )
          )}
        </li>
      ))}
    </ul>
  );
}
