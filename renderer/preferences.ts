/** What the window itself remembers: language, theme and how the grid and panel stand. */
import { languages, type Language } from '../common/texts.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export interface Preferences {
  language: Language;
  theme: Theme;
  rowHeight: number;
  groupBy: 'day' | 'month';
  /** Null until the person opened or closed it: the window's width decides. */
  isPanelOpen: boolean | null;
  isSidebarOpen: boolean;
}

export const rowHeights = { least: 96, most: 340, usual: 176 } as const;

export const usualPreferences: Preferences = {
  language: 'zh',
  theme: 'system',
  rowHeight: rowHeights.usual,
  groupBy: 'day',
  isPanelOpen: null,
  isSidebarOpen: true,
};

/** Reads what was stored, whatever it is: unknown parts fall back to the usual. */
export function readPreferences(stored: string | null): Preferences {
  let read: unknown;
  try {
    read = JSON.parse(stored ?? '{}');
  } catch {
    read = {};
  }
  const given = typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  const one = <T>(key: keyof Preferences, isValid: (value: unknown) => value is T, usual: T): T => {
    const value = given[key];
    return isValid(value) ? value : usual;
  };
  const among =
    <T extends string>(values: readonly T[]) =>
    (value: unknown): value is T =>
      values.some((known) => known === value);
  const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
  return {
    language: one('language', among(languages), usualPreferences.language),
    theme: one('theme', among(themes), usualPreferences.theme),
    rowHeight: one(
      'rowHeight',
      (value): value is number =>
        typeof value === 'number' && value >= rowHeights.least && value <= rowHeights.most,
      usualPreferences.rowHeight,
    ),
    groupBy: one('groupBy', among(['day', 'month'] as const), usualPreferences.groupBy),
    isPanelOpen: one<boolean | null>('isPanelOpen', isBoolean, null),
    isSidebarOpen: one('isSidebarOpen', isBoolean, usualPreferences.isSidebarOpen),
  };
}
