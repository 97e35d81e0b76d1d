/** The photos: a virtual grid of justified rows. Owns scrolling, what is drawn, and what a click does. */
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type FocusEvent,
  type MouseEvent,
} from 'react';
import * as album from '../album.ts';
import { useSize, useTexts } from '../hooks.ts';
import {
  headingHeight,
  layoutMonth,
  type GridMeasure,
  type MonthLayout,
} from '../layout/justified.ts';
import {
  anchorAt,
  placeMonths,
  rowOf,
  rowsBetween,
  scrollFor,
  sectionsBetween,
  totalHeight,
  type Anchor,
  type Section,
} from '../layout/timeline.ts';
import type { Bucket } from '../../common/contract.ts';
import { spotAt, type Spot } from '../state.ts';
import { dispatch, getState, useStore } from '../store.ts';
import { createGate } from '../thumb-gate.ts';
import { toggle, useGridKeys } from './grid-keys.ts';
import { GridHeading, GridRow } from './grid-row.tsx';
import { NoPhotos } from './no-photos.tsx';
import { ResultBar } from './result-bar.tsx';
import { Scrubber } from './scrubber.tsx';
import { SelectionBar } from './selection-bar.tsx';

/** Drawn beyond the window's edges, px: covers a wheel's turn. */
const beyond = 500;
/** Rows are chosen anew each time this much was scrolled, px. */
const grain = 80;
/** Faster than this, thumbnails wait until the grid settles, px a ms. */
const flying = 6;
const settleMs = 40;

const layouts = new WeakMap<Bucket, { key: string; layout: MonthLayout }>();

function layoutFor(bucket: Bucket, measure: GridMeasure): MonthLayout {
  const key = `${String(measure.width)} ${String(measure.rowHeight)} ${measure.groupBy}`;
  const known = layouts.get(bucket);
  if (known?.key === key) return known.layout;
  const layout = layoutMonth(bucket, measure);
  layouts.set(bucket, { key, layout });
  return layout;
}

export function Grid() {
  const { grid: words } = useTexts();
  const timeline = useStore((state) => state.timeline);
  const buckets = useStore((state) => state.buckets);
  const answered = useStore((state) => state.answered);
  const selected = useStore((state) => state.selected);
  const focus = useStore((state) => state.focus);
  const { rowHeight, groupBy } = useStore((state) => state.preferences);

  const scroller = useRef<HTMLDivElement>(null);
  const { width: fullWidth, height } = useSize(scroller);
  const width = Math.max(0, fullWidth - sidePadding);
  const [scrolled, setScrolled] = useState(0);
  const gate = useMemo(createGate, []);

  const measure = useMemo(() => ({ width, rowHeight, groupBy }), [width, rowHeight, groupBy]);
  const sections = useMemo(
    () =>
      width === 0
        ? []
        : placeMonths(timeline?.months ?? [], measure, (month) => {
            const bucket = buckets[month];
            return bucket ? layoutFor(bucket, measure) : null;
          }),
    [timeline, buckets, measure, width],
  );

  const anchor = useAnchor(scroller, sections, answered, setScrolled);
  const settle = useScrollWatch(gate);

  const onScroll = () => {
    const top = scroller.current?.scrollTop ?? 0;
    gate.look(top - rowHeight * 2, top + height);
    settle(top);
    anchor(top);
    setScrolled(Math.floor(top / grain) * grain);
  };

  const drawn = useMemo(
    () => sectionsBetween(sections, scrolled - beyond, scrolled + height + grain + beyond),
    [sections, scrolled, height],
  );
  const months = drawn.map(({ month }) => month).join(' ');
  useEffect(() => {
    if (months === '') return undefined;
    // While flying by, months are not asked for.
    const ask = () => {
      album.seeMonths(months.split(' '));
    };
    if (gate.isOpen()) {
      ask();
      return undefined;
    }
    return gate.wait(ask);
  }, [months, answered, gate]);

  const reveal = useReveal(scroller, sections, height);
  useGridKeys(scroller, sections, reveal);

  const onClick = (event: MouseEvent) => {
    const spot = spotOf(event.target);
    if (!spot) return;
    const isMark = event.target instanceof Element && event.target.closest('.mark') !== null;
    dispatch({ type: 'focus', spot });
    if (event.shiftKey) void album.selectTo(spot);
    else if (isMark || event.ctrlKey || event.metaKey || getState().selected.size > 0) toggle(spot);
    else album.open(spot);
  };

  // Reached by the Tab key: the mark is seen at once, on the first photo in sight.
  const onFocus = (event: FocusEvent<HTMLElement>) => {
    if (focus || !event.currentTarget.matches(':focus-visible')) return;
    const first = anchorAt(sections, event.currentTarget.scrollTop);
    if (first && 'index' in first)
      dispatch({ type: 'focus', spot: spotAt(buckets, first.month, first.index) });
  };

  const total = timeline?.total ?? null;
  const top = scrolled - beyond;
  const bottom = scrolled + height + grain + beyond;
  return (
    <main className="grid-page">
      {selected.size > 0 ? <SelectionBar /> : <ResultBar />}
      <div className="grid-frame">
        <div
          ref={scroller}
          className="grid"
          role="grid"
          aria-label={words.label}
          aria-rowcount={-1}
          aria-multiselectable
          aria-activedescendant={focus ? `photo-${String(focus.id)}` : undefined}
          data-testid="grid"
          tabIndex={0}
          onScroll={onScroll}
          onClick={onClick}
          onFocus={onFocus}
        >
          <div className="grid-canvas" style={{ height: totalHeight(sections) }}>
            {drawn.map((section) => {
              const bucket = buckets[section.month];
              if (!section.layout || !bucket)
                return <Unloaded key={section.month} section={section} rowHeight={rowHeight} />;
              const { rows, headings } = rowsBetween(
                section.layout,
                top - section.top,
                bottom - section.top,
              );
              return [
                ...headings.map((heading) => (
                  <GridHeading
                    key={`h ${section.month} ${String(heading.at)}`}
                    heading={heading}
                    top={section.top}
                    groupBy={groupBy}
                  />
                )),
                ...rows.map((row) => (
                  <GridRow
                    key={`${section.month} ${String(row.tiles[0]?.index)}`}
                    row={row}
                    top={section.top}
                    month={section.month}
                    bucket={bucket}
                    selected={selected}
                    focusId={focus?.month === section.month ? focus.id : null}
                    gate={gate}
                  />
                )),
              ];
            })}
          </div>
          {total === 0 && <NoPhotos />}
          {timeline === null && <p className="grid-wait">{words.loading}</p>}
        </div>
        <Scrubber scroller={scroller} sections={sections} scrolled={scrolled} height={height} />
      </div>
    </main>
  );
}

