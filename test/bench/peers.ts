/** Runs the programs that the engine is compared with; each prints one JSON line. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { peersFolder } from './places.ts';
import { preparePython, Unavailable } from './python.ts';

export type PeerResult =
  | { name: string; photosPerSecond: number; photos: number; tags: number[] }
  | { name: string; skipped: string };

const answerSchema = v.object({
  photos: v.number(),
  seconds: v.number(),
  /** The likeliest label of each photo, in the order of their names. */
  tags: v.array(v.number()),
});

export async function runPython(script: string, args: string[]): Promise<PeerResult> {
  const name = path.basename(script, '.py');
  try {
    const python = await preparePython();
    const { stdout } = await promisify(execFile)(
      python,
      [path.join(peersFolder, script), ...args],
      { maxBuffer: 1e7 },
    );
    const { photos, seconds, tags } = v.parse(answerSchema, JSON.parse(lastLine(stdout)));
    return { name, photosPerSecond: photos / seconds, photos, tags };
  } catch (error) {
    if (error instanceof Unavailable) return { name, skipped: error.message };
    throw error;
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
