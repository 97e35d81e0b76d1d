/** Says why the grid is empty, and what to do about it. */
import { Images, LoaderCircle, SearchX } from 'lucide-react';
import * as album from '../album.ts';
import { useTexts } from '../hooks.ts';
import { everything, isEverything, isNarrowedByWords } from '../search-words.ts';
import { useStore } from '../store.ts';

export function NoPhotos() {
  const { grid: words } = useTexts();
  const query = useStore((state) => state.query);
  const isIdle = useStore((state) => state.status?.idle ?? true);
  const isWorking = !isIdle && isEverything(query);
  const Icon = isWorking ? LoaderCircle : isNarrowedByWords(query) ? SearchX : Images;
  const title = isWorking
    ? words.waiting
    : query.untagged
      ? words.noneUntagged
      : isNarrowedByWords(query)
        ? words.noneTitle
        : words.noneInFolder;
  return (
    <div className="no-photos">
      <Icon size={36} strokeWidth={1.4} aria-hidden className={isWorking ? 'spin' : ''} />
      <strong>{title}</strong>
      {isNarrowedByWords(query) && (
        <>
          <span>{words.noneBody}</span>
          <button
            type="button"
            className="button"
            onClick={() => {
              album.search(everything);
            }}
          >
            {words.clear}
          </button>
        </>
      )}
    </div>
  );
}
