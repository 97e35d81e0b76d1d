/** The tags of the open photo: how sure, who said so, and one key each to confirm, reject and add. */
import { Check, Plus, Undo2, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { PhotoDetail, Verdict } from '../../common/contract.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useKeys, useTexts } from '../hooks.ts';
import { photoTagLines, type PhotoTagLine } from '../tag-lines.ts';
import { IconButton } from './icon-button.tsx';
import { TagField } from './tag-field.tsx';

export function PhotoTags({ photo, detail }: { photo: number; detail: PhotoDetail }) {
  const { photo: words } = useTexts();
  const [order] = useState(() => photoTagLines(detail).map(({ name }) => name));
  const [chosen, setChosen] = useState(order[0]);
  const [isAdding, setIsAdding] = useState(false);
  const section = useRef<HTMLElement>(null);
  const lines = photoTagLines(detail, order);
  const at = Math.max(
    0,
    lines.findIndex(({ name }) => name === chosen),
  );
  const choose = (index: number) => {
    setChosen(lines[index]?.name ?? chosen);
  };
  const say = (name: string, verdict: Verdict | null) => {
    void album.decide(photo, name, verdict);
  };
  useKeys(['photo'], (command) => {
    const line = lines[at];
    if (command === 'down' && line) choose(at + 1);
    else if (command === 'up' && line) choose(at - 1);
    else if (command === 'tag-confirm' && line) {
      if (line.verdict === null) say(line.name, 'confirmed');
    } else if (command === 'tag-reject' && line) {
      if (line.verdict !== 'rejected') say(line.name, 'rejected');
    } else if (command === 'tag-add') setIsAdding(true);
    else return false;
    return true;
  });
  return (
    <section ref={section} aria-labelledby="photo-tags">
      <header className="photo-tags-head">
        <h2 id="photo-tags">{words.tags}</h2>
        <span className="key-hints">
          <kbd>C</kbd> {words.confirm} <kbd>X</kbd> {words.reject} <kbd>A</kbd> {words.addLabel}
        </span>
      </header>
      {lines.length === 0 && <p className="photo-wait">{words.noTags}</p>}
      <ul className="photo-tags">
        {lines.map((line, index) => (
          <TagRow
            key={line.name}
            line={line}
            isChosen={index === at}
            onChoose={() => {
              choose(index);
            }}
            onSay={(verdict) => {
              say(line.name, verdict);
            }}
          />
        ))}
      </ul>
      {isAdding ? (
        <TagField
          label={words.addLabel}
          onTake={(tag) => {
            setIsAdding(false);
            say(tag, 'added');
          }}
          onCancel={() => {
            setIsAdding(false);
          }}
          back={() => section.current?.closest<HTMLElement>('[role=dialog]')}
        />
      ) : (
        <button
          type="button"
          className="button ghost"
          onClick={() => {
            setIsAdding(true);
          }}
        >
          <Plus size={16} strokeWidth={1.75} aria-hidden />
          {words.addTag}
        </button>
      )}
    </section>
  );
}

interface RowProps {
  line: PhotoTagLine;
  isChosen: boolean;
  onChoose: () => void;
  onSay: (verdict: Verdict | null) => void;
}

function TagRow({ line: { name, score, verdict }, isChosen, onChoose, onSay }: RowProps) {
  const { photo: words } = useTexts();
  const source = verdict === null ? format.percent(score) : words[verdict];
  return (
    <li
      className="tag-row"
      data-verdict={verdict ?? 'model'}
      data-chosen={isChosen || undefined}
      onMouseEnter={onChoose}
    >
      <span className="tag-name" title={name}>
        {name}
      </span>
      <span
        className="bar"
        role="img"
        aria-label={verdict === null ? words.score(format.percent(score)) : words[verdict]}
      >
        <i
          style={{ width: `${String(verdict === 'rejected' ? 0 : verdict ? 100 : score * 100)}%` }}
        />
      </span>
      <span className="tag-source number">{source}</span>
      <span className="tag-acts">
        {verdict === null && (
          <IconButton
            icon={Check}
            size={15}
            name={words.confirmTag(name)}
            onClick={() => {
              onSay('confirmed');
            }}
          />
        )}
        {verdict !== null && (
          <IconButton
            icon={Undo2}
            size={15}
            name={words.undoTag(name)}
            onClick={() => {
              onSay(null);
            }}
          />
        )}
        {verdict !== 'rejected' && (
          <IconButton
            icon={X}
            size={15}
            name={words.rejectTag(name)}
            onClick={() => {
              onSay('rejected');
            }}
          />
        )}
      </span>
    </li>
  );
}
