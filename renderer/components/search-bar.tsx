/** What the person looks for: chosen tags as chips, words, and suggestions while typing. */
import { Search, X } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { Query } from '../../common/contract.ts';
import * as album from '../album.ts';
import { useTexts } from '../hooks.ts';
import {
  flipTag,
  isNarrowedByWords,
  readTyped,
  searchedText,
  withoutLastTag,
  withoutTag,
  withoutWords,
  withTag,
} from '../search-words.ts';
import type { Suggestion } from '../state.ts';
import { dispatch, useStore } from '../store.ts';
import { IconButton } from './icon-button.tsx';
import { SuggestionList } from './suggestion-list.tsx';

export function SearchBar() {
  const { search: words } = useTexts();
  const query = useStore((state) => state.query);
  const suggestions = useStore((state) => state.suggestions);
  const [typed, setTyped] = useState('');
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const isComposing = useRef(false);
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  const { before, word, excludes } = readTyped(typed);

  // A query that was changed elsewhere (全部照片) brings its words into the field.
  const [shownText, setShownText] = useState(query.text);
  if (shownText !== query.text) {
    setShownText(query.text);
    if (query.text !== searchedText(typed)) setTyped(query.text);
  }

  const list: readonly Suggestion[] =
    isOpen && word !== '' && suggestions
      ? suggestions.list.filter(
          ({ name, count }) =>
            count > 0 && !query.tags.includes(name) && !query.without.includes(name),
        )
      : [];

  const narrow = (next: Query) => {
    album.search(next);
  };
  const type = (text: string) => {
    setTyped(text);
    setChosen(-1);
    setIsOpen(true);
    const { word: next } = readTyped(text);
    if (next === '') dispatch({ type: 'suggestions', suggestions: null });
    else album.suggest(next);
    if (isComposing.current) return;
    const searched = searchedText(text);
    if (searched !== query.text) narrow({ ...query, text: searched });
  };
  const take = (names: readonly string[], isExcluded: boolean) => {
    const text = isExcluded ? before : '';
    setTyped(text);
    setIsOpen(false);
    setChosen(-1);
    dispatch({ type: 'suggestions', suggestions: null });
    const next = names.reduce((narrowed, name) => withTag(narrowed, name, isExcluded), query);
    narrow({ ...next, text });
    field.current?.focus();
  };
  const leaveOut = (text: string) =>
    album.quietly(async () => {
      const tags = await album.tagsMeant(text);
      if (tags.length > 0 && field.current?.value === typed) take(tags, true);
    });
  const clear = () => {
    setTyped('');
    setIsOpen(false);
    narrow(withoutWords(query));
    field.current?.focus();
  };

  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move !== 0 && list.length > 0) {
      setChosen((chosen + move + list.length) % list.length);
    } else if (event.key === 'Enter') {
      // The list may still be that of the letters before.
      const first = suggestions?.text === word ? list[0] : undefined;
      const picked = list[chosen] ?? (excludes ? first : undefined);
      if (picked) take([picked.name], excludes || event.altKey);
      else if (excludes) void leaveOut(word);
      else {
        setIsOpen(false);
        field.current?.blur();
      }
    } else if (event.key === 'Escape') {
      if (list.length > 0) setIsOpen(false);
      else if (isNarrowedByWords(query) || typed !== '') clear();
      else field.current?.blur();
    } else if (event.key === 'Backspace' && typed === '') {
      narrow(withoutLastTag(query));
    } else if (event.key !== '/' || typed !== '') {
      // The key that leads here has led here.
      return;
    }
    event.preventDefault();
  };

  return (
    <search
      className="search top-middle"
      data-testid="search"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setIsOpen(false);
      }}
    >
      <div
        className="search-box"
        onMouseDown={(event) => {
          if (event.target !== event.currentTarget) return;
          event.preventDefault();
          field.current?.focus();
        }}
      >
        <Search size={17} strokeWidth={1.75} aria-hidden className="search-icon" />
        <Chips query={query} onChange={narrow} />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={words.label}
          aria-expanded={list.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `${listId}-${String(chosen)}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={isNarrowedByWords(query) ? '' : words.placeholder}
          value={typed}
          onChange={(event) => {
            type(event.target.value);
          }}
          onCompositionStart={() => {
            isComposing.current = true;
          }}
          onCompositionEnd={(event) => {
            isComposing.current = false;
            type(event.currentTarget.value);
          }}
          onFocus={() => {
            setIsOpen(true);
          }}
          onKeyDown={onKey}
        />
        {isNarrowedByWords(query) || typed !== '' ? (
          <IconButton icon={X} size={16} name={words.clear} className="small" onClick={clear} />
        ) : (
          <kbd>/</kbd>
        )}
      </div>
      {list.length > 0 && (
        <SuggestionList
          id={listId}
          label={words.suggestions}
          list={list}
          chosen={chosen}
          onTake={(name, isExcluded) => {
            take([name], isExcluded);
          }}
          exclusion={{ isMeant: excludes }}
        />
      )}
    </search>
  );
}

function Chips({ query, onChange }: { query: Query; onChange: (query: Query) => void }) {
  const { search: words } = useTexts();
  const last = useRef<HTMLLIElement>(null);
  const chips = [
    ...query.tags.map((tag) => ({ tag, isExcluded: false })),
    ...query.without.map((tag) => ({ tag, isExcluded: true })),
  ];
  useEffect(() => {
    last.current?.scrollIntoView({ block: 'nearest', inline: 'end' });
  }, [chips.length]);
  if (chips.length === 0) return null;
  return (
    <ul className="chips" aria-label={words.chosen}>
      {chips.map(({ tag, isExcluded }) => (
        <li key={tag} ref={last} className="chip" data-not={isExcluded || undefined}>
          <button
            type="button"
            className="chip-name"
            title={isExcluded ? words.flipBack(tag) : words.flip(tag)}
            onClick={() => {
              onChange(flipTag(query, tag));
            }}
          >
            {isExcluded && <span>{words.not} </span>}
            {tag}
          </button>
          <IconButton
            icon={X}
            size={13}
            name={words.remove(tag)}
            onClick={() => {
              onChange(withoutTag(query, tag));
            }}
          />
        </li>
      ))}
    </ul>
  );
}