/** Room at both sides of the rows; the right one holds the scrubber. */
const sidePadding = 20 + 52;

/** A month that is on its way: its height is a guess, its look a quiet ground. */
function Unloaded({ section, rowHeight }: { section: Section; rowHeight: number }) {
  return (
    <div
      className="unloaded"
      style={{
        transform: `translateY(${String(section.top + headingHeight)}px)`,
        height: Math.max(rowHeight, section.height - headingHeight - 24),
        backgroundSize: `${String(Math.round(rowHeight * 1.4) + 4)}px ${String(rowHeight + 4)}px`,
      }}
    />
  );
}

function spotOf(target: EventTarget): Spot | null {
  const tile = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  if (!tile) return null;
  const { month = '', index = '' } = tile.dataset;
  return spotAt(getState().buckets, month, Number(index));
}

/** Keeps the seen photos in place while heights around them change; a new query starts at the top. */
function useAnchor(
  scroller: React.RefObject<HTMLDivElement | null>,
  sections: readonly Section[],
  answered: number,
  onScrolled: (top: number) => void,
): (top: number) => void {
  const kept = useRef<{ anchor: Anchor | null; answered: number }>({ anchor: null, answered });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (kept.current.answered !== answered) {
      kept.current = { anchor: null, answered };
      element.scrollTop = 0;
      onScrolled(0);
      return;
    }
    const { anchor } = kept.current;
    const wanted = anchor && scrollFor(sections, anchor);
    if (wanted === null || Math.abs(wanted - element.scrollTop) < 1) return;
    element.scrollTop = wanted;
    onScrolled(Math.floor(element.scrollTop / grain) * grain);
  }, [scroller, sections, answered, onScrolled]);
  return (top) => {
    // At the very top new photos push the old ones down: that is what the person wants to see.
    kept.current.anchor = top < 8 ? null : anchorAt(sections, top);
  };
}

/** Closes the gate while the grid flies, opens it when it settles. */
function useScrollWatch(gate: ReturnType<typeof createGate>): (top: number) => void {
  const last = useRef({ top: 0, at: 0 });
  const timer = useRef(0);
  return useCallback(
    (top: number) => {
      const now = performance.now();
      const speed = Math.abs(top - last.current.top) / Math.max(1, now - last.current.at);
      last.current = { top, at: now };
      if (speed > flying) gate.close();
      if (gate.isOpen()) return;
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(gate.open, settleMs);
    },
    [gate],
  );
}

/** Brings a photo's row into view. */
function useReveal(
  scroller: React.RefObject<HTMLDivElement | null>,
  sections: readonly Section[],
  height: number,
) {
  return useCallback(
    (at: { month: string; index: number }) => {
      const section = sections.find(({ month }) => month === at.month);
      const element = scroller.current;
      if (!section || !element) return;
      const row = section.layout && rowOf(section.layout, at.index);
      const top = section.top + (row?.y ?? 0);
      const bottom = top + (row?.height ?? 0);
      if (top - headingHeight < element.scrollTop) element.scrollTop = top - headingHeight;
      else if (bottom > element.scrollTop + height) element.scrollTop = bottom - height + 8;
    },
    [scroller, sections, height],
  );
}
