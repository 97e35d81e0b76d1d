/** One line on a terminal that tells how far something is; silent where nobody looks. */
import type { WriteStream } from 'node:tty';
import type { Status } from '../../common/contract.ts';
import type { CliTexts } from './texts.ts';

export interface Progress {
  show(status: Status): void;
  /** A lasting line above the progress. */
  line(text: string): void;
  clear(): void;
}

const barWidth = 20;

export function openProgress(out: WriteStream, texts: CliTexts): Progress {
  const line = openLine(out);
  return {
    show: (status) => {
      line.draw(progressText(status, texts));
    },
    line: line.above,
    clear: () => {
      line.draw('');
    },
  };
}

export function openLine(out: WriteStream) {
  let shown = '';
  return {
    draw: (text: string) => {
      if (!out.isTTY) return;
      shown = text;
      out.write(`\r\x1b[K${text}`);
    },
    above: (text: string) => {
      out.write(out.isTTY ? `\r\x1b[K${text}\n${shown}` : `${text}\n`);
    },
  };
}

/** `share`: 0..1. */
export function bar(share: number): string {
  const filled = Math.round(share * barWidth);
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
}

export function progressText(status: Status, texts: CliTexts): string {
  const { pending, indexed, failed, skipped } = status.counts;
  const done = indexed + failed + skipped;
  const total = done + pending;
  if (total === 0) return status.scanning ? texts.scanning : '';
  const rate = status.photosPerSecond;
  const parts = [
    `${bar(done / total)} ${texts.progress(done, total, rate.toFixed(1), duration(rate > 0 ? pending / rate : 0))}`,
    (status.device.name ?? '').toUpperCase(),
    texts.bottlenecks[status.bottleneck],
    status.tuning.phase === 'gentle' ? texts.givingWay : '',
    texts.threads(status.tuning.decodeWorkers, status.tuning.phase === 'exploring'),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** m:ss, or h:mm:ss from an hour on. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = two(whole % 60);
  return hours > 0 ? `${String(hours)}:${two(minutes)}:${rest}` : `${String(minutes)}:${rest}`;
}
