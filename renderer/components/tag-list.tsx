/** The tag tree with counts that follow the search; a filter when it is long. */
import { Ban, ChevronRight, Search, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { isEverything, toggleTag, withTag } from '../search-words.ts';
import { useStore } from '../store.ts';
import { filteredLines, treeLines, type TagLine } from '../tag-tree.ts';
import { IconButton } from './icon-button.tsx';

/** As many as are seen at a glance. */
const longList = 16;

export function TagList() {
  const { side } = useTexts();
  const tree = useStore((state) => state.tree);
  const isAll = useStore(({ query }) => isEverything(query));
  const [typed, setTyped] = useState('');
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const lines = useMemo(() => {
    const tags = tree?.tags ?? [];
    return typed.trim() === '' ? treeLines(tags, turned) : filteredLines(tags, typed);
  }, [tree, typed, turned]);
  if (!tree) return null;
  const toggle = (key: string) => {
    const next = new Set(turned);
    if (!next.delete(key)) next.add(key);
    setTurned(next);
  };
  return (
    <section aria-labelledby="side-tags">
      <h2 id="side-tags">{side.tags}</h2>
      {(tree.tags.length > longList || typed !== '') && (
        <div className="tag-filter">
          <Search size={14} strokeWidth={1.75} aria-hidden />
          <input
            type="text"
            aria-label={side.filter}
            placeholder={side.filter}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setTyped('');
            }}
          />
          {typed !== '' && (
            <IconButton
              icon={X}
              size={13}
              name={side.clearFilter}
              onClick={() => {
                setTyped('');
              }}
            />
          )}
        </div>
      )}
      {lines.length === 0 ? (
        <p className="side-hint">{tree.tags.length === 0 && isAll ? side.noTags : side.noMatch}</p>
      ) : (
        <ul className="tag-tree">
          {lines.map((line) => (
            <TagEntry key={line.key} line={line} onToggle={toggle} />
          ))}
        </ul>
      )}
    </section>
  );
}

function TagEntry({ line, onToggle }: { line: TagLine; onToggle: (key: string) => void }) {
  const { side, search } = useTexts();
  const language = useLanguage();
  const query = useStore((state) => state.query);
  const { name, key, depth, hasChildren, isOpen } = line;
  const isOn = query.tags.includes(name);
  return (
    <li className="entry-line" data-depth={Math.min(depth, 6)}>
      {hasChildren ? (
        <IconButton
          icon={ChevronRight}
          size={14}
          name={isOpen ? side.collapse(name) : side.expand(name)}
          className="twist"
          aria-expanded={isOpen}
          onClick={() => {
            onToggle(key);
          }}
        />
      ) : (
        <span className="twist" />
      )}
      <button
        type="button"
        className="entry"
        aria-pressed={isOn}
        onClick={(event) => {
          album.search(event.altKey ? withTag(query, name, true) : toggleTag(query, name));
        }}
      >
        <span className="entry-name" title={name}>
          {name}
        </span>
        <span className="number">{format.count(language, line.count)}</span>
      </button>
      <IconButton
        icon={Ban}
        size={13}
        name={search.exclude(name)}
        className="entry-remove"
        onClick={() => {
          album.search(withTag(query, name, true));
        }}
      />
    </li>
  );
}
