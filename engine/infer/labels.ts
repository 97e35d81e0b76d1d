/** Reads a model's label list: one a line, CSV or TSV, or JSON; Chinese, English or both. */

export interface Label {
  /** The word to show: Chinese where there is one. */
  name: string;
  /** English, '' where unknown. */
  en: string;
  synonyms: string[];
  /** A WordNet id (n01440764) that the line began with. */
  wordnet: string | null;
}

/** A sentence's worth of trouble with a label file. */
export class LabelError extends Error {}

const han = /\p{Script=Han}/u;
const wordnetId = /^(n\d{8})(?:[\s,;:]+(.*))?$/;
/** Names of columns and keys, best first; the same word may name either. */
const chineseKeys = [
  'zh',
  'zh_cn',
  'chinese',
  'name_zh',
  'zh_name',
  'label_zh',
  'cn',
  '中文',
  '中文名',
  '标签',
  '名称',
];
const englishKeys = [
  'en',
  'english',
  'name_en',
  'en_name',
  'label_en',
  '英文',
  '英文名',
  'name',
  'label',
  'tag',
  'class',
  'title',
];
const synonymKeys = ['synonyms', 'synonym', 'aliases', 'alias', '同义词', '别名'];
const indexKeys = ['index', 'idx', 'id', 'class_id', 'label_id', 'no', '#', '序号', '编号'];

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
  throw new LabelError('neither UTF-8 nor GB 18030');
}

