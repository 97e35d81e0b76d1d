/** The grid's arithmetic: justified rows, the virtual window over months, zoom. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillRows, layoutMonth, tileAspect } from '../../renderer/layout/justified.ts';
import {
  anchorAt,
  estimateHeight,
  flatBeside,
  flatIndex,
  neighbour,
  placeMonths,
  placeOf,
  rowsBetween,
  scrollFor,
  sectionsBetween,
  totalHeight,
} from '../../renderer/layout/timeline.ts';
import { yearMarks } from '../../renderer/layout/year-marks.ts';
import { clamped, fitBox, fitted, zoomed } from '../../renderer/layout/zoom.ts';

const dayMs = 86_400_000;
const measure = { width: 1000, rowHeight: 180, groupBy: 'month' as const };
const bucketOf = (count: number, aspects = [1.5, 0.75, 1.33, 1.78]) => ({
  aspects: Array.from({ length: count }, (_, at) => aspects[at % aspects.length] ?? 1),
  takenAt: Array.from({ length: count }, (_, at) => 1_000 * dayMs - at * 3_600_000),
});

describe('justified rows', () => {
  it('fill the width exactly, but for the last one', () => {
    const { rows } = layoutMonth(bucketOf(50), measure);
    for (const row of rows.slice(0, -1)) {
      const last = row.tiles.at(-1);
      assert.ok(last);
      assert.ok(Math.abs(last.x + last.width - measure.width) < 0.001);
    }
    const shown = rows.flatMap(({ tiles }) => tiles.map(({ index }) => index));
    assert.deepEqual(shown, [...Array(50).keys()]);
  });

  it('stay near the wanted height and keep every aspect', () => {
    const bucket = bucketOf(80);
    for (const row of layoutMonth(bucket, measure).rows) {
      assert.ok(row.height > 0.6 * 180 && row.height < 1.5 * 180, String(row.height));
      for (const { index, width } of row.tiles)
        assert.ok(Math.abs(width / row.height - (bucket.aspects[index] ?? 0)) < 0.001);
    }
  });

  it('never overlap: each row starts below the one before', () => {
    const { rows, height } = layoutMonth(bucketOf(200), { ...measure, groupBy: 'day' });
    rows.reduce((bottom, row) => {
      assert.ok(row.y >= bottom);
      return row.y + row.height;
    }, 0);
    const last = rows.at(-1);
    assert.ok(last && height >= last.y + last.height);
  });

  it('crop a panorama instead of giving it the row', () => {
    assert.equal(tileAspect(12), 3);
    assert.equal(tileAspect(0.05), 0.5);
    assert.equal(tileAspect(0), 1);
    assert.equal(fillRows([tileAspect(12), 1, 1], 1000, 180).length, 1);
  });

  it('let small days share a line, each under its own heading', () => {
    const bucket = { aspects: [1, 1, 1], takenAt: [9, 8, 7].map((day) => day * dayMs) };
    const { rows, headings } = layoutMonth(bucket, { ...measure, groupBy: 'day' });
    assert.equal(rows.length, 1);
    assert.deepEqual(
      headings.map(({ y, count }) => ({ y, count })),
      [0, 0, 0].map((y) => ({ y, count: 1 })),
    );
    for (const [at, heading] of headings.entries()) assert.equal(heading.x, rows[0]?.tiles[at]?.x);
  });
});

describe('the virtual window', () => {
  const months = ['2026-02', '2026-01', '2025-12', '2024-05'].map((month, at) => ({
    month,
    count: 300 + at,
  }));
  const layouts = new Map(
    months.map(({ month, count }) => [month, layoutMonth(bucketOf(count), measure)]),
  );
  const all = placeMonths(months, measure, (month) => layouts.get(month) ?? null);

  it('places months one below the other', () => {
    assert.equal(all[0]?.top, 0);
    for (const [at, section] of all.entries())
      assert.equal(all[at + 1]?.top ?? totalHeight(all), section.top + section.height);
    assert.equal(all[2]?.first, 601);
  });

  it('guesses a month that is not here to within a third', () => {
    for (const { count, height } of all) {
      const guess = estimateHeight(count, measure);
      assert.ok(Math.abs(guess - height) < height / 3, `${String(guess)} ${String(height)}`);
    }
  });

  it('draws only what is in sight', () => {
    const second = all[1];
    assert.ok(second?.layout);
    const top = second.top + 500;
    assert.deepEqual(sectionsBetween(all, top, top + 700), [second]);
    const { rows } = rowsBetween(second.layout, 500, 1200);
    assert.ok(rows.length >= 3 && rows.length <= 6, String(rows.length));
    for (const row of rows) assert.ok(row.y < 1200 && row.y + row.height > 500);
    assert.deepEqual(sectionsBetween(all, totalHeight(all) + 1, totalHeight(all) + 900), []);
  });

  it('keeps the photo in sight where it is when a month above gets its height', () => {
    const before = placeMonths(months, measure, (month) =>
      month === '2026-02' ? null : (layouts.get(month) ?? null),
    );
    const at = (before[2]?.top ?? 0) + 333;
    const anchor = anchorAt(before, at);
    assert.ok(anchor);
    const after = scrollFor(all, anchor);
    assert.ok(after !== null);
    assert.ok(Math.abs(at - (before[2]?.top ?? 0) - (after - (all[2]?.top ?? 0))) < 0.001);
  });

  it('holds the same photo when the tiles change size', () => {
    const anchor = anchorAt(all, 2_000);
    assert.ok(anchor && 'index' in anchor);
    const large = placeMonths(months, { ...measure, rowHeight: 300 }, (month) =>
      layoutMonth(bucketOf(months.find((one) => one.month === month)?.count ?? 0), {
        ...measure,
        rowHeight: 300,
      }),
    );
    const top = scrollFor(large, anchor) ?? 0;
    const again = anchorAt(large, top);
    assert.ok(again && 'index' in again && Math.abs(again.index - anchor.index) < 8);
  });

  it('forgets an anchor whose month is gone', () => {
    assert.equal(scrollFor(all, { month: '1999-01', share: 0.5 }), null);
  });

  it('walks by arrows across rows and months', () => {
    assert.deepEqual(neighbour(all, { month: '2026-02', index: 299 }, 'right'), {
      month: '2026-01',
      index: 0,
    });
    assert.equal(neighbour(all, { month: '2026-02', index: 0 }, 'left'), null);
    assert.equal(neighbour(all, { month: '2026-02', index: 0 }, 'up'), null);
    const below = neighbour(all, { month: '2026-02', index: 0 }, 'down');
    assert.equal(below?.index, all[0]?.layout?.rows[1]?.tiles[0]?.index);
    const last = all[0]?.layout?.rows.at(-1)?.tiles[0]?.index ?? 0;
    assert.deepEqual(neighbour(all, { month: '2026-02', index: last }, 'down'), {
      month: '2026-01',
      index: 0,
    });
  });

  it('numbers photos through all months and back', () => {
    for (const flat of [0, 299, 300, 601, 1205]) {
      const place = placeOf(months, flat);
      assert.ok(place);
      assert.equal(flatIndex(months, place), flat);
    }
    assert.equal(placeOf(months, 1206), null);
    assert.equal(placeOf(months, -1), null);
  });

  it('goes on from a photo that left, also with its month, to the one after it', () => {
    const months = [
      { month: '2026-03', count: 2 },
      { month: '2026-01', count: 3 },
    ];
    const left = { month: '2026-03', index: 1 };
    const beside = (hasLeft: boolean, at = left) =>
      ([-1, 1] as const).map((by) => flatBeside(flatIndex(months, at), hasLeft, by));
    assert.deepEqual(beside(false), [0, 2]);
    assert.deepEqual(beside(true), [0, 1]);
    assert.deepEqual(beside(true, { month: '2026-02', index: 5 }), [1, 2]);
    assert.deepEqual(beside(true, { month: '2025-12', index: 0 }), [4, 5]);
  });

  it('writes each year once, none on top of another', () => {
    const marks = yearMarks(all, 400);
    assert.deepEqual(
      marks.map(({ year }) => year),
      ['2026', '2025', '2024'],
    );
    assert.ok(yearMarks(all, 30).length < 3);
  });
});

describe('zoom', () => {
  const stage = { width: 800, height: 600 };
  it('fits the whole picture and grows a small one to twice its size at most', () => {
    assert.deepEqual(fitBox(stage, 2, null), { width: 800, height: 400 });
    assert.deepEqual(fitBox(stage, 0.5, null), { width: 300, height: 600 });
    assert.deepEqual(fitBox(stage, 2, { width: 200, height: 100 }), { width: 400, height: 200 });
  });

  it('keeps what is under the cursor in its place', () => {
    const at = { x: 120, y: -40 };
    const view = zoomed(fitted, 2, at);
    // The point of the picture under the cursor before: `at` itself, from the centre.
    assert.deepEqual({ x: view.x + at.x * view.scale, y: view.y + at.y * view.scale }, at);
    assert.deepEqual(zoomed(view, 0.01, at), fitted);
  });

  it('does not let the picture be dragged away', () => {
    const box = { width: 800, height: 400 };
    const view = clamped({ scale: 2, x: 5_000, y: -5_000 }, stage, box);
    assert.deepEqual(view, { scale: 2, x: 400, y: -100 });
  });
});
