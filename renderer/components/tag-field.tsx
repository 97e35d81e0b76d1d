/** A field for one tag with suggestions; any word may become a tag. */
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import * as album from '../album.ts';
import { latest } from '../latest.ts';
import type { Suggestion } from '../state.ts';
import { SuggestionList } from './suggestion-list.tsx';

interface Props {
  label: string;
  onTake: (tag: string) => void;
  onCancel: () => void;
  /** What has the focus afterwards, unless the person went elsewhere. */
  back: () => HTMLElement | null | undefined;
}

export function TagField({ label, onTake, onCancel, back }: Props) {
  const [typed, setTyped] = useState('');
  const [list, setList] = useState<readonly Suggestion[]>([]);
  const [chosen, setChosen] = useState(-1);
  const asking = useRef(latest());
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    field.current?.focus();
  }, []);
  const type = (text: string) => {
    setTyped(text);
    setChosen(-1);
    const word = text.trim();
    if (word === '') setList([]);
    else
      asking.current(async () => {
        setList(await album.suggestTags(word, 6));
      });
  };
  const take = (tag: string) => {
    onTake(tag);
    back()?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    event.stopPropagation();
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move !== 0 && list.length > 0) setChosen((chosen + move + list.length) % list.length);
    else if (event.key === 'Enter') {
      const tag = list[chosen]?.name ?? typed.trim();
      if (tag !== '') take(tag);
    } else if (event.key === 'Escape') {
      onCancel();
      back()?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <div
      className="tag-field"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) onCancel();
      }}
    >
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={list.length > 0}
        aria-controls={id}
        aria-activedescendant={chosen >= 0 ? `${id}-${String(chosen)}` : undefined}
        placeholder={label}
        maxLength={200}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          type(event.target.value);
        }}
        onKeyDown={onKey}
      />
      {list.length > 0 && (
        <SuggestionList id={id} label={label} list={list} chosen={chosen} onTake={take} />
      )}
    </div>
  );
}
