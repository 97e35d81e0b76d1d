/** Above the grid while photos are chosen: one word for all of them. */
import { Tag, Tags, X } from 'lucide-react';
import { useState } from 'react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { dispatch, useStore } from '../store.ts';
import { IconButton } from './icon-button.tsx';
import { TagField } from './tag-field.tsx';

export function SelectionBar() {
  const { selection: words } = useTexts();
  const language = useLanguage();
  const selected = useStore((state) => state.selected);
  const [verdict, setVerdict] = useState<'added' | 'rejected' | null>(null);
  return (
    <div className="result-bar selection-bar">
      <strong>{words.count(format.count(language, selected.size))}</strong>
      {verdict === null ? (
        <>
          <button
            type="button"
            className="button"
            onClick={() => {
              setVerdict('added');
            }}
          >
            <Tag size={16} strokeWidth={1.75} aria-hidden />
            {words.add}
          </button>
          <button
            type="button"
            className="button"
            onClick={() => {
              setVerdict('rejected');
            }}
          >
            <Tags size={16} strokeWidth={1.75} aria-hidden />
            {words.reject}
          </button>
        </>
      ) : (
        <TagField
          label={verdict === 'added' ? words.add : words.reject}
          onTake={(tag) => {
            void album.decideAll([...selected], tag, verdict);
            setVerdict(null);
          }}
          onCancel={() => {
            setVerdict(null);
          }}
          back={() => document.querySelector<HTMLElement>('[role=grid]')}
        />
      )}
      <span className="spring" />
      <IconButton
        icon={X}
        name={words.clear}
        onClick={() => {
          dispatch({ type: 'select', selected: new Set(), anchor: null });
        }}
      />
    </div>
  );
}
