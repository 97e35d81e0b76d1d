/** Lines over the last minutes, drawn by uPlot on a canvas; colours come from the theme's tokens. */
import { useEffect, useRef, useSyncExternalStore } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { isDark, onAppearance } from '../appearance.ts';
import { useSize, useTexts } from '../hooks.ts';
import type { Sample } from '../progress.ts';

interface Line {
  name: string;
  /** A token: `--chart-1`. */
  colour: string;
  value: (sample: Sample) => number;
}
interface Props {
  name: string;
  times: readonly Sample[];
  lines: readonly Line[];
  /** Shares go from 0 to 100 %; other values as far as they go. */
  isShare: boolean;
}

const shownS = 300;

export function LineChart({ name, times, lines, isShare }: Props) {
  const { panel: words } = useTexts();
  const holder = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const { width, height } = useSize(holder);
  const theme = useSyncExternalStore(onAppearance, isDark);
  const names = lines.map((line) => line.name).join('\n');

  useEffect(() => {
    const element = holder.current;
    if (!element || width === 0 || height === 0) return undefined;
    const style = getComputedStyle(document.documentElement);
    const colour = (token: string) => style.getPropertyValue(token).trim();
    const ink = colour('--ink-3');
    const plot = new uPlot(
      {
        width,
        height,
        legend: { show: false },
        cursor: { show: false },
        // Half of the last word stands beyond the line's end.
        padding: [6, 12, 0, 0],
        scales: {
          x: { time: false, range: (_self, _least, most) => [most - shownS, most] },
          y: { range: (_self, _least, most) => [0, isShare ? 100 : niceTop(most)] },
        },
        axes: [
          {
            size: 18,
            gap: 3,
            stroke: ink,
            font: '10px system-ui',
            grid: { show: false },
            ticks: { show: false },
            splits: (_self, _axis, _least, most) => [-240, -120, 0].map((back) => most + back),
            values: (self, splits) =>
              splits.map((at) => {
                const back = Math.round(((self.scales['x']?.max ?? at) - at) / 60);
                return back === 0 ? words.rightNow : words.minutesAgo(String(back));
              }),
          },
          {
            size: 30,
            gap: 4,
            stroke: ink,
            font: '10px system-ui',
            grid: { stroke: colour('--line'), width: 1 },
            ticks: { show: false },
            splits: (_self, _axis, _least, most) => [0, most / 2, most],
          },
        ],
        series: [
          {},
          ...names.split('\n').map((label, at) => ({
            label,
            stroke: colour(colours[at] ?? '--chart-1'),
            width: 1.5,
            ...(isShare ? {} : { fill: colour('--chart-fill') }),
            points: { show: false },
          })),
        ],
      },
      [[], ...names.split('\n').map(() => [])],
      element,
    );
    chart.current = plot;
    return () => {
      chart.current = null;
      plot.destroy();
    };
  }, [width, height, names, isShare, theme, words]);

  useEffect(() => {
    chart.current?.setData([
      times.map(({ atMs }) => atMs / 1000),
      ...lines.map(({ value }) => times.map(value)),
    ]);
  });

  return (
    <figure className="chart" aria-label={name}>
      <figcaption>
        {lines.map((line) => (
          <span key={line.name} data-colour={line.colour}>
            {line.name}
          </span>
        ))}
      </figcaption>
      <div ref={holder} />
    </figure>
  );
}

const colours = ['--chart-1', '--chart-2', '--chart-3'];

/** The next of 1, 2, 5 and their tens above: a top that does not jump with every sample. */
function niceTop(most: number): number {
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 5, 10].map((step) => step * ten).find((top) => top >= most * 1.05) ?? 10 * ten;
}
