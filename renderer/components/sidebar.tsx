/** The ways into the library: everything, folders, tags, and what could not be recognised. */
import { CircleHelp, Images, TriangleAlert, type LucideIcon } from 'lucide-react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { everything, isEverything } from '../search-words.ts';
import { dispatch, useStore } from '../store.ts';
import { FolderList } from './folder-list.tsx';
import { TagList } from './tag-list.tsx';

export function Sidebar() {
  const { side } = useTexts();
  const query = useStore((state) => state.query);
  const page = useStore((state) => state.page);
  const tree = useStore((state) => state.tree);
  const failed = useStore((state) => state.failed);
  // Not the folders' sum: a photo may lie in two of them. Where nothing is looked for, as many as the grid says.
  const all = useStore(({ timeline, asked, answered }) =>
    isEverything(query) && timeline && answered === asked ? timeline.total : (tree?.all ?? null),
  );
  const isPhotos = page === 'photos';
  return (
    <nav className="sidebar" aria-label={side.label} data-testid="sidebar">
      <Entry
        icon={Images}
        name={side.all}
        count={all}
        isOn={isPhotos && isEverything(query)}
        onClick={() => {
          album.search(everything);
        }}
      />
      {((tree?.untagged ?? 0) > 0 || query.untagged) && (
        <Entry
          icon={CircleHelp}
          name={side.untagged}
          count={tree?.untagged ?? null}
          isOn={isPhotos && query.untagged}
          onClick={() => {
            album.search({ ...everything, folder: query.folder, untagged: !query.untagged });
          }}
        />
      )}
      {((failed?.length ?? 0) > 0 || page === 'failed') && (
        <Entry
          icon={TriangleAlert}
          name={side.failed}
          count={failed?.length ?? null}
          isOn={page === 'failed'}
          onClick={() => {
            dispatch({ type: 'page', page: 'failed' });
          }}
        />
      )}
      <FolderList />
      <TagList />
    </nav>
  );
}

interface EntryProps {
  icon: LucideIcon;
  name: string;
  count: number | null;
  isOn: boolean;
  onClick: () => void;
}

function Entry({ icon: Icon, name, count, isOn, onClick }: EntryProps) {
  const language = useLanguage();
  return (
    <button
      type="button"
      className="entry"
      aria-current={isOn ? 'page' : undefined}
      onClick={onClick}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <span className="entry-name">{name}</span>
      {count !== null && <span className="number">{format.count(language, count)}</span>}
    </button>
  );
}
