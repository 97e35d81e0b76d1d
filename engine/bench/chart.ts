/** Draws measured rates as horizontal bars in one SVG file; pure. */
import { bestBatch } from '../../common/bench.ts';
import type { BenchResult } from '../../common/contract.ts';

export interface Bar {
  label: string;
  value: number;
  /** The one that the others are compared with. */
  main?: boolean;
}

const barHeight = 22;
const gap = 10;
const labelWidth = 300;
const barsWidth = 420;
const top = 56;

/** A measurement of this machine: its ceilings and, as the main bar, the whole engine. */
export function benchChart({
  machine,
  read,
  decode,
  inference,
  ceilingPerSecond,
  engine,
}: BenchResult): string {
  return chartSvg(`${machine.cpu} × ${String(machine.cores)}`, '张/秒', [
    { label: '读取 read', value: read.photosPerSecond },
    { label: '解码 decode', value: decode.photosPerSecond },
    ...inference.map((one) => ({
      label: `推理 infer (${one.device})`,
      value: bestBatch(one).photosPerSecond,
    })),
    { label: '上限 ceiling', value: ceilingPerSecond },
    { label: '整个引擎 whole engine', value: engine.photosPerSecond, main: true },
  ]);
}

/** `unit` stands behind every figure. */
export function chartSvg(title: string, unit: string, bars: readonly Bar[]): string {
  const largest = Math.max(...bars.map(({ value }) => value), Number.EPSILON);
  const height = top + bars.length * (barHeight + gap) + 16;
  const rows = bars.map(({ label, value, main = false }, index) => {
    const y = top + index * (barHeight + gap);
    const width = Math.max(1, (value / largest) * barsWidth).toFixed(1);
    const middle = String(y + barHeight / 2 + 5);
    return [
      `<text x="${String(labelWidth - 10)}" y="${middle}" text-anchor="end">${escape(label)}</text>`,
      `<rect x="${String(labelWidth)}" y="${String(y)}" width="${width}" height="${String(barHeight)}" rx="3" fill="${main ? '#2563eb' : '#94a3b8'}"/>`,
      `<text x="${(labelWidth + Number(width) + 8).toFixed(1)}" y="${middle}">${value.toFixed(1)} ${escape(unit)}</text>`,
    ].join('');
  });
  const width = labelWidth + barsWidth + 130;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" font-family="sans-serif" font-size="14" fill="#0f172a">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="16" y="32" font-size="18">${escape(title)}</text>`,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}
