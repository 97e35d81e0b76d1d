/** `wanwu gpu`: what CUDA needs on Linux, installed on request and taken away again. Starts no engine. */
import { contractTexts, type Language } from '../../common/texts.ts';
import { checkOrRefuse, readSupport } from '../gpu-runtime/handlers.ts';
import { install, remove, type Progress } from '../gpu-runtime/install.ts';
import { UsageError, type Arguments } from './arguments.ts';
import { openLine } from './progress.ts';
import type { CliTexts } from './texts.ts';
import { print, printJson } from './work.ts';

/** Returns the exit code. */
export async function gpu(args: Arguments, language: Language, texts: CliTexts): Promise<number> {
  const [action = 'status', extra] = args.rest;
  if (extra !== undefined) throw new UsageError(texts.noArguments(extra));
  switch (action) {
    case 'status':
      await showStatus(args.json, language, texts);
      return 0;
    case 'install':
      return installHere(args, texts);
    case 'remove': {
      const { folder } = await readSupport();
      remove(folder);
      if (args.json) printJson({ removed: folder });
      else print(texts.gpu.removed);
      return 0;
    }
    default:
      throw new UsageError(texts.unknownCommand(`gpu ${action}`));
  }
}

async function showStatus(json: boolean, language: Language, texts: CliTexts): Promise<void> {
  const support = await readSupport();
  const { inUse: _, ...shown } = support;
  if (json) {
    printJson(shown);
    return;
  }
  const words = texts.gpu;
  print(support.installed ? words.installed(support.folder) : words.absent);
  const { problem, card } = support;
  if (problem === null) print(words.card(card ?? ''));
  else {
    const [one = '', two = ''] = problem.facts;
    print(contractTexts[language].gpu[problem.code](one, two));
  }
  if (!support.installed) printPlan(support, texts);
}

function printPlan(
  { packages, downloadBytes, installedBytes, folder }: Awaited<ReturnType<typeof readSupport>>,
  texts: CliTexts,
): void {
  print(texts.gpu.plan(gigabytes(downloadBytes), gigabytes(installedBytes), folder));
  for (const { name, version, bytes, licence } of packages)
    print(`  ${megabytes(bytes).padStart(6)} MB  ${name} ${version}  ${licence}`);
}

async function installHere(args: Arguments, texts: CliTexts): Promise<number> {
  const { index, force } = args.gpu;
  if (!force) await checkOrRefuse();
  const support = await readSupport();
  if (!args.json) printPlan(support, texts);
  const stop = new AbortController();
  const onInterrupt = () => {
    stop.abort();
  };
  process.once('SIGINT', onInterrupt);
  const line = progressLine(args.json, texts);
  try {
    const { folder } = support;
    await install({ folder, index, signal: stop.signal, onProgress: line.show });
  } catch (error) {
    line.end();
    if (!stop.signal.aborted) throw error;
    process.stderr.write(`${texts.gpu.interrupted}\n`);
    return 130;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
  line.end();
  if (args.json) printJson({ installed: support.folder });
  else print(texts.gpu.done);
  return 0;
}

const everyMs = 200;

/** One line that changes on a terminal; a line a package elsewhere. */
function progressLine(json: boolean, texts: CliTexts) {
  const isTerminal = process.stderr.isTTY && !json;
  const line = openLine(process.stderr);
  let [last, lastName] = [-Infinity, ''];
  return {
    show: ({ step, name, doneBytes, totalBytes }: Progress) => {
      const now = performance.now();
      if (isTerminal ? now - last < everyMs : lastName === step + name) return;
      [last, lastName] = [now, step + name];
      const done = `${megabytes(doneBytes)} / ${megabytes(totalBytes)} MB`;
      const text = `${texts.gpu.steps[step]} ${name}  ${done}`;
      if (isTerminal) line.draw(text);
      else process.stderr.write(`${text}\n`);
    },
    end: () => {
      if (isTerminal) line.draw('');
    },
  };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
