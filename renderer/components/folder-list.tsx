/** The watched folders with their state; one can be looked into and removed. */
import { Folder as FolderIcon, FolderSync, FolderX, X } from 'lucide-react';
import { useState } from 'react';
import type { Folder } from '../../common/contract.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { useStore } from '../store.ts';
import { ConfirmDialog } from './dialog.tsx';
import { IconButton } from './icon-button.tsx';

export function FolderList() {
  const { side, removal } = useTexts();
  const folders = useStore((state) => state.folders);
  const [leaving, setLeaving] = useState<Folder | null>(null);
  if (!folders || folders.length === 0) return null;
  return (
    <section aria-labelledby="side-folders">
      <h2 id="side-folders">{side.folders}</h2>
      <ul>
        {folders.map((folder) => (
          <FolderEntry
            key={folder.id}
            folder={folder}
            onRemove={() => {
              setLeaving(folder);
            }}
          />
        ))}
      </ul>
      {leaving && (
        <ConfirmDialog
          title={removal.title(format.folderName(leaving.path))}
          body={removal.body}
          confirm={removal.confirm}
          cancel={removal.cancel}
          onClose={(isConfirmed) => {
            setLeaving(null);
            if (isConfirmed) void album.removeFolder(leaving.id);
          }}
        />
      )}
    </section>
  );
}

function FolderEntry({ folder, onRemove }: { folder: Folder; onRemove: () => void }) {
  const { side } = useTexts();
  const language = useLanguage();
  const query = useStore((state) => state.query);
  const isOn = useStore((state) => state.page === 'photos' && state.query.folder === folder.id);
  const state = !folder.online ? 'offline' : folder.scanning ? 'scanning' : 'watching';
  const Icon = { offline: FolderX, scanning: FolderSync, watching: FolderIcon }[state];
  const name = format.folderName(folder.path);
  return (
    <li className="entry-line" data-state={state}>
      <button
        type="button"
        className="entry"
        aria-current={isOn ? 'page' : undefined}
        title={`${folder.path}\n${side[state]}`}
        onClick={() => {
          album.search({ ...query, folder: isOn ? null : folder.id });
        }}
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden className="folder-icon" />
        <span className="entry-name">{name}</span>
        {state !== 'watching' && <span className="entry-state">{side[state]}</span>}
        <span className="number">{format.count(language, folder.photos)}</span>
      </button>
      <IconButton
        icon={X}
        size={14}
        name={side.remove(name)}
        className="entry-remove"
        onClick={onRemove}
      />
    </li>
  );
}
