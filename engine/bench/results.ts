/** Keeps what was measured: one JSON file a run, newest last by name, so that runs can be compared. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

/** Writes `<kind>-<time>.json` and the chart beside it. Returns the JSON's path. */
export function keepResult(folder: string, kind: string, result: object, chart: string): string {
  mkdirSync(folder, { recursive: true });
  const stem = path.join(folder, `${kind}-${new Date().toISOString().replaceAll(':', '-')}`);
  writeFileSync(`${stem}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${stem}.svg`, chart);
  return `${stem}.json`;
}

/** The newest kept results of a kind, newest first; what cannot be read is passed over. */
export function keptResults<S extends v.GenericSchema>(
  folder: string,
  kind: string,
  schema: S,
  most: number,
): { file: string; result: v.InferOutput<S> }[] {
  const found: { file: string; result: v.InferOutput<S> }[] = [];
  for (const file of namesIn(folder, kind).map((name) => path.join(folder, name))) {
    if (found.length === most) break;
    const read = v.safeParse(schema, parse(file));
    if (read.success) found.push({ file, result: read.output });
  }
  return found;
}

function namesIn(folder: string, kind: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.json'))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