/** In the model's output order. Throws LabelError. */
export function parseLabels(text: string, fileName: string): Label[] {
  const isJson = /\.json$/i.test(fileName) || /^\s*[[{]/.test(text);
  const labels = isJson ? fromJson(text) : fromLines(text, fileName);
  if (labels.length === 0) throw new LabelError('empty');
  const blank = labels.findIndex(({ name }) => name === '');
  if (blank >= 0) throw new LabelError(`#${String(blank + 1)} is empty`);
  return labels;
}

function fromLines(text: string, fileName: string): Label[] {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const separator = separatorOf(lines, fileName);
  if (separator === null) return lines.map((line) => labelOf(line, '', ''));
  const rows = lines.map((line) => cells(line, separator));
  return fromRows(rows);
}

/** A table has the same number of cells in every line; a plain list may use commas as it likes. */
function separatorOf(lines: string[], fileName: string): string | null {
  const isTable = /\.[ct]sv$/i.test(fileName);
  const counts = (separator: string) => new Set(lines.map((line) => cells(line, separator).length));
  for (const separator of ['\t', ',', ';']) {
    const [count = 1, ...others] = counts(separator);
    if (others.length === 0 && count > 1 && (separator === '\t' || isTable)) return separator;
  }
  // One column, which may be quoted or have a name.
  return isTable && [...counts(',')].join() === '1' ? ',' : null;
}

/** One CSV line; quotes may hold the separator. */
function cells(line: string, separator: string): string[] {
  const found: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? '';
    if (character === '"') {
      if (quoted && line[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = !quoted;
    } else if (character === separator && !quoted) {
      found.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...found, cell.trim()];
}

function fromRows(rows: string[][]): Label[] {
  const head = (rows[0] ?? []).map((cell) => cell.toLowerCase());
  const known = [...chineseKeys, ...englishKeys, ...synonymKeys, ...indexKeys];
  const hasHead = head.filter((cell) => known.includes(cell)).length > 0;
  const body = hasHead ? rows.slice(1) : rows;
  const width = head.length;
  const columns = Array.from({ length: width }, (_, at) => at);
  const named = (keys: string[]) =>
    hasHead ? (keys.map((key) => head.indexOf(key)).find((at) => at >= 0) ?? null) : null;
  const share = (at: number, fits: (cell: string) => boolean) =>
    body.filter((row) => fits(row[at] ?? '')).length / Math.max(1, body.length);
  const isIndex = (at: number) => width > 1 && share(at, (cell) => /^\d+$/.test(cell)) === 1;

  const index = named(indexKeys) ?? columns.find(isIndex) ?? null;
  const words = columns.filter((at) => at !== index && at !== named(synonymKeys) && !isIndex(at));
  const chinese =
    named(chineseKeys) ?? words.find((at) => share(at, (cell) => han.test(cell)) > 0.5) ?? null;
  const english = named(englishKeys) ?? words.find((at) => at !== chinese) ?? null;
  const synonyms = named(synonymKeys);
  const ordered = index !== null && isIndex(index) ? inOrder(body, index) : body;
  return ordered.map((row) => {
    const cell = (at: number | null) => (at === null ? '' : (row[at] ?? ''));
    const zh = cell(chinese);
    const en = english === chinese ? '' : cell(english);
    return labelOf(zh === '' ? en : zh, zh === '' ? '' : en, cell(synonyms));
  });
}

function inOrder(rows: string[][], index: number): string[][] {
  const at = (row: string[]) => Number(row[index]);
  const sorted = [...rows].sort((a, b) => at(a) - at(b));
  const [first] = sorted;
  const start = first ? at(first) : 0;
  const gap = sorted.findIndex((row, position) => at(row) !== start + position);
  if (gap >= 0) throw new LabelError(`index ${String(start + gap)}`);
  return sorted;
}

function fromJson(text: string): Label[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LabelError('not JSON');
  }
  if (isRecord(value)) {
    // A Hugging Face config, or { "labels": [...] }.
    for (const key of ['id2label', 'labels', 'tags', 'classes', 'names']) {
      const inner = value[key];
      if (Array.isArray(inner) || isRecord(inner)) return fromJsonValue(inner);
    }
  }
  return fromJsonValue(value);
}

function fromJsonValue(value: unknown): Label[] {
  if (Array.isArray(value)) return value.map(fromItem);
  if (!isRecord(value)) throw new LabelError('neither a list nor a table');
  const entries = Object.entries(value);
  // { "0": "tench" } or { "tench": 0 }
  const byIndex = entries.every(([key]) => /^\d+$/.test(key))
    ? entries.map(([key, item]) => ({ at: Number(key), item }))
    : entries.map(([key, item]) => ({ at: typeof item === 'number' ? item : NaN, item: key }));
  byIndex.sort((a, b) => a.at - b.at);
  const gap = byIndex.findIndex(({ at }, position) => at !== position);
  if (gap >= 0) throw new LabelError(`index ${String(gap)}`);
  return byIndex.map(({ item }) => fromItem(item));
}

function fromItem(item: unknown): Label {
  if (typeof item === 'string') return labelOf(item, '', '');
  if (!isRecord(item)) throw new LabelError(JSON.stringify(item).slice(0, 60));
  const text = (keys: string[]) => {
    const value = keys.map((key) => item[key]).find((one) => one !== undefined);
    return Array.isArray(value) ? value.join('/') : typeof value === 'string' ? value : '';
  };
  const zh = text(chineseKeys);
  const en = text(englishKeys);
  return labelOf(zh === '' ? en : zh, zh === '' ? '' : en, text(synonymKeys));
}

/** `word` may hold several names for one thing: 猫/猫咪, 猫、猫咪, "tench, Tinca tinca", 苹果（水果）. */
function labelOf(word: string, en: string, more: string): Label {
  const [, wordnet = null, rest] = wordnetId.exec(word.trim()) ?? [];
  const parts = splitNames((rest ?? word).trim());
  const chinese = parts.filter((part) => han.test(part));
  const english = parts.filter((part) => !han.test(part));
  const names = chinese.length > 0 ? chinese : english;
  const [name = '', ...others] = names;
  const translated = en === '' && chinese.length > 0 ? english : splitNames(en);
  const synonyms = [...others, ...translated.slice(1), ...splitNames(more)];
  return {
    name,
    en: translated[0] ?? (chinese.length > 0 ? '' : name),
    synonyms: [...new Set(synonyms)].filter((one) => one !== name),
    wordnet,
  };
}

/** Chinese marks part names everywhere; a slash only between Chinese words, so that AC/DC stays whole. */
function splitNames(word: string): string[] {
  const remark = /^(.+?)\s*[（(]([^（）()]+)[）)]$/.exec(word);
  const plain = remark?.[1] ?? word;
  const parts = plain.split(/\s*[、，;；|]\s*|,\s+/).flatMap((part) => {
    const around = part.split('/').map((one) => one.trim());
    const isList = around.length > 1 && around.every((one) => han.test(one) || /\s/.test(part));
    return isList ? around : [mixed(part)].flat();
  });
  return [...parts, ...(remark ? [word] : [])]
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** "猫 cat" and "cat 猫" are a word and its translation. */
function mixed(part: string): string[] {
  const found =
    /^([\x20-\x7E]+?)\s+(\P{ASCII}+)$/u.exec(part) ?? /^(\P{ASCII}+)\s+([\x20-\x7E]+)$/u.exec(part);
  return found ? [found[1] ?? '', found[2] ?? ''] : [part];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
