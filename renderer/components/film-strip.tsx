/** The neighbours of the open photo in small; only those in sight are drawn. */
import { useEffect, useRef } from 'react';
import * as album from '../album.ts';
import { useSize, useTexts } from '../hooks.ts';
import { placeOf } from '../layout/timeline.ts';
import { useStore } from '../store.ts';

const step = 62;

interface Props {
  flat: number;
  total: number;
  onGo: (flat: number) => void;
}

export function FilmStrip({ flat, total, onGo }: Props) {
  const { photo: words } = useTexts();
  const element = useRef<HTMLDivElement>(null);
  const { width } = useSize(element);
  const months = useStore(({ timeline }) => timeline?.months) ?? [];
  const buckets = useStore((state) => state.buckets);
  const each = Math.ceil(width / step / 2) + 2;
  const from = Math.max(0, flat - each);
  const to = Math.min(total, flat + each + 1);
  const places = Array.from({ length: Math.max(0, to - from) }, (_, at) => ({
    at: from + at,
    place: placeOf(months, from + at),
  }));
  const missing = [...new Set(places.flatMap(({ place }) => place?.month ?? []))]
    .filter((month) => !buckets[month])
    .join(' ');
  useEffect(() => {
    for (const month of missing.split(' ')) if (month !== '') void album.loadMonth(month);
  }, [missing]);
  return (
    <div
      ref={element}
      className="strip"
      role="listbox"
      aria-label={words.strip}
      aria-orientation="horizontal"
    >
      <div
        className="strip-band"
        style={{ transform: `translateX(${String(width / 2 - (flat + 0.5) * step)}px)` }}
      >
        {places.map(({ at, place }) => {
          const bucket = place ? buckets[place.month] : undefined;
          const hash = place && bucket?.hashes[place.index];
          return (
            <button
              key={at}
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={at === flat}
              aria-label={words.position(String(at + 1), String(total))}
              style={{ left: at * step }}
              onClick={() => {
                onGo(at);
              }}
            >
              {hash && (
                <img src={`photo://thumb/${hash}`} alt="" decoding="async" draggable={false} />
              )}
            </button>
          );
        })}
      </div>
    </div>
  );
}
