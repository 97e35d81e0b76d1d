/** One photo over everything: the picture, its neighbours and, unless it is a quick preview, all about it. */
import { ChevronLeft, ChevronRight, FolderOpen, Info, Minus, Plus, Scan, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import * as album from '../album.ts';
import * as format from '../format.ts';
import { useKeys, useLanguage, useTexts } from '../hooks.ts';
import { flatBeside, flatIndex, placeOf } from '../layout/timeline.ts';
import { spotAt, type State } from '../state.ts';
import { getState, useStore } from '../store.ts';
import { FilmStrip } from './film-strip.tsx';
import { IconButton } from './icon-button.tsx';
import { PhotoFacts } from './photo-facts.tsx';
import { PhotoStage, type StageHandle } from './photo-stage.tsx';
import { PhotoTags } from './photo-tags.tsx';

type Open = NonNullable<State['open']>;

/** Opens the photo that many places further; loads its month when it is not here yet. */
async function goTo(flat: number): Promise<void> {
  const place = placeOf(getState().timeline?.months ?? [], flat);
  if (!place) return;
  if (!getState().buckets[place.month]) await album.loadMonth(place.month);
  const { buckets, open } = getState();
  const spot = spotAt(buckets, place.month, place.index);
  if (spot && open) album.open(spot, open.mode);
}

export function PhotoView({ open }: { open: Open }) {
  const { photo: words } = useTexts();
  const language = useLanguage();
  const months = useStore(({ timeline }) => timeline?.months) ?? noMonths;
  const bucket = useStore(({ buckets }) => buckets[open.month]);
  const detail = useStore((state) => state.detail);
  const [hasInfo, setHasInfo] = useState(true);
  const stage = useRef<StageHandle>(null);
  const root = useRef<HTMLDivElement>(null);
  const flat = flatIndex(months, open);
  const total = months.reduce((sum, { count }) => sum + count, 0);
  const isFull = open.mode === 'photo';
  const at = bucket?.ids[open.index] === open.id ? open.index : -1;

  useEffect(() => {
    const before = document.activeElement;
    root.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  const close = () => {
    album.open(null);
  };
  const previous = flatBeside(flat, at < 0, -1);
  const next = flatBeside(flat, at < 0, 1);
  useKeys(['photo', 'preview'], (command) => {
    if (command === 'close') close();
    else if (command === 'left') void goTo(previous);
    else if (command === 'right') void goTo(next);
    else if (command === 'zoom-in') stage.current?.zoom(1.5);
    else if (command === 'zoom-out') stage.current?.zoom(1 / 1.5);
    else if (command === 'zoom-fit') stage.current?.fit();
    else if (command === 'reveal') void album.reveal(open.id);
    else if (command === 'info') setHasInfo(!hasInfo);
    else if (command === 'open') album.open(open);
    else return false;
    return true;
  });

  return (
    <div
      ref={root}
      className="photo-view"
      data-theme="dark"
      data-testid="photo-view"
      data-mode={open.mode}
      data-info={isFull && hasInfo}
      role="dialog"
      aria-modal
      aria-label={isFull ? words.label : words.preview}
      tabIndex={-1}
    >
      <div className="photo-bar">
        <IconButton icon={X} name={words.close} onClick={close} />
        <span className="photo-name">
          {detail && <bdi>{format.splitPath(detail.path).name}</bdi>}
        </span>
        {/* One that was just decided on may not be among those found any more. */}
        {at >= 0 && (
          <span className="photo-place number">
            {words.position(format.count(language, flat + 1), format.count(language, total))}
          </span>
        )}
        <span className="spring" />
        <IconButton
          icon={Minus}
          name={words.zoomOut}
          onClick={() => {
            stage.current?.zoom(1 / 1.5);
          }}
        />
        <IconButton
          icon={Scan}
          name={words.fit}
          onClick={() => {
            stage.current?.fit();
          }}
        />
        <IconButton
          icon={Plus}
          name={words.zoomIn}
          onClick={() => {
            stage.current?.zoom(1.5);
          }}
        />
        <IconButton
          icon={FolderOpen}
          name={words.reveal}
          onClick={() => {
            void album.reveal(open.id);
          }}
        />
        {isFull && (
          <IconButton
            icon={Info}
            name={words.info}
            aria-pressed={hasInfo}
            onClick={() => {
              setHasInfo(!hasInfo);
            }}
          />
        )}
      </div>
      <div className="photo-middle">
        <PhotoStage
          key={open.id}
          ref={stage}
          photo={open.id}
          hash={bucket?.hashes[at] ?? detail?.photo?.hash ?? ''}
          aspect={
            bucket?.aspects[at] ?? (detail?.photo ? detail.photo.width / detail.photo.height : 1.5)
          }
          isAway={detail?.status === 'offline'}
          own={detail?.photo?.id === open.id ? detail.photo : null}
        />
        {previous >= 0 && (
          <IconButton
            icon={ChevronLeft}
            size={26}
            name={words.previous}
            className="photo-step previous"
            onClick={() => {
              void goTo(previous);
            }}
          />
        )}
        {next < total && (
          <IconButton
            icon={ChevronRight}
            size={26}
            name={words.next}
            className="photo-step next"
            onClick={() => {
              void goTo(next);
            }}
          />
        )}
      </div>
      {isFull && <FilmStrip flat={flat} total={total} onGo={(to) => void goTo(to)} />}
      {isFull && hasInfo && (
        <aside className="photo-info">
          {detail ? (
            <>
              <PhotoTags key={open.id} photo={open.id} detail={detail} />
              <PhotoFacts detail={detail} />
            </>
          ) : (
            <p className="photo-wait">{words.loading}</p>
          )}
        </aside>
      )}
    </div>
  );
}

const noMonths: readonly { month: string; count: number }[] = [];
