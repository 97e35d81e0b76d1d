/** Above the grid: how many there are, how the words were read, and how the grid is drawn. */
import { Minus, Plus } from 'lucide-react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { rowHeights } from '../preferences.ts';
import { withTag } from '../search-words.ts';
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
        {timeline?.words.map((word) => (
          <Understood key={word.word} word={word} />
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

/** Says how a word was read where that is not plain, and what else it may have meant. */
function Understood({ word }: { word: Timeline['words'][number] }) {
  const { search: words, matched } = useTexts();
  const query = useStore((state) => state.query);
  if (word.tags.length === 0)
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
                  album.search({ ...withTag(query, tag), text: '' });
                }}
              >
                {tag}
              </button>
            ))}
          </>
        )}
      </span>
    );
  if (word.matched === null || (word.matched === 'name' && word.tags[0] === word.word)) return null;
  const shown = word.tags.slice(0, 3).join('、') + (word.tags.length > 3 ? '…' : '');
  return (
    <span>
      {words.readAs(word.word, shown)} · {matched[word.matched]}
    </span>
  );
}
