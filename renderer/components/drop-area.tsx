/** Takes folders and photos dropped anywhere in the window, and says so while they hover. */
import { FolderPlus } from 'lucide-react';
import { useState, type DragEvent, type ReactNode } from 'react';
import * as album from '../album.ts';
import { useTexts } from '../hooks.ts';

export function DropArea({ children }: { children: ReactNode }) {
  const { drop } = useTexts();
  const [isOver, setIsOver] = useState(false);
  const takesFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  return (
    <div
      className="drop-area"
      onDragEnter={(event) => {
        if (takesFiles(event)) setIsOver(true);
      }}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = takesFiles(event) ? 'copy' : 'none';
      }}
      onDragLeave={(event) => {
        // Entering a child leaves its parent; the window is left for nothing.
        if (event.relatedTarget === null) setIsOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        if (takesFiles(event)) void album.addDropped(event.dataTransfer.files);
      }}
    >
      {children}
      {isOver && (
        <div className="drop-veil" role="status">
          <div>
            <FolderPlus size={40} strokeWidth={1.5} aria-hidden />
            <strong>{drop.title}</strong>
            <span>{drop.body}</span>
          </div>
        </div>
      )}
    </div>
  );
}
