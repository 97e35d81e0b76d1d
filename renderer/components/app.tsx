/** The window: which page is shown, where things can be dropped, and the keys that work everywhere. */
import * as album from '../album.ts';
import { useKeys } from '../hooks.ts';
import { isEverything } from '../search-words.ts';
import { dispatch, useStore } from '../store.ts';
import { Banner } from './banner.tsx';
import { DropArea } from './drop-area.tsx';
import { Empty } from './empty.tsx';
import { FailedList } from './failed-list.tsx';
import { Footer } from './footer.tsx';
import { Grid } from './grid.tsx';
import { Notices } from './notices.tsx';
import { Opening } from './opening.tsx';
import { Panel } from './panel.tsx';
import { PhotoView } from './photo-view.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { Sidebar } from './sidebar.tsx';
import { TopBar } from './top-bar.tsx';

export function App() {
  const isEmpty = useStore(
    ({ folders, query, timeline }) =>
      folders?.length === 0 && isEverything(query) && (timeline?.total ?? 0) === 0,
  );
  const isOpening = useStore(({ folders }) => folders === null);
  const page = useStore((state) => state.page);
  const open = useStore((state) => state.open);
  const isSidebarOpen = useStore(({ preferences }) => preferences.isSidebarOpen);
  const isPanelOpen = useStore(({ preferences }) => album.isPanelOpen(preferences));
  const isCovered = open !== null;

  useKeys(['grid', 'photo', 'preview'], (command) => {
    if (command === 'search') album.focusSearch();
    else if (command === 'settings') dispatch({ type: 'dialog', dialog: 'settings' });
    else return false;
    return true;
  });

  return (
    <DropArea>
      <div className="app" inert={isCovered}>
        <TopBar isBare={isEmpty || isOpening} />
        <Banner />
        {isOpening ? (
          <Opening />
        ) : isEmpty ? (
          <Empty />
        ) : (
          <>
            {isSidebarOpen && <Sidebar />}
            {page === 'photos' ? <Grid /> : <FailedList />}
            {isPanelOpen && <Panel />}
            <Footer />
          </>
        )}
      </div>
      {open && <PhotoView open={open} />}
      <SettingsDialog />
      <Notices />
    </DropArea>
  );
}
