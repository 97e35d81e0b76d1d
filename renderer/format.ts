/** Numbers, times and sizes as the person's language writes them. Wall times are shown as they are. */
import type { Language } from '../common/texts.ts';
import { texts } from './texts.ts';

const locales: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' };

const memo = new Map<string, unknown>();
/** Intl objects cost a millisecond each to make. */
function once<T>(key: string, make: () => T): T {
  if (!memo.has(key)) memo.set(key, make());
  return memo.get(key) as T;
}

function dateFormat(language: Language, key: string, options: Intl.DateTimeFormatOptions) {
  return once(
    `${language} ${key}`,
    () => new Intl.DateTimeFormat(locales[language], { timeZone: 'UTC', ...options }),
  );
}

export function count(language: Language, n: number): string {
  return once(`${language} n`, () => new Intl.NumberFormat(locales[language])).format(n);
}

/** One decimal where it tells something. */
export function rate(language: Language, n: number): string {
  return n >= 100 ? count(language, Math.round(n)) : n.toFixed(1);
}

/** `share`: 0..1. */
export function percent(share: number): string {
  return `${String(Math.round(Math.min(1, Math.max(0, share)) * 100))} %`;
}

/** `at`: local wall time, ms as if it were UTC. */
export function day(language: Language, at: number): { date: string; weekday: string } {
  return {
    date: dateFormat(language, 'day', { dateStyle: 'long' }).format(at),
    weekday: dateFormat(language, 'weekday', { weekday: 'short' }).format(at),
  };
}

export function monthOf(language: Language, at: number): string {
  return dateFormat(language, 'month', { year: 'numeric', month: 'long' }).format(at);
}

/** `month`: `2024-05`. */
export function monthTitle(language: Language, month: string): string {
  const [year, its] = monthParts(month);
  return monthOf(language, Date.UTC(year, its - 1, 1));
}

export function monthParts(month: string): [number, number] {
  const match = /^(-?\d+)-(\d\d)$/.exec(month);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 1)];
}

export function moment(language: Language, at: number): string {
  return dateFormat(language, 'moment', { dateStyle: 'long', timeStyle: 'short' }).format(at);
}

/** `ms` since 1970, shown on this machine's clock. */
export function clock(language: Language, ms: number): string {
  return moment(language, ms - new Date(ms).getTimezoneOffset() * 60_000);
}

/** `takenAt`: ISO 8601 wall time, an offset may follow: the clock on the wall is what is shown. */
export function wallTime(language: Language, takenAt: string): string {
  const at = Date.parse(`${takenAt.slice(0, 19)}Z`);
  return Number.isNaN(at) ? takenAt : moment(language, at);
}

/** A MB is a million bytes, as the file managers of Linux and macOS and the command line count. */
export function bytes(n: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = n;
  let unit = 0;
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** A card's memory: its makers count it so. */
export function gibibytes(n: number): string {
  return `${(n / 2 ** 30).toFixed(1)} GiB`;
}

export function duration(language: Language, ms: number): string {
  const { time } = texts[language];
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return time.seconds(String(seconds));
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return time.minutes(String(minutes));
  return time.hours(String(Math.floor(minutes / 60)), String(minutes % 60));
}

/** Both separators: the path may come from any system. */
export function splitPath(path: string): { folder: string; name: string } {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return { folder: at <= 0 ? path.slice(0, at + 1) : path.slice(0, at), name: path.slice(at + 1) };
}

export function folderName(path: string): string {
  const trimmed = path.replace(/[/\\]+$/u, '');
  return splitPath(trimmed).name || path;
}

/** ƒ/1.8 · 1/420 s · ISO 64 · 24 mm: what is known of it. */
export function exposure(facts: {
  aperture: number | null;
  exposureSeconds: number | null;
  iso: number | null;
  focalLengthMm: number | null;
}): string {
  const { aperture, exposureSeconds: seconds, iso, focalLengthMm } = facts;
  const short = (n: number) => String(Number(n.toFixed(1)));
  const time = (s: number) => (s >= 0.4 ? `${short(s)} s` : `1/${String(Math.round(1 / s))} s`);
  return [
    aperture !== null && `ƒ/${short(aperture)}`,
    seconds !== null && seconds > 0 && time(seconds),
    iso !== null && `ISO ${String(Math.round(iso))}`,
    focalLengthMm !== null && `${short(focalLengthMm)} mm`,
  ]
    .filter((part) => part !== false)
    .join(' · ');
}

/** Degrees, north and east positive. */
export function coordinates({
  latitude,
  longitude,
}: {
  latitude: number;
  longitude: number;
}): string {
  const one = (value: number, plus: string, minus: string) =>
    `${Math.abs(value).toFixed(4)}° ${value < 0 ? minus : plus}`;
  return `${one(latitude, 'N', 'S')}, ${one(longitude, 'E', 'W')}`;
}
