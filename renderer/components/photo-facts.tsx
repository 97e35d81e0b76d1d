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
  const { photo, path, copies, companions, status, reason } = detail;
  const exposure = photo ? format.exposure(photo) : '';
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
            {photo.camera !== null && <Fact name={words.camera}>{photo.camera}</Fact>}
            {photo.lens !== null && <Fact name={words.lens}>{photo.lens}</Fact>}
            {exposure !== '' && (
              <Fact name={words.exposure}>
                <span className="number">{exposure}</span>
              </Fact>
            )}
            {photo.place && (
              <Fact name={words.place}>
                <span className="number">{format.coordinates(photo.place)}</span>
              </Fact>
            )}
          </>
        )}
        <Fact name={words.file}>
          <bdi>{name}</bdi>
        </Fact>
        <Fact name={words.folder}>
          <bdi>{folder}</bdi>
        </Fact>
        {companions.length > 0 && (
          <Fact name={words.companions}>
            {companions.map((one) => (
              <bdi key={one}>{one}</bdi>
            ))}
          </Fact>
        )}
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
