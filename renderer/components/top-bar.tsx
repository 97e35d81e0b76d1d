/** The bar on top: the sidebar's switch, search, adding folders, the panel and the settings. */
import { Activity, FolderPlus, PanelLeft, Settings } from 'lucide-react';
import * as album from '../album.ts';
import { useTexts } from '../hooks.ts';
import { dispatch, useStore } from '../store.ts';
import { IconButton } from './icon-button.tsx';
import { SearchBar } from './search-bar.tsx';

export function TopBar({ isBare }: { isBare: boolean }) {
  const { app, top } = useTexts();
  const isSidebarOpen = useStore(({ preferences }) => preferences.isSidebarOpen);
  const isPanelOpen = useStore(({ preferences }) => album.isPanelOpen(preferences));
  return (
    <header className="top">
      <div className="top-start">
        {!isBare && (
          <IconButton
            icon={PanelLeft}
            name={isSidebarOpen ? top.hideSidebar : top.showSidebar}
            aria-expanded={isSidebarOpen}
            onClick={() => {
              album.prefer({ isSidebarOpen: !isSidebarOpen });
            }}
          />
        )}
        <span className="brand">{app}</span>
      </div>
      {isBare ? <div className="top-middle" /> : <SearchBar />}
      <div className="top-end">
        {!isBare && (
          <>
            <button
              type="button"
              className="button"
              aria-label={top.add}
              title={top.add}
              onClick={() => {
                void album.chooseFolders();
              }}
            >
              <FolderPlus size={17} strokeWidth={1.75} aria-hidden />
              <span className="wide-only">{top.add}</span>
            </button>
            <IconButton
              icon={Activity}
              name={isPanelOpen ? top.hidePanel : top.showPanel}
              aria-pressed={isPanelOpen}
              onClick={album.togglePanel}
            />
          </>
        )}
        <IconButton
          icon={Settings}
          name={top.settings}
          onClick={() => {
            dispatch({ type: 'dialog', dialog: 'settings' });
          }}
        />
      </div>
    </header>
  );
}
