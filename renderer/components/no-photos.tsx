/** Says why the grid is empty, and what to do about it. */
import { FileX, Images, LoaderCircle, SearchX, type LucideIcon } from 'lucide-react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { everything, isNarrowedByWords } from '../search-words.ts';
import { dispatch, useStore } from '../store.ts';
import { whyEmpty, type WhyEmpty } from '../why-empty.ts';

const icons: Record<WhyEmpty['code'], LucideIcon> = {
  working: LoaderCircle,
  'all-tagged': Images,
  'none-found': SearchX,
  none: Images,
  unreadable: FileX,
};

export function NoPhotos() {
  const { grid: words } = useTexts();
  const language = useLanguage();
  const query = useStore((state) => state.query);
  const status = useStore((state) => state.status);
  const folders = useStore((state) => state.folders);
  const failed = useStore((state) => state.failed);
  const why = whyEmpty({ query, status, folders, failed });
  const Icon = icons[why.code];
  return (
    <div className="no-photos">
      <Icon
        size={36}
        strokeWidth={1.4}
        aria-hidden
        className={why.code === 'working' ? 'spin' : ''}
      />
      <strong>{words.noPhotos[why.code]}</strong>
      {why.code === 'unreadable' && (
        <>
          <span>{words.unreadable(format.count(language, why.files))}</span>
          <button
            type="button"
            className="button"
            onClick={() => {
              dispatch({ type: 'page', page: 'failed' });
            }}
          >
            {words.seeWhy}
          </button>
        </>
      )}
      {isNarrowedByWords(query) && (
        <>
          <span>{query.text.trim() === '' ? words.lessTags : words.otherWord}</span>
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
