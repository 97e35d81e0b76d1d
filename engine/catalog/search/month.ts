/** Months as whole numbers that grow with time, of wall time as if it were UTC. */

const firstYear = 1600;

export const monthNumber = (year: number, month: number) => (year - firstYear) * 12 + month - 1;

export function monthAt(wallMs: number): number {
  const date = new Date(wallMs);
  return monthNumber(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

const yearOf = (month: number) => Math.floor(month / 12);

/** Wall ms of its first moment. */
export function monthStart(month: number): number {
  const year = yearOf(month);
  // Date.UTC would take the first hundred years for those from 1900.
  return new Date(0).setUTCFullYear(firstYear + year, month - year * 12, 1);
}

/** `2024-05` */
export function monthText(month: number): string {
  const year = yearOf(month);
  const two = String(month - year * 12 + 1).padStart(2, '0');
  return `${String(firstYear + year).padStart(4, '0')}-${two}`;
}

export function monthOf(text: string): number {
  const [year = 0, month = 1] = text.split('-').map(Number);
  return monthNumber(year, month);
}
