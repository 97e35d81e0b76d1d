/** Keeps what was measured: one JSON file a run, newest last by name, so that runs can be compared. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

/** What every kept result has, whatever else it tells. */
const rateSchema = v.object({ rates: v.record(v.string(), v.number()) });
export type Rates = Record<string, number>;

/** Writes `<kind>-<time>.json` and, where there is one, the chart beside it. Returns the JSON's path. */
export function keepResult(
  folder: string,
  kind: string,
  result: { rates: Rates },
  chart: string,
): string {
  mkdirSync(folder, { recursive: true });
  const stem = path.join(folder, `${kind}-${new Date().toISOString().replaceAll(':', '-')}`);
  writeFileSync(`${stem}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${stem}.svg`, chart);
  return `${stem}.json`;
}

/** The rates of the newest kept result of a kind; null where there is none that can be read. */
export function earlierRates(folder: string, kind: string): Rates | null {
  try {
    const newest = readdirSync(folder)
      .filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.json'))
      .sort()
      .at(-1);
    if (newest === undefined) return null;
    const text = readFileSync(path.join(folder, newest), 'utf8');
    return v.parse(rateSchema, JSON.parse(text)).rates;
  } catch {
    return null;
  }
}

/** `+12 %`, or nothing where there is no earlier figure. */
export function change(now: number, before: number | undefined): string {
  if (before === undefined || before === 0) return '';
  const percent = (now / before - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(0)} %`;
}
