/** What is known of the open photo besides its tags. Names and places are text, whatever is in them. */
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PhotoDetail } from '../../common/contract.ts';
import { contractTexts, reasonText } from '../../common/texts.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';

export function PhotoFacts({ detail }: { detail: PhotoDetail }) {
  const { photo: words } = useTexts();
  const language = useLanguage();
  const { photo, path, copies, status, reason } = detail;
  const { name, folder } = format.splitPath(path);
  return (
    <section aria-labelledby="photo-facts">
      <h2 id="photo-facts">{words.facts}</h2>
      {(reason ?? (photo?.damaged === true || null)) && (
        <p className="fact-warning">
          <TriangleAlert size={15} strokeWidth={1.75} aria-hidden />
          {reason ? reasonText(language, reason) : words.damaged}
        </p>
      )}
      <dl className="facts">
        {photo && (
          <>
            <Fact name={words.taken}>
              {format.wallTime(language, photo.takenAt)}
              <small>{words.takenFrom[photo.takenSource]}</small>
            </Fact>
            <Fact name={words.size}>
              <span className="number">
                {photo.width} × {photo.height}
              </span>
              <small>{photo.format.toUpperCase()}</small>
            </Fact>
          </>
        )}
        <Fact name={words.file}>
          <bdi>{name}</bdi>
        </Fact>
        <Fact name={words.folder}>
          <bdi>{folder}</bdi>
        </Fact>
        {copies.length > 0 && (
          <Fact name={words.copies}>
            {copies.map((copy) => (
              <bdi key={copy}>{copy}</bdi>
            ))}
          </Fact>
        )}
        {status !== 'indexed' && (
          <Fact name={words.status}>{contractTexts[language].states[status]}</Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
