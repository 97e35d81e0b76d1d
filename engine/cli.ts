/** The command line's entry: reads the arguments, runs the command, turns errors into one line. */
import { ContractError } from '../common/contract.ts';
import { readArguments, UsageError } from './cli/arguments.ts';
import { bench } from './cli/bench.ts';
import { gpu } from './cli/gpu.ts';
import { packs } from './cli/packs.ts';
import { ask } from './cli/questions.ts';
import { errorText } from '../common/texts.ts';
import { cliTexts, languageOf } from './cli/texts.ts';
import { print, work } from './cli/work.ts';

const language = languageOf(process.env);
const texts = cliTexts[language];

async function run(argv: string[]): Promise<number> {
  const args = readArguments(argv, texts);
  if (!args) {
    print(texts.usage);
    return argv.length === 0 ? 2 : 0;
  }
  const isWork = args.command === 'tag' || args.command === 'watch';
  if (args.command === 'bench') return bench(args, language, texts);
  if (args.command === 'packs') return packs(args, language, texts);
  if (args.command === 'gpu') return gpu(args, language, texts);
  return isWork ? work(args, language, texts) : ask(args, language, texts);
}

function failure(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof ContractError) {
    process.stderr.write(`${errorText(language, error)}\n`);
    return 1;
  }
  // A disk that is full, a folder that cannot be written.
  if (error instanceof Error && 'syscall' in error)
    return failure(new ContractError('internal', error.message));
  throw error;
}

// A reader that stops early (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : failure(error)),
);
process.exitCode = await run(process.argv.slice(2)).catch(failure);
