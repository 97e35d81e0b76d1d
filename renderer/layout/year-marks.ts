/** Which years the scrubber writes, and where: where each begins, none on top of another. Pure. */
import { totalHeight, type Section } from './timeline.ts';

const leastApart = 22;

export function yearMarks(
  sections: readonly Section[],
  railHeight: number,
): { year: string; at: number }[] {
  const whole = totalHeight(sections);
  const marks: { year: string; at: number }[] = [];
  let last = -Infinity;
  let before = '';
  for (const { month, top } of sections) {
    const year = month.slice(0, -3);
    if (year === before) continue;
    before = year;
    const at = whole === 0 ? 0 : top / whole;
    if (at * railHeight - last < leastApart || at * railHeight > railHeight - leastApart / 2)
      continue;
    marks.push({ year, at });
    last = at * railHeight;
  }
  return marks;
}
