/** What the window looked like when it was closed, in one small JSON file of the profile. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';

const whole = v.pipe(v.number(), v.integer());
const boundsSchema = v.object({ x: whole, y: whole, width: whole, height: whole });
export type Bounds = v.InferOutput<typeof boundsSchema>;

const stateSchema = v.object({
  bounds: v.nullable(boundsSchema),
  maximized: v.boolean(),
  language: v.picklist(['zh', 'en']),
  theme: v.picklist(['light', 'dark', 'system']),
});
export type WindowState = v.InferOutput<typeof stateSchema>;
export type Appearance = Pick<WindowState, 'language' | 'theme'>;

export const smallest = { width: 760, height: 520 };
const first: WindowState = { bounds: null, maximized: false, language: 'zh', theme: 'system' };
/** So much of the title bar must lie on a screen, or the window cannot be reached. */
const reachable = 100;

/** The first state when there is none, or one that cannot be read. */
export function readWindowState(file: string): WindowState {
  try {
    return v.parse(stateSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return first;
  }
}

/** On a full or read-only disk the window is as it was the last time: no reason for a word, or to keep it open. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch (error) {
    console.error('window', error);
  }
}

/** Null when no screen shows the place any more, so that the system chooses one. */
export function placeOn(screens: readonly Bounds[], bounds: Bounds | null): Bounds | null {
  if (!bounds) return null;
  const isReachable = screens.some(
    (screen) =>
      bounds.x + bounds.width >= screen.x + reachable &&
      bounds.x <= screen.x + screen.width - reachable &&
      bounds.y >= screen.y &&
      bounds.y <= screen.y + screen.height - reachable,
  );
  if (!isReachable) return null;
  return {
    ...bounds,
    width: Math.max(bounds.width, smallest.width),
    height: Math.max(bounds.height, smallest.height),
  };
}
