/**
 * Justified rows of one month: tiles keep their aspect, full rows fill the width, the last one does
 * not. Small days share a line. Pure numbers, CSS px; `y` counts from the month's top.
 */
export interface Tile {
  /** Place in the bucket's columns. */
  index: number;
  x: number;
  width: number;
}
export interface Row {
  y: number;
  height: number;
  tiles: Tile[];
}
export interface Heading {
  y: number;
  x: number;
  width: number;
  /** Local wall time of the group's first photo, ms. */
  at: number;
  count: number;
}
export interface MonthLayout {
  height: number;
  rows: Row[];
  headings: Heading[];
}
export interface GridMeasure {
  width: number;
  rowHeight: number;
  groupBy: 'day' | 'month';
}

export const gap = 4;
export const headingHeight = 40;
export const monthGap = 20;
const dayGap = 20;
/** Holds the longest date with its weekday, in both languages. */
const narrowestHeading = 172;
const dayMs = 86_400_000;

/** Panoramas and strips are cropped in the grid, so that one of them does not own a row. */
export function tileAspect(aspect: number): number {
  return Math.min(3, Math.max(0.5, aspect > 0 ? aspect : 1));
}

export function layoutMonth(
  bucket: { aspects: readonly number[]; takenAt: readonly number[] },
  { width, rowHeight, groupBy }: GridMeasure,
): MonthLayout {
  const rows: Row[] = [];
  const headings: Heading[] = [];
  let y = 0;
  /** The open line of small groups: where the next one may start, and the row its tiles share. */
  let line: { x: number; row: Row } | null = null;
  const endLine = () => {
    if (!line) return;
    y = line.row.y + line.row.height + gap;
    line = null;
  };

  for (const { from, to } of groups(bucket.takenAt, groupBy)) {
    const aspects = bucket.aspects.slice(from, to).map(tileAspect);
    const natural = rowWidth(aspects, rowHeight);
    const heading = { at: bucket.takenAt[from] ?? 0, count: to - from };
    if (natural <= width) {
      const wide = Math.min(width, Math.max(natural, narrowestHeading));
      if (line !== null && (line as { x: number }).x + wide > width) endLine();
      const open: { x: number; row: Row } = line ?? {
        x: 0,
        row: { y: y + headingHeight, height: rowHeight, tiles: [] },
      };
      if (line === null) rows.push(open.row);
      headings.push({ ...heading, y, x: open.x, width: wide });
      open.row.tiles.push(...placeTiles(aspects, from, open.x, rowHeight));
      line = { x: open.x + wide + dayGap, row: open.row };
      continue;
    }
    endLine();
    headings.push({ ...heading, y, x: 0, width });
    y += headingHeight;
    for (const row of fillRows(aspects, width, rowHeight)) {
      rows.push({
        y,
        height: row.height,
        tiles: placeTiles(aspects.slice(row.from, row.to), from + row.from, 0, row.height),
      });
      y += row.height + gap;
    }
  }
  endLine();
  return { height: y + monthGap, rows, headings };
}

function groups(
  takenAt: readonly number[],
  groupBy: GridMeasure['groupBy'],
): { from: number; to: number }[] {
  if (groupBy === 'month') return takenAt.length === 0 ? [] : [{ from: 0, to: takenAt.length }];
  const found: { from: number; to: number }[] = [];
  let day = NaN;
  takenAt.forEach((at, index) => {
    const its = Math.floor(at / dayMs);
    const last = found.at(-1);
    if (last && its === day) last.to = index + 1;
    else found.push({ from: index, to: index + 1 });
    day = its;
  });
  return found;
}

/** Breaks where a row's height comes nearest to the wanted one. */
export function fillRows(
  aspects: readonly number[],
  width: number,
  rowHeight: number,
): { from: number; to: number; height: number }[] {
  const rows: { from: number; to: number; height: number }[] = [];
  const heightOf = (count: number, sum: number) => (width - gap * (count - 1)) / sum;
  let from = 0;
  let sum = 0;
  for (let at = 0; at < aspects.length; at += 1) {
    const aspect = aspects[at] ?? 1;
    const withIt = heightOf(at - from + 1, sum + aspect);
    if (withIt > rowHeight) {
      sum += aspect;
      continue;
    }
    const without = at > from ? heightOf(at - from, sum) : Infinity;
    if (without / rowHeight < rowHeight / withIt) {
      rows.push({ from, to: at, height: without });
      from = at;
      sum = aspect;
    } else {
      rows.push({ from, to: at + 1, height: withIt });
      from = at + 1;
      sum = 0;
    }
  }
  if (from < aspects.length) {
    const full = heightOf(aspects.length - from, sum);
    rows.push({ from, to: aspects.length, height: Math.min(rowHeight, full) });
  }
  return rows;
}

function rowWidth(aspects: readonly number[], height: number): number {
  return aspects.reduce((sum, aspect) => sum + aspect * height, 0) + gap * (aspects.length - 1);
}

function placeTiles(aspects: readonly number[], first: number, x: number, height: number): Tile[] {
  let left = x;
  return aspects.map((aspect, at) => {
    const tile = { index: first + at, x: left, width: aspect * height };
    left += tile.width + gap;
    return tile;
  });
}
