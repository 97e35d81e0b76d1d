/** Reads a model's label list: one a line, CSV or TSV, or JSON; Chinese, English or both. */
import { LabelError } from './label-error.ts';
import {
  checkNoTable,
  chineseKeys,
  englishKeys,
  synonymKeys,
  tableOf,
  wordsOfTable,
  type Words,
} from './label-table.ts';
import { labelOf, wordnetId, type Label } from './label-words.ts';

/** Of a file in Unicode, or in what a Chinese Windows writes by itself. Throws LabelError. */
export function labelText(bytes: Uint8Array): string {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  const marked = { fffe: 'utf-16le', feff: 'utf-16be' }[mark];
  for (const encoding of marked === undefined ? ['utf-8', 'gb18030'] : [marked])
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next one.
    }
  throw new LabelError('labels-encoding');
}

/** In the model's output order. Throws LabelError. */
export function parseLabels(text: string, fileName: string): Label[] {
  const isJson = /\.json$/i.test(fileName) || /^\s*[[{]/.test(text);
  const labels = isJson ? fromJson(text) : fromLines(text, fileName);
  if (labels.length === 0) throw new LabelError('labels-empty');
  const blank = labels.findIndex(({ name }) => name === '');
  if (blank >= 0) throw new LabelError('labels-blank', String(blank + 1));
  return labels;
}

function fromLines(text: string, fileName: string): Label[] {
  const lines = text.split(/\r\n?|\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const rows = tableOf(lines, fileName);
  if (rows) return wordsOfTable(rows).map(fromWords);
  const words = withoutNumbers(lines);
  if (!words) checkNoTable(lines, fileName);
  return (words ?? lines).map((line) => labelOf(line, '', ''));
}

/** Lines that begin with their own place, 0: cat or 1. cat, without it; null for others. */
function withoutNumbers(lines: readonly string[]): string[] | null {
  const found = lines.flatMap((line) => {
    const [, at, word] = /^\s*(\d+)(?:\s*[:：.、,]\s*|\s+)(\S.*)$/.exec(line) ?? [];
    return at === undefined || word === undefined ? [] : [{ at: Number(at), word }];
  });
  found.sort((a, b) => a.at - b.at);
  const start = found[0]?.at ?? 0;
  const isWhole = found.length === lines.length && found.every(({ at }, n) => at === start + n);
  return isWhole && lines.length > 1 && start <= 1 ? found.map(({ word }) => word) : null;
}

function fromJson(text: string): Label[] {
  const value = parsed(text) ?? parsed(asJson(text));
  if (value === undefined) throw new LabelError('labels-json');
  if (isRecord(value)) {
    // A Hugging Face or timm config, or { "labels": [...] }.
    for (const key of [
      'id2label',
      'label2id',
      'label_names',
      'labels',
      'tags',
      'classes',
      'names',
    ]) {
      const inner = value[key];
      if (Array.isArray(inner) || isRecord(inner)) return fromJsonValue(inner);
    }
  }
  return fromJsonValue(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As Python prints a list or a table: other quotes, numbers as keys, a comma behind the last. */
function asJson(text: string): string {
  return text
    .replace(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g, (_, one?: string, other?: string) =>
      JSON.stringify((one ?? other ?? '').replace(/\\(.)/g, '$1')),
    )
    .replace(/([{,]\s*)(\d+)\s*:/g, '$1"$2":')
    .replace(/,(\s*[}\]])/g, '$1');
}

function fromJsonValue(value: unknown): Label[] {
  if (Array.isArray(value)) return value.map(fromItem);
  if (!isRecord(value)) throw noList(value);
  const entries = Object.entries(value);
  // { "0": "tench" } or { "tench": 0 }
  const isByIndex = entries.every(([key]) => /^\d+$/.test(key));
  if (!isByIndex && !entries.every(([, item]) => typeof item === 'number')) throw noList(value);
  const byIndex = entries.map(([key, item]) =>
    isByIndex ? { at: Number(key), item } : { at: Number(item), item: key },
  );
  byIndex.sort((a, b) => a.at - b.at);
  const gap = byIndex.findIndex(({ at }, position) => at !== position);
  if (gap >= 0) throw new LabelError('labels-gap', String(gap));
  return byIndex.map(({ item }) => fromItem(item));
}

function noList(value: unknown): LabelError {
  return new LabelError('labels-list', JSON.stringify(value).slice(0, 60));
}

/** A word, a word's names (Keras: its WordNet id first), or a word in two languages. */
function fromItem(item: unknown): Label {
  if (typeof item === 'string') return labelOf(item, '', '');
  if (Array.isArray(item) && item.every((one) => typeof one === 'string')) {
    const [first = '', ...others] = item;
    const names = wordnetId.test(first) ? `${first} ${others.join('、')}` : item.join('、');
    return labelOf(names, '', '');
  }
  if (!isRecord(item)) throw noList(item);
  const text = (keys: string[]) => {
    const value = keys.map((key) => item[key]).find((one) => one !== undefined);
    return Array.isArray(value) ? value.join('/') : typeof value === 'string' ? value : '';
  };
  return fromWords({ zh: text(chineseKeys), en: text(englishKeys), synonyms: text(synonymKeys) });
}

function fromWords({ zh, en, synonyms }: Words): Label {
  return labelOf(zh === '' ? en : zh, zh === '' ? '' : en, synonyms);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
