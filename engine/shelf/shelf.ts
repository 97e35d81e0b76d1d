/** Where model packs lie (beside the engine, and in the library) and which of them are in use. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { ContractError, packRefused } from '../../common/contract.ts';

export interface ShelfPack {
  name: string;
  folder: string;
  /** Comes with the app and cannot be removed. */
  builtIn: boolean;
}

const choiceSchema = v.object({ main: v.string(), extra: v.array(v.string()) });
/** Names of the packs that judge every photo. */
export type Choice = v.InferOutput<typeof choiceSchema>;

const shipped = fileURLToPath(new URL('../../models', import.meta.url));
export const firstChoice: Choice = { main: 'efficientnet-lite2', extra: ['blazeface'] };

export function libraryPacks(library: string): string {
  return path.join(library, 'packs');
}

/** Those that ship with the app first. */
export function packsOn(library: string): ShelfPack[] {
  return [
    ...foldersIn(shipped).map((folder) => ({ folder, builtIn: true })),
    ...foldersIn(libraryPacks(library)).map((folder) => ({ folder, builtIn: false })),
  ].map((pack) => ({ ...pack, name: path.basename(pack.folder) }));
}

/** Throws `pack-refused` for a name that nobody has. */
export function findPack(library: string, name: string): ShelfPack {
  const found = packsOn(library).find((pack) => pack.name === name);
  if (!found) throw packRefused('unknown', name);
  return found;
}

/** What is in use; the app's own choice where nothing was chosen or the choice cannot be read. */
export function readChoice(library: string): Choice {
  try {
    return v.parse(choiceSchema, JSON.parse(readFileSync(choiceFile(library), 'utf8')));
  } catch {
    return firstChoice;
  }
}

export function writeChoice(library: string, choice: Choice): void {
  mkdirSync(libraryPacks(library), { recursive: true });
  const half = `${choiceFile(library)}.part`;
  writeFileSync(half, JSON.stringify(choice));
  renameSync(half, choiceFile(library));
}

/** A choice without packs that are not whole; the app's own takes the place of a main one. */
export function choiceWithout(choice: Choice, damaged: readonly { name: string }[]): Choice {
  const isWhole = (name: string) => !damaged.some((one) => one.name === name);
  const main = isWhole(choice.main) ? choice.main : firstChoice.main;
  return { main, extra: choice.extra.filter((name) => isWhole(name) && name !== main) };
}

/** What the system said while files were written, for people; anything else as it is. */
export function writeProblem(error: unknown, folder: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return new ContractError('disk-full');
  return /^E[A-Z]+$/.test(code) ? packRefused('cannot-write', folder, code) : error;
}

/** Throws `pack-refused` for a pack that is in use or ships with the app. */
export function removePack(library: string, name: string): void {
  const { folder, builtIn } = findPack(library, name);
  const { main, extra } = readChoice(library);
  if (builtIn) throw packRefused('built-in', name);
  if ([main, ...extra].includes(name)) throw packRefused('in-use', name);
  rmSync(folder, { recursive: true });
}

function choiceFile(library: string): string {
  return path.join(libraryPacks(library), 'in-use.json');
}

function foldersIn(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return (
    readdirSync(parent)
      // A dot: of an import that goes on, or was broken off.
      .filter(
        (name) => !name.startsWith('.') && existsSync(path.join(parent, name, 'manifest.json')),
      )
      .map((name) => path.join(parent, name))
  );
}
