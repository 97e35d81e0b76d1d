/** The tag tree with counts that follow the search; a filter when it is long. */
import { Ban, ChevronRight, Search, X } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { latest } from '../latest.ts';
import { isEverything, toggleTag, withTag } from '../search-words.ts';
import { useStore } from '../store.ts';
import { filteredLines, treeLines, treeStep, type TagLine } from '../tag-tree.ts';
import { IconButton } from './icon-button.tsx';

/** As many as are seen at a glance. */
const longList = 16;
/** More than this many tags are no help to whoever typed a letter. */
const mostMeant = 500;

export function TagList() {
  const { side } = useTexts();
  const tree = useStore((state) => state.tree);
  const isAll = useStore(({ query }) => isEverything(query));
  const [typed, setTyped] = useState('');
  const [meant, setMeant] = useState<readonly string[] | null>(null);
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const asking = useRef(latest());
  const isFiltered = typed.trim() !== '';
  const lines = useMemo(() => {
    const tags = tree?.tags ?? [];
    return isFiltered && meant ? filteredLines(tags, meant) : treeLines(tags, turned);
  }, [tree, isFiltered, meant, turned]);
  if (!tree) return null;
  const type = (text: string) => {
    setTyped(text);
    const word = text.trim();
    if (word === '') return;
    asking.current(() =>
      album.quietly(async () => {
        setMeant((await album.suggestTags(word, mostMeant)).map(({ name }) => name));
      }),
    );
  };
  const toggle = ({ key, isOpen }: TagLine) => {
    setTurned(new Map(turned).set(key, !isOpen));
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
              type(event.target.value);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape') type('');
            }}
          />
          {typed !== '' && (
            <IconButton
              icon={X}
              size={13}
              name={side.clearFilter}
              onClick={() => {
                type('');
              }}
            />
          )}
        </div>
      )}
      {lines.length === 0 ? (
        <p className="side-hint">{tree.tags.length === 0 && isAll ? side.noTags : side.noMatch}</p>
      ) : (
        <TagTree lines={lines} onToggle={toggle} />
      )}
    </section>
  );
}

/** One stop for the Tab key, however long it is; the arrows move in it. */
function TagTree({ lines, onToggle }: { lines: TagLine[]; onToggle: (line: TagLine) => void }) {
  const tree = useRef<HTMLUListElement>(null);
  const [visited, setVisited] = useState<string | null>(null);
  const here = Math.max(
    0,
    lines.findIndex(({ key }) => key === visited),
  );
  const onKey = (event: KeyboardEvent) => {
    const line = lines[here];
    const step = treeStep(lines, here, event.key);
    if (!line || !step) return;
    event.preventDefault();
    if (step === 'toggle') onToggle(line);
    else tree.current?.children[step.to]?.querySelector<HTMLElement>('[role=treeitem]')?.focus();
  };
  return (
    <ul
      ref={tree}
      className="tag-tree"
      role="tree"
      aria-labelledby="side-tags"
      aria-multiselectable
      onKeyDown={onKey}
    >
      {lines.map((line, at) => (
        <TagEntry
          key={line.key}
          line={line}
          isHere={at === here}
          onToggle={onToggle}
          onFocus={() => {
            setVisited(line.key);
          }}
        />
      ))}
    </ul>
  );
}

interface TagEntryProps {
  line: TagLine;
  isHere: boolean;
  onToggle: (line: TagLine) => void;
  onFocus: () => void;
}

function TagEntry({ line, isHere, onToggle, onFocus }: TagEntryProps) {
  const { side, search } = useTexts();
  const language = useLanguage();
  const query = useStore((state) => state.query);
  const { name, depth, hasChildren, isOpen } = line;
  const leaveOut = () => {
    album.search(withTag(query, name, true));
  };
  return (
    <li className="entry-line" role="none" data-depth={Math.min(depth, 6)}>
      {hasChildren ? (
        <IconButton
          icon={ChevronRight}
          size={14}
          name={isOpen ? side.collapse(name) : side.expand(name)}
          className="twist"
          tabIndex={-1}
          data-open={isOpen || undefined}
          onClick={() => {
            onToggle(line);
          }}
        />
      ) : (
        <span className="twist" />
      )}
      <button
        type="button"
        className="entry"
        role="treeitem"
        aria-level={depth + 1}
        aria-expanded={hasChildren ? isOpen : undefined}
        aria-selected={query.tags.includes(name)}
        aria-keyshortcuts="Alt+Enter"
        tabIndex={isHere ? 0 : -1}
        onFocus={onFocus}
        onClick={(event) => {
          if (event.altKey) leaveOut();
          else album.search(toggleTag(query, name));
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !event.altKey) return;
          event.preventDefault();
          leaveOut();
          // Its line leaves the tree; where the tag stands now it can be taken back.
          album.focusSearch();
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
        tabIndex={-1}
        onClick={leaveOut}
      />
    </li>
  );
}
