/**
 * Where every month lies in the scrolled height: measured once its bucket is here, estimated before.
 * Owns the arithmetic of the virtual window; pure numbers, CSS px.
 */
import { gap, headingHeight, monthGap, type GridMeasure, type MonthLayout } from './justified.ts';

export interface Section {
  month: string;
  top: number;
  height: number;
  count: number;
  /** Photos before this month. */
  first: number;
  layout: MonthLayout | null;
}

/** What stays where it is while heights change: a photo's row, or a share of a month not here yet. */
export type Anchor = { month: string } & ({ index: number; offset: number } | { share: number });

const usualAspect = 1.4;
const photosADay = 8;

export function estimateHeight(count: number, { width, rowHeight, groupBy }: GridMeasure): number {
  const perRow = Math.max(1, (width + gap) / (usualAspect * rowHeight + gap));
  const rows = Math.ceil(count / perRow);
  const lines = groupBy === 'month' ? 1 : Math.max(1, Math.min(rows, count / photosADay));
  return Math.round(lines * headingHeight + rows * (rowHeight + gap) + monthGap);
}

export function placeMonths(
  months: readonly { month: string; count: number }[],
  measure: GridMeasure,
  layoutOf: (month: string) => MonthLayout | null,
): Section[] {
  let top = 0;
  let first = 0;
  return months.map(({ month, count }) => {
    const layout = layoutOf(month);
    const height = layout?.height ?? estimateHeight(count, measure);
    const section = { month, top, height, count, first, layout };
    top += height;
    first += count;
    return section;
  });
}

export function totalHeight(sections: readonly Section[]): number {
  const last = sections.at(-1);
  return last ? last.top + last.height : 0;
}

/** The first item that ends below `y`; the list is sorted by `start`. */
export function firstBelow<T>(items: readonly T[], y: number, end: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && end(item) <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function sectionsBetween(
  sections: readonly Section[],
  top: number,
  bottom: number,
): Section[] {
  const from = firstBelow(sections, top, (one) => one.top + one.height);
  const found: Section[] = [];
  for (const section of sections.slice(from)) {
    if (section.top >= bottom) break;
    found.push(section);
  }
  return found;
}

export function rowsBetween(
  layout: MonthLayout,
  top: number,
  bottom: number,
): Pick<MonthLayout, 'rows' | 'headings'> {
  const within = <T extends { y: number }>(items: readonly T[], height: (item: T) => number) => {
    const from = firstBelow(items, top, (item) => item.y + height(item));
    let to = from;
    while (to < items.length && (items[to]?.y ?? bottom) < bottom) to += 1;
    return items.slice(from, to);
  };
  return {
    rows: within(layout.rows, (row) => row.height),
    headings: within(layout.headings, () => headingHeight),
  };
}

export function anchorAt(sections: readonly Section[], y: number): Anchor | null {
  const section = sections[firstBelow(sections, y, (one) => one.top + one.height)];
  if (!section) return null;
  const { month, layout } = section;
  const within = y - section.top;
  const row = layout?.rows[firstBelow(layout.rows, within, (one) => one.y + one.height)];
  const tile = row?.tiles[0];
  return row && tile
    ? { month, index: tile.index, offset: within - row.y }
    : { month, share: section.height === 0 ? 0 : within / section.height };
}

/** Where to scroll so that the anchor is where it was; null when its month is gone. */
export function scrollFor(sections: readonly Section[], anchor: Anchor): number | null {
  const section = sections.find(({ month }) => month === anchor.month);
  if (!section) return null;
  if (!('index' in anchor)) return section.top + anchor.share * section.height;
  const row = section.layout && rowOf(section.layout, anchor.index);
  return row ? section.top + row.y + anchor.offset : section.top;
}

export function rowOf(layout: MonthLayout, index: number) {
  return layout.rows.find((row) => {
    const first = row.tiles[0]?.index ?? 0;
    return index >= first && index < first + row.tiles.length;
  });
}

/** The photo one step away on the screen; stays in its month's bounds, null at the very ends. */
export function neighbour(
  sections: readonly Section[],
  at: { month: string; index: number },
  step: 'left' | 'right' | 'up' | 'down',
): { month: string; index: number } | null {
  const here = sections.findIndex(({ month }) => month === at.month);
  const section = sections[here];
  if (!section) return null;
  if (step === 'left' || step === 'right') {
    const index = at.index + (step === 'left' ? -1 : 1);
    if (index >= 0 && index < section.count) return { month: at.month, index };
    const next = sections[here + (step === 'left' ? -1 : 1)];
    return next ? { month: next.month, index: step === 'left' ? next.count - 1 : 0 } : null;
  }
  const rows = section.layout?.rows ?? [];
  const rowAt = rows.findIndex((row) => row.tiles.some(({ index }) => index === at.index));
  const tile = rows[rowAt]?.tiles.find(({ index }) => index === at.index);
  if (!tile) return null;
  const middle = tile.x + tile.width / 2;
  const inside = rows[rowAt + (step === 'up' ? -1 : 1)];
  if (inside) return { month: at.month, index: nearest(inside, middle) };
  const next = sections[here + (step === 'up' ? -1 : 1)];
  if (!next) return null;
  const row = step === 'up' ? next.layout?.rows.at(-1) : next.layout?.rows[0];
  if (row) return { month: next.month, index: nearest(row, middle) };
  return { month: next.month, index: step === 'up' ? next.count - 1 : 0 };
}

function nearest(row: MonthLayout['rows'][number], x: number): number {
  let best = row.tiles[0];
  for (const tile of row.tiles)
    if (best && Math.abs(tile.x + tile.width / 2 - x) < Math.abs(best.x + best.width / 2 - x))
      best = tile;
  return best?.index ?? 0;
}

type Months = readonly { month: string; count: number }[];

/** A photo's number in the whole timeline, and back; where its month is gone, the number of the next older photo. */
export function flatIndex(months: Months, at: { month: string; index: number }): number {
  let first = 0;
  for (const { month, count } of months) {
    if (month <= at.month) return month === at.month ? first + at.index : first;
    first += count;
  }
  return first;
}

/** The number of the photo before or after one; the number of one that left is its follower's already. */
export function flatBeside(flat: number, hasLeft: boolean, by: -1 | 1): number {
  return hasLeft && by === 1 ? flat : flat + by;
}

export function placeOf(months: Months, flat: number): { month: string; index: number } | null {
  let first = 0;
  for (const { month, count } of months) {
    if (flat < first + count) return flat < 0 ? null : { month, index: flat - first };
    first += count;
  }
  return null;
}
