/** Above the grid: how many there are, how the words were read, and how the grid is drawn. */
import { Minus, Plus } from 'lucide-react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { rowHeights } from '../preferences.ts';
import { withoutWord, withTag } from '../search-words.ts';
import type { Timeline } from '../state.ts';
import { useStore } from '../store.ts';
import { Segments } from './segments.tsx';

export function ResultBar() {
  const { grid: words } = useTexts();
  const language = useLanguage();
  const timeline = useStore((state) => state.timeline);
  const query = useStore((state) => state.query);
  const folder = useStore(({ folders }) => folders?.find(({ id }) => id === query.folder));
  const isWorking = useStore(({ status }) => status?.idle === false);
  const { rowHeight, groupBy } = useStore((state) => state.preferences);
  return (
    <div className="result-bar">
      {/* Not every count while photos come in. */}
      <div className="result-words" aria-live={isWorking ? 'off' : 'polite'}>
        <strong data-testid="total">
          {timeline && words.count(format.count(language, timeline.total))}
        </strong>
        {folder && (
          <span className="in-folder" title={folder.path}>
            {words.inFolder(format.folderName(folder.path))}
          </span>
        )}
        {query.untagged && <span>{words.untagged}</span>}
        {[...Map.groupBy(timeline?.words ?? [], ({ typed }) => typed)].map(([typed, read]) => (
          <Understood key={typed} typed={typed} read={read} />
        ))}
      </div>
      <Segments
        label={words.groupBy}
        choices={['day', 'month']}
        chosen={groupBy}
        nameOf={(one) => words[one]}
        onChoose={(one) => {
          album.prefer({ groupBy: one });
        }}
      />
      <label className="size-slider" title={words.size}>
        <Minus size={13} strokeWidth={1.75} aria-hidden />
        <input
          type="range"
          aria-label={words.size}
          min={rowHeights.least}
          max={rowHeights.most}
          step={4}
          value={rowHeight}
          onChange={(event) => {
            album.prefer({ rowHeight: event.target.valueAsNumber });
          }}
        />
        <Plus size={13} strokeWidth={1.75} aria-hidden />
      </label>
    </div>
  );
}

type Word = Timeline['words'][number];

/** Says how a word was read where that is not plain, and what else it may have meant. */
function Understood({ typed, read }: { typed: string; read: readonly Word[] }) {
  const { search: words, matched } = useTexts();
  const [word] = read;
  if (!word) return null;
  if (word.matched === null) return <Unknown word={word} />;
  const isWhole = word.word === typed;
  if (isWhole && word.matched === 'name' && word.tags[0] === typed) return null;
  return (
    <span>
      {words.readAs(typed, [...new Set(read.map(shownTags))].join(' + '))}
      {isWhole && ` · ${matched[word.matched]}`}
    </span>
  );
}

function shownTags({ tags }: Word): string {
  return tags.slice(0, 3).join('、') + (tags.length > 3 ? '…' : '');
}

function Unknown({ word }: { word: Word }) {
  const { search: words } = useTexts();
  const query = useStore((state) => state.query);
  return (
    <span className="not-understood">
      {words.unknown(word.word)}
      {word.suggestions.length > 0 && (
        <>
          {'  '}
          {words.tryThese}
          {word.suggestions.map((tag) => (
            <button
              key={tag}
              type="button"
              className="link"
              onClick={() => {
                const text = withoutWord(query.text, word.typed);
                album.search({ ...withTag(query, tag), text });
              }}
            >
              {tag}
            </button>
          ))}
        </>
      )}
    </span>
  );
}
