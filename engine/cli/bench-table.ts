/** A measurement of this machine as a table for people; pure. */
import { bestBatch, change, isInferenceMeasured, type StageCost } from '../../common/bench.ts';
import type { BenchReport, BenchResult, Device } from '../../common/contract.ts';
import type { Language } from '../../common/texts.ts';
import { contractTextsFor, type CliTexts } from './texts.ts';

const nameWidth = 28;
const columnWidth = 14;

/** Without its `file` where it was not written. */
export function benchTable(
  { result, earlier, file }: Omit<BenchReport, 'file'> & { file?: string },
  language: Language,
  texts: CliTexts,
): string {
  const { bench: words } = texts;
  const names = contractTextsFor(language);
  const { machine, photos, packs, engine } = result;
  const row = (name: string, ...columns: string[]) =>
    (
      padded(name, nameWidth) + columns.map((one) => toTheRight(one, columnWidth)).join('')
    ).trimEnd();
  const figures = (name: string, now: StageCost, before?: StageCost) =>
    row(
      name,
      now.photosPerSecond.toFixed(1),
      now.cpuMs.toFixed(2),
      change(now.photosPerSecond, before?.photosPerSecond),
    );
  const stages = result.read.cpuMs + result.decode.cpuMs + inferOn(result, result.device).cpuMs;
  return [
    `${machine.cpu} × ${String(machine.cores)}, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${machine.platform}`,
    words.photos(photos.count, (photos.bytes / photos.count / 1e6).toFixed(2), photos.made),
    words.packs(packs.join(' + ')),
    '',
    row('', words.rate, words.cpu, earlier ? words.change : ''),
    figures(words.read, result.read, earlier?.read),
    figures(words.decode, result.decode, earlier?.decode),
    ...result.inference.flatMap(({ device, batches }) =>
      batches.map(({ batch, ...cost }) =>
        figures(
          words.infer(names.devices[device], batch),
          cost,
          earlier?.inference
            .find((one) => one.device === device)
            ?.batches.find((one) => one.batch === batch),
        ),
      ),
    ),
    row(
      words.ceiling,
      result.ceilingPerSecond.toFixed(1),
      stages.toFixed(2),
      change(result.ceilingPerSecond, earlier?.ceilingPerSecond),
    ),
    figures(words.engine, engine, earlier?.engine),
    row(
      words.used,
      `${((engine.photosPerSecond * engine.cpuMs) / (machine.cores * 10)).toFixed(1)} %`,
    ),
    row(words.efficiency, `${(result.efficiency * 100).toFixed(1)} %`),
    row(words.memory, `${(engine.peakMemoryBytes / 1e6).toFixed(0)} MB`),
    '',
    ...(isInferenceMeasured(result) ? [] : [words.unmeasured(names.devices[result.device])]),
    ...result.unused.map(({ device, code }) =>
      texts.deviceFallback(names.devices[device], names.deviceReasons[code]),
    ),
    ...(file === undefined ? [] : [words.file(file)]),
  ].join('\n');
}

function inferOn({ inference }: BenchResult, device: Device): StageCost {
  const used = inference.find((one) => one.device === device);
  return used ? bestBatch(used) : { cpuMs: 0, photosPerSecond: 0 };
}

/** Chinese signs are two columns wide in a terminal. */
function columns(text: string): number {
  return text.length + (text.match(/[\u2e80-\uffef]/g)?.length ?? 0);
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(1, width - columns(text)));
}

function toTheRight(text: string, width: number): string {
  return ' '.repeat(Math.max(1, width - columns(text))) + text;
}
