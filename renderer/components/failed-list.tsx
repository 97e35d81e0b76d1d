/** Files that could not be recognised, by reason, with another try. */
import { FileX, RotateCw } from 'lucide-react';
import { reasonDetail } from '../../common/texts.ts';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useKeys, useLanguage, useTexts } from '../hooks.ts';
import type { FailedFile } from '../state.ts';
import { dispatch, useStore } from '../store.ts';
import { reasonTitle } from '../texts.ts';
import { IconButton } from './icon-button.tsx';

export function FailedList() {
  const { failed: words } = useTexts();
  const language = useLanguage();
  const files = useStore((state) => state.failed);
  useKeys(['grid'], (command) => {
    if (command !== 'close') return false;
    dispatch({ type: 'page', page: 'photos' });
    return true;
  });
  const byReason = Map.groupBy(files ?? [], ({ reason }) => reason.code);
  return (
    <main className="page" data-testid="failed">
      <header className="page-head">
        <div>
          <h1>{words.title}</h1>
          <p>{files?.length === 0 ? words.none : words.body}</p>
        </div>
        {files && files.length > 0 && (
          <button
            type="button"
            className="button"
            onClick={() => {
              void album.retry(null);
            }}
          >
            <RotateCw size={16} strokeWidth={1.75} aria-hidden />
            {words.retryAll}
          </button>
        )}
      </header>
      {[...byReason].map(([code, group]) => (
        <section key={code} className="reason">
          <h2>
            {reasonTitle(language, code)}{' '}
            <span className="number">{format.count(language, group.length)}</span>
          </h2>
          <ul>
            {group.map((file) => (
              <FailedRow key={file.file} file={file} />
            ))}
          </ul>
        </section>
      ))}
    </main>
  );
}

function FailedRow({ file }: { file: FailedFile }) {
  const { failed: words } = useTexts();
  const language = useLanguage();
  const detail = reasonDetail(language, file.reason);
  const { name, folder } = format.splitPath(file.path);
  return (
    <li className="failed-row">
      <FileX size={18} strokeWidth={1.5} aria-hidden />
      <span className="failed-name" title={file.path}>
        <bdi>{name}</bdi>
        <small>
          <bdi>{folder}</bdi>
        </small>
      </span>
      {detail !== '' && <span className="failed-detail">{detail}</span>}
      <IconButton
        icon={RotateCw}
        size={15}
        name={words.retryOf(name)}
        onClick={() => {
          void album.retry([file.file]);
        }}
      />
    </li>
  );
}
