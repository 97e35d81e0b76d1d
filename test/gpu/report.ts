/** What the run on a GPU found, as JSON and as a table for people. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Results, Row } from './run.ts';

export function writeReport(folder: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'gpu.json'), JSON.stringify(results, null, 2));
  writeFileSync(path.join(folder, 'gpu.md'), reportOf(results));
}

export function reportOf({ device, dry, machine, parts, table, heavy, failed }: Results): string {
  const lines = [
    `# ${device}${dry ? ' (a dry run: small sizes)' : ''}`,
    '',
    `${machine.smi?.trim() ?? 'no nvidia-smi'}; ${machine.cpu}, ${String(machine.cores)} threads`,
    '',
    '| Model | Batch | Photos/s | ms a batch | Utilisation | Samples at 95 % | Memory | Power |',
    '|---|---|---|---|---|---|---|---|',
    ...[...table, ...heavy].map(rowOf),
    '',
    ...Object.entries(parts).map(([name, value]) => `- ${name}: \`${JSON.stringify(value)}\``),
    ...Object.entries(failed).map(([name, why]) => `- **${name} failed**: ${why}`),
  ];
  return `${lines.join('\n')}\n`;
}

function rowOf({ pack, batch, photosPerSecond, batchMs, load, mostAtOnce, sound }: Row): string {
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const told = load
    ? [
        percent(load.utilisation),
        percent(load.full),
        `${(load.memoryBytes / 2 ** 30).toFixed(1)} GiB`,
        load.powerWatts === null ? '' : `${load.powerWatts.toFixed(0)} W`,
      ]
    : ['', '', '', ''];
  const size = mostAtOnce === null ? String(batch) : `${String(batch)} (${String(mostAtOnce)})`;
  const name = sound ? pack : `${pack} (WRONG ANSWERS)`;
  const cells = [name, size, photosPerSecond.toFixed(0), batchMs.toFixed(1), ...told];
  return `| ${cells.join(' | ')} |`;
}
