/** `wanwu bench`: measures this machine, and says what it found in a table or as JSON. */
import path from 'node:path';
import type { Language } from '../../common/texts.ts';
import { ContractError } from '../../common/contract.ts';
import { startEngine } from '../client.ts';
import type { Arguments } from './arguments.ts';
import { benchTable } from './bench-table.ts';
import { bar, openLine } from './progress.ts';
import type { CliTexts } from './texts.ts';
import { print, printJson } from './work.ts';

/** Returns the exit code. */
export async function bench(args: Arguments, language: Language, texts: CliTexts): Promise<number> {
  const [folder] = args.rest;
  const line = openLine(process.stderr);
  const engine = await startEngine({ node: process.execPath, options: args.options });
  const cancel = () => {
    // An engine that is gone measures nothing any more.
    engine.call('bench.cancel', {}).catch(() => undefined);
  };
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  engine.on('bench.progress', ({ step, share }) => {
    line.draw(`${bar(share)} ${texts.bench.steps[step]}`);
  });
  try {
    const report = await engine.call('bench.run', {
      folder: folder === undefined ? null : path.resolve(folder),
    });
    line.draw('');
    if (args.json) printJson(report);
    else print(benchTable(report, language, texts));
    return 0;
  } catch (error) {
    line.draw('');
    if (error instanceof ContractError && error.code === 'cancelled') return 130;
    throw error;
  } finally {
    await engine.close();
  }
}
