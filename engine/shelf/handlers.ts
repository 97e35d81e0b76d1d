/** Answers the calls about model packs, for an engine that works and for one that only reads. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  ContractError,
  packRefused,
  type DamagedPack,
  type Handlers,
  type PackSummary,
} from '../../common/contract.ts';
import { describePack, readPack, type Pack } from '../infer/pack.ts';
import {
  choiceWithout,
  findPack,
  packsOn,
  readChoice,
  removePack,
  writeChoice,
  type Choice,
  type ShelfPack,
} from './shelf.ts';
import { exportTriton } from './triton-export.ts';

type PackMethods = Pick<
  Handlers,
  | 'packs.list'
  | 'packs.info'
  | 'packs.import'
  | 'packs.use'
  | 'packs.remove'
  | 'packs.check'
  | 'packs.testServer'
  | 'packs.exportTriton'
>;

/** Loaded when asked for: a trial needs the picture decoder, and the engine starts without it. */
const trials = () => import('./trial.ts');

/** `damaged`: chosen packs that this engine leaves out; `onChoice`: other packs are to judge the photos from now on. */
export function packHandlers(
  { library, inferThreads: threads }: { library: string; inferThreads: number },
  damaged: readonly DamagedPack[],
  onChoice: () => void,
): PackMethods {
  const inUse = () => choiceWithout(readChoice(library), damaged);
  const summary = (pack: ShelfPack) =>
    summaryOf(pack, inUse(), damaged.find(({ name }) => name === pack.name)?.problem ?? null);
  const list = () => ({ packs: packsOn(library).map(summary) });
  const tryNamed = async (name: string) => {
    const { tryPack } = await trials();
    const { values: _, ...trial } = await tryPack(
      readPack(findPack(library, name).folder),
      threads,
    );
    return trial;
  };
  return {
    'packs.list': list,
    'packs.info': ({ name }) => {
      const pack = findPack(library, name);
      const manifest = readFileSync(path.join(pack.folder, 'manifest.json'), 'utf8');
      return { pack: summary(pack), folder: pack.folder, manifest };
    },
    'packs.import': async (files) => {
      const { importPack } = await import('./import.ts');
      return importPack({ library, threads, ...files });
    },
    'packs.use': async ({ main, extra }) => {
      const before = inUse();
      const others = new Set(extra ?? before.extra);
      others.delete(main);
      if (readPack(findPack(library, main).folder).labels.length === 0)
        throw packRefused('beside-another', main);
      const choice = { main, extra: [...others] };
      for (const name of [choice.main, ...choice.extra]) await tryNamed(name);
      writeChoice(library, choice);
      onChoice();
      return list();
    },
    'packs.remove': ({ name }) => {
      const wasLeftOut = damaged.some((one) => one.name === name);
      if (wasLeftOut) writeChoice(library, inUse());
      removePack(library, name);
      if (wasLeftOut) onChoice();
      return {};
    },
    'packs.check': ({ name }) => tryNamed(name),
    'packs.exportTriton': ({ name, folder }) => ({
      folder: exportTriton(readPack(findPack(library, name).folder), folder),
    }),
    'packs.testServer': async ({ servers, token }) => {
      const pack = readPack(findPack(library, inUse().main).folder);
      const { tryServers } = await trials();
      return { servers: await tryServers(pack, servers.split(','), token) };
    },
  };
}

/** `problem`: one that is known already. */
function summaryOf(
  { name, folder, builtIn }: ShelfPack,
  { main, extra }: Choice,
  problem: string | null,
): PackSummary {
  const use = name === main ? 'main' : extra.includes(name) ? 'extra' : null;
  const pack = problem ?? readOrProblem(folder);
  if (typeof pack === 'string')
    return {
      name,
      version: '',
      title: null,
      labels: 0,
      kind: '',
      bytes: 0,
      builtIn,
      use,
      problem: pack,
    };
  const { version, title, output, files } = pack.manifest;
  return {
    name,
    version,
    title: title ?? null,
    labels: pack.labels.length,
    kind: output.kind,
    bytes: Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0),
    builtIn,
    use,
    problem: null,
  };
}

function readOrProblem(folder: string): Pack | string {
  try {
    return describePack(folder);
  } catch (error) {
    if (error instanceof ContractError) return error.detail;
    throw error;
  }
}
