/** Words can be read in both themes: every text colour on every ground it stands on, by WCAG 2's figure. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

type Colour = [red: number, green: number, blue: number, alpha: number];

const css = readFileSync(new URL('../../renderer/styles/tokens.css', import.meta.url), 'utf8');
/** For text of any size (WCAG 2.2, 1.4.3). */
const least = 4.5;
/** `a over b`: `a` lets some of `b` through. */
const pairs: Record<string, string[]> = {
  ink: ['ground', 'surface', 'raised', 'pressed over surface', 'accent-soft'],
  'ink-2': ['ground', 'surface', 'raised', 'pressed over surface', 'hover over surface'],
  'ink-3': ['ground', 'surface', 'raised', 'pressed over surface', 'accent-soft'],
  accent: ['ground', 'surface', 'raised', 'accent-soft'],
  'accent-ink': ['accent'],
  warn: ['surface', 'warn-soft'],
  bad: ['ground', 'surface', 'bad-soft'],
};

function tokens(theme: string): Map<string, Colour> {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]+)\\}`).exec(css)?.[1] ?? '';
  const found = block.matchAll(/--([\w-]+): #([\da-f]{6})([\da-f]{2})?;/g);
  return new Map(
    Array.from(found, ([, name = '', rgb = '', alpha = 'ff']) => {
      const part = (at: number) => parseInt(rgb.slice(at, at + 2), 16) / 255;
      return [name, [part(0), part(2), part(4), parseInt(alpha, 16) / 255]];
    }),
  );
}

function over([red, green, blue, alpha]: Colour, below: Colour): Colour {
  const mix = (top: number, at: 0 | 1 | 2) => top * alpha + below[at] * (1 - alpha);
  return [mix(red, 0), mix(green, 1), mix(blue, 2), 1];
}

function luminance([red, green, blue]: Colour): number {
  const linear = (part: number) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function contrast(a: Colour, b: Colour): number {
  const [less = 0, more = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (more + 0.05) / (less + 0.05);
}

for (const theme of ['light', 'dark'])
  test(`every word can be read: ${theme}`, () => {
    const known = tokens(theme);
    const colour = (name: string) => known.get(name) ?? assert.fail(`no token ${name}`);
    for (const [ink, grounds] of Object.entries(pairs))
      for (const ground of grounds) {
        const [top = '', below] = ground.split(' over ');
        const shown = below === undefined ? colour(top) : over(colour(top), colour(below));
        const found = contrast(colour(ink), shown);
        assert.ok(found >= least, `${ink} on ${ground}: ${found.toFixed(2)}`);
      }
  });
