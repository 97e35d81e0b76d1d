/** `wanwu packs`: the models a person has, a new one from an ONNX file, and which of them judge the photos. */
import path from 'node:path';
import type { PackReport, PackSummary, PackTrial } from '../../common/contract.ts';
import type { Language } from '../../common/texts.ts';
import { startEngine, type EngineClient } from '../client.ts';
import { UsageError, type Arguments } from './arguments.ts';
import type { CliTexts } from './texts.ts';
import { print, printJson } from './work.ts';

/** What is done to one pack, or to a model file. */
const named = new Set(['info', 'import', 'use', 'remove', 'check']);

/** Returns the exit code. */
export async function packs(args: Arguments, language: Language, texts: CliTexts): Promise<number> {
  const act = actionOf(args, language, texts);
  const engine = await startEngine({ node: process.execPath, options: args.options });
  try {
    await act(engine);
    return 0;
  } finally {
    await engine.close();
  }
}

function actionOf(
  { rest, json, packs: given }: Arguments,
  language: Language,
  texts: CliTexts,
): (engine: EngineClient) => Promise<void> {
  const [action = 'list', subject, ...more] = rest;
  const show = <T>(value: T, say: (value: T) => void) => {
    if (json) printJson(value);
    else say(value);
  };
  const showList = ({ packs: all }: { packs: PackSummary[] }) => {
    show({ packs: all }, () => {
      for (const pack of all) print(packLine(pack, language, texts));
    });
  };
  if (action === 'export-triton') {
    const folder = subject;
    const [name = '', extra] = more;
    if (extra !== undefined) throw new UsageError(texts.noArguments(extra));
    if (folder === undefined) throw new UsageError(texts.packs.needsFolder);
    return async (engine) => {
      const { packs: all } = await engine.call('packs.list', {});
      const main = all.find(({ use }) => use === 'main')?.name ?? '';
      const written = await engine.call('packs.exportTriton', {
        name: name === '' ? main : name,
        folder: path.resolve(folder),
      });
      show(written, () => {
        print(texts.packs.exported(written.folder));
      });
    };
  }
  if (action === 'list') {
    if (subject !== undefined) throw new UsageError(texts.noArguments(subject));
    return async (engine) => {
      showList(await engine.call('packs.list', {}));
    };
  }
  const [extra] = more;
  if (extra !== undefined) throw new UsageError(texts.noArguments(extra));
  if (!named.has(action)) throw new UsageError(texts.unknownCommand(`packs ${action}`));
  if (subject === undefined) throw new UsageError(texts.packs.needsName(action));
  switch (action) {
    case 'info':
      return async (engine) => {
        const found = await engine.call('packs.info', { name: subject });
        show(found, () => {
          print(packLine(found.pack, language, texts));
          print(found.folder);
          print(found.manifest.trimEnd());
        });
      };
    case 'import':
      return async (engine) => {
        const report = await engine.call('packs.import', {
          model: path.resolve(subject),
          labels: absolute(given.labels),
          manifest: absolute(given.manifest),
          name: given.name ?? null,
        });
        show(report, () => {
          printReport(report, texts);
        });
      };
    case 'use':
      return async (engine) => {
        const names = given.extra?.split(',').filter((name) => name !== '') ?? null;
        showList(await engine.call('packs.use', { main: subject, extra: names }));
      };
    case 'remove':
      return async (engine) => {
        await engine.call('packs.remove', { name: subject });
        if (json) printJson({ removed: subject });
        else print(texts.packs.removed(subject));
      };
    case 'check':
      return async (engine) => {
        const trial = await engine.call('packs.check', { name: subject });
        show(trial, () => {
          printTrial(trial, texts);
        });
      };
    default:
      throw new UsageError(texts.unknownCommand(`packs ${action}`));
  }
}

function packLine(pack: PackSummary, language: Language, texts: CliTexts): string {
  const { name, version, title, labels, kind, bytes, use, problem } = pack;
  const words = texts.packs;
  const facts =
    problem === null
      ? `${version} · ${kind} · ${words.labels(labels)} · ${(bytes / 1e6).toFixed(1)} MB`
      : words.broken(problem);
  const mark = use === 'main' ? '*' : use === 'extra' ? '+' : ' ';
  return `${mark} ${name}  ${facts}${title ? `  ${title[language]}` : ''}`;
}

function printReport(report: PackReport, texts: CliTexts): void {
  const words = texts.packs;
  print(words.imported(report.name, report.labels));
  print(`  opset ${String(report.opset)} · ${report.kind}`);
  for (const line of [...report.inputs, ...report.outputs]) print(`  ${line}`);
  if (report.batch !== null) print(`  ${words.fixedBatch(report.batch)}`);
  if (report.guessed.length > 0) print(`  ${words.guessed(report.guessed.join(', '))}`);
  printTrial(report.trial, texts);
  print(words.useIt(report.name));
}

function printTrial(
  { msAlone, msInCompany, difference, pictures }: PackTrial,
  texts: CliTexts,
): void {
  print(`  ${texts.packs.speed(msAlone.toFixed(1), msInCompany.toFixed(1))}`);
  print(`  ${texts.packs.difference(difference.toExponential(1))}`);
  for (const { name, labels } of pictures)
    print(
      `  ${name}: ${labels.map((label) => `${label.name} ${(label.score * 100).toFixed(1)}%`).join(' · ')}`,
    );
}

function absolute(file: string | undefined): string | null {
  return file === undefined ? null : path.resolve(file);
}
