/** Modal dialogs on the platform's own element: it keeps the focus inside and closes on Esc. */
import { useLayoutEffect, useRef, type ReactNode } from 'react';

interface Props {
  label: string;
  className?: string;
  testId?: string;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ label, className = '', testId, onClose, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  // Closed before it leaves the page: only then the focus goes back to where it was.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={`dialog ${className}`}
      aria-label={label}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  body: string;
  confirm: string;
  cancel: string;
  onClose: (isConfirmed: boolean) => void;
}

export function ConfirmDialog({ title, body, confirm, cancel, onClose }: ConfirmProps) {
  return (
    <Dialog
      label={title}
      className="confirm"
      onClose={() => {
        onClose(false);
      }}
    >
      <h2>{title}</h2>
      <p>{body}</p>
      <div className="dialog-buttons">
        <button
          type="button"
          className="button"
          onClick={() => {
            onClose(false);
          }}
        >
          {cancel}
        </button>
        <button
          type="button"
          className="button primary"
          onClick={() => {
            onClose(true);
          }}
        >
          {confirm}
        </button>
      </div>
    </Dialog>
  );
}
