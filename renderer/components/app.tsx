/** The window: which page is shown, where things can be dropped, and the keys that work everywhere. */
import * as album from '../album.ts';
import { useKeys } from '../hooks.ts';
import { isEverything } from '../search-words.ts';
import { dispatch, getState, useStore } from '../store.ts';
import { Banner } from './banner.tsx';
import { DropArea } from './drop-area.tsx';
import { Empty } from './empty.tsx';
import { FailedList } from './failed-list.tsx';
import { Footer } from './footer.tsx';
import { Grid } from './grid.tsx';
import { Notices } from './notices.tsx';
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
  const page = useStore((state) => state.page);
  const open = useStore((state) => state.open);
  const isSidebarOpen = useStore(({ preferences }) => preferences.isSidebarOpen);
  const isPanelOpen = useStore(({ preferences }) => album.isPanelOpen(preferences));
  const isCovered = open !== null;

  useKeys(['grid', 'photo', 'preview'], (command) => {
    if (command === 'search') {
      if (getState().open) album.open(null);
      album.focusSearch();
    } else if (command === 'settings') dispatch({ type: 'dialog', dialog: 'settings' });
    else return false;
    return true;
  });

  return (
    <DropArea>
      <div
        className="app"
        data-empty={isEmpty || undefined}
        data-sidebar={isSidebarOpen}
        data-panel={isPanelOpen}
        inert={isCovered}
      >
        <TopBar isEmpty={isEmpty} />
        <Banner />
        {isEmpty ? (
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
