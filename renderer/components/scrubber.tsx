/** The time rail beside the grid: years along it, the month under the hand, dragged to jump. */
import { useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import { firstBelow, totalHeight, type Section } from '../layout/timeline.ts';
import { yearMarks } from '../layout/year-marks.ts';

interface Props {
  scroller: RefObject<HTMLDivElement | null>;
  sections: readonly Section[];
  scrolled: number;
  height: number;
}

export function Scrubber({ scroller, sections, scrolled, height }: Props) {
  const { grid: words } = useTexts();
  const language = useLanguage();
  const [hand, setHand] = useState<number | null>(null);
  const [isDragged, setIsDragged] = useState(false);
  const whole = totalHeight(sections);
  if (whole <= height || height === 0) return null;

  const share = Math.min(1, scrolled / (whole - height));
  const sectionAt = (place: number) =>
    sections[
      Math.min(
        sections.length - 1,
        firstBelow(sections, place * (whole - height), (one) => one.top + one.height),
      )
    ];
  const here = sectionAt(share);
  const shown = hand ?? share;
  const month = (hand === null ? here : sectionAt(hand))?.month ?? '';
  const jump = (place: number) => {
    if (scroller.current) scroller.current.scrollTop = place * (whole - height);
  };
  const placeOf = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = here && step !== 0 ? sections[sections.indexOf(here) + step] : undefined;
    if (!next || !scroller.current) return;
    event.preventDefault();
    scroller.current.scrollTop = next.top;
  };
  return (
    <div
      className="scrubber"
      role="slider"
      tabIndex={0}
      aria-label={words.scrubber}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={format.monthTitle(language, here?.month ?? '')}
      data-dragged={isDragged || undefined}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setIsDragged(true);
        setHand(placeOf(event));
        jump(placeOf(event));
      }}
      onPointerMove={(event) => {
        setHand(placeOf(event));
        if (isDragged) jump(placeOf(event));
      }}
      onPointerUp={() => {
        setIsDragged(false);
      }}
      onPointerLeave={() => {
        setHand(null);
      }}
    >
      {yearMarks(sections, height).map(({ year, at }) => (
        <span key={year} className="year" style={{ top: `${String(at * 100)}%` }}>
          {year}
        </span>
      ))}
      <span className="scrub-here" style={{ top: `${String(share * 100)}%` }} />
      <span className="scrub-label" style={{ top: `${String(shown * 100)}%` }}>
        {format.monthTitle(language, month)}
      </span>
    </div>
  );
}
