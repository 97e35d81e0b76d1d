/** The summed scores of every photo of a folder, as a fresh library stores them, before the pack's thresholds. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCatalogReader } from '../../engine/catalog/database.ts';
import { unpackScores } from '../../engine/catalog/score-blob.ts';
import { describePack, type Pack } from '../../engine/infer/pack.ts';
import { stretched } from '../../engine/infer/tags.ts';

export const packFolder = fileURLToPath(
  new URL('../../models/efficientnet-lite2/', import.meta.url),
);
const cli = fileURLToPath(new URL('../../engine/cli.ts', import.meta.url));

/** By path relative to `folder`. */
export type FolderScores = Map<string, Map<string, number>>;

/** Tags the folder into a library of its own. Throws when the command fails. */
export function scoresOf(folder: string): FolderScores {
  const library = mkdtempSync(path.join(os.tmpdir(), 'wanwu-quality-'));
  try {
    const words = [cli, 'tag', folder, '--library', library];
    const { status } = spawnSync(process.execPath, words, { stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error(`tagging ${folder} ended with ${String(status)}`);
    return readScores(library, describePack(packFolder));
  } finally {
    rmSync(library, { recursive: true });
  }
}

function readScores(library: string, pack: Pack): FolderScores {
  const db = openCatalogReader(library);
  try {
    const names = new Map(
      db
        .prepare<[], { id: number; name: string }>('SELECT id, name FROM tags')
        .all()
        .map(({ id, name }) => [id, name]),
    );
    const rows = db
      .prepare<[string], { directory: Buffer; name: Buffer; scores: Buffer }>(
        `SELECT directory, files.name, scores FROM files JOIN scores USING (photo)
         JOIN packs ON packs.id = pack WHERE packs.name = ?`,
      )
      .all(pack.manifest.name);
    return new Map(
      rows.map(({ directory, name, scores }) => [
        path.join(directory.toString(), name.toString()),
        raw(
          unpackScores(scores, (id) => names.get(id) ?? ''),
          pack,
        ),
      ]),
    );
  } finally {
    db.close();
  }
}

/** Takes the pack's thresholds out again: the stretch is undone by swapping its two thresholds. */
function raw(scores: ReadonlyMap<string, number>, pack: Pack): Map<string, number> {
  const common = pack.manifest.thresholds.default;
  return new Map(
    [...scores].map(([tag, score]) => [
      tag,
      stretched(score, common, pack.tagThresholds[tag] ?? common),
    ]),
  );
}
