/** A label list with columns: which of them holds the words, in which order, and where the table is broken. */
import { LabelError } from './label-error.ts';
import { han, wordnetId } from './label-words.ts';

/** Names of columns and keys, best first; the same word may name either. */
export const chineseKeys = [
  'zh',
  'zh_cn',
  'chinese',
  'name_zh',
  'zh_name',
  'label_zh',
  'cn',
  '中文',
  '中文名',
  '中文名称',
  '中文标签',
  '标签',
  '标签名',
  '类别',
  '类名',
  '名称',
];
export const englishKeys = [
  'en',
  'english',
  'name_en',
  'en_name',
  'label_en',
  '英文',
  '英文名',
  '英文名称',
  'display_name',
  'displayname',
  'class_name',
  'classname',
  'label_name',
  'name',
  'label',
  'tag',
  'class',
  'title',
];
export const synonymKeys = ['synonyms', 'synonym', 'aliases', 'alias', '同义词', '别名'];
const indexKeys = [
  'index',
  'idx',
  'id',
  'class_id',
  'class_index',
  'label_id',
  'no',
  '#',
  '序号',
  '编号',
];

const isTableName = (fileName: string) => /\.[ct]sv$/i.test(fileName);

/** Rows of cells; null for a plain list, which may use commas as it likes. Throws LabelError for neither. */
export function tableOf(lines: readonly string[], fileName: string): string[][] | null {
  const isTable = isTableName(fileName);
  for (const separator of isTable ? ['\t', ',', ';'] : ['\t']) {
    const rows = lines.map((line) => cells(line, separator));
    const width = rows[0]?.length ?? 1;
    if (width > 1 && rows.every((row) => row.length === width)) return rows;
  }
  // One column, which may be quoted or have a name.
  const rows = lines.map((line) => cells(line, ','));
  return isTable && rows.every((row) => row.length === 1) ? rows : null;
}

/** Throws LabelError for a table with more cells in one line than in another. */
export function checkNoTable(lines: readonly string[], fileName: string): void {
  const isSynsets = lines.every((line) => wordnetId.test(line));
  const separator = [
    { mark: '\t', isUsed: lines.some((line) => line.trim().includes('\t')) },
    // Before a blank it parts a thing's names.
    { mark: ',', isUsed: isTableName(fileName) && lines.some((line) => /,\S/.test(line)) },
  ].find(({ isUsed }) => isUsed)?.mark;
  if (separator === undefined || isSynsets) return;
  const widths = lines.map((line) => cells(line, separator).length);
  const other = widths.findIndex((width) => width !== widths[0]);
  if (lines[other]?.trim() === '') throw new LabelError('labels-blank', String(other + 1));
  throw new LabelError('labels-ragged', String(other + 1));
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

export interface Words {
  zh: string;
  en: string;
  synonyms: string;
}

/** In the order of the index where there is one. Throws LabelError. */
export function wordsOfTable(rows: readonly string[][]): Words[] {
  const head = (rows[0] ?? []).map((cell) => cell.toLowerCase());
  const known = [...chineseKeys, ...englishKeys, ...synonymKeys, ...indexKeys];
  const hasHead = head.some((cell) => known.includes(cell));
  const body = hasHead ? rows.slice(1) : rows;
  const width = head.length;
  const columns = Array.from({ length: width }, (_, at) => at);
  const named = (keys: string[]) =>
    hasHead ? (keys.map((key) => head.indexOf(key)).find((at) => at >= 0) ?? null) : null;
  const share = (at: number, fits: (cell: string) => boolean) =>
    body.filter((row) => fits(row[at] ?? '')).length / Math.max(1, body.length);
  const isNumeric = (at: number) => width > 1 && share(at, (cell) => /^\d+$/.test(cell)) === 1;
  // Numbers may also be counts, or the ids of another list: with holes they are an index by name or place alone.
  const isIndex = (at: number) =>
    isNumeric(at) && ((!hasHead && at === 0) || gapIn(body, at) === null);

  const index = named(indexKeys) ?? columns.find(isIndex) ?? null;
  const words = columns.filter((at) => at !== index && at !== named(synonymKeys) && !isNumeric(at));
  const chinese =
    named(chineseKeys) ?? words.find((at) => share(at, (cell) => han.test(cell)) > 0.5) ?? null;
  const english = named(englishKeys) ?? words.find((at) => at !== chinese) ?? null;
  const synonyms = named(synonymKeys);
  const ordered = index !== null && isNumeric(index) ? inOrder(body, index) : body;
  return ordered.map((row) => {
    const cell = (at: number | null) => (at === null ? '' : (row[at] ?? ''));
    return {
      zh: cell(chinese),
      en: english === chinese ? '' : cell(english),
      synonyms: cell(synonyms),
    };
  });
}

function sorted(rows: readonly string[][], index: number): string[][] {
  return rows.toSorted((a, b) => Number(a[index]) - Number(b[index]));
}

/** The first number that is not there, or is there twice; null where all are. */
function gapIn(rows: readonly string[][], index: number): number | null {
  const numbers = sorted(rows, index).map((row) => Number(row[index]));
  const start = numbers[0] ?? 0;
  const gap = numbers.findIndex((number, position) => number !== start + position);
  return gap < 0 ? null : start + gap;
}

function inOrder(rows: readonly string[][], index: number): string[][] {
  const gap = gapIn(rows, index);
  if (gap !== null) throw new LabelError('labels-gap', String(gap));
  return sorted(rows, index);
}
