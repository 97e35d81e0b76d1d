/** What a fresh library stores of every photo of a folder: summed scores, before the pack's thresholds, and other packs' tags. */
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

export interface Stored {
  scores: Map<string, number>;
  /** What the packs beside it say. */
  beside: Set<string>;
}

/** By path relative to `folder`. */
export type FolderScores = Map<string, Stored>;

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
      .prepare<
        [],
        { directory: Buffer; name: Buffer; pack: string; threshold: number; scores: Buffer }
      >(
        `SELECT directory, files.name, packs.name AS pack, threshold, scores
         FROM files JOIN scores USING (photo) JOIN packs ON packs.id = pack`,
      )
      .all();
    const stored: FolderScores = new Map();
    for (const row of rows) {
      const file = path.join(row.directory.toString(), row.name.toString());
      const photo = stored.get(file) ?? { scores: new Map<string, number>(), beside: new Set() };
      stored.set(file, photo);
      const scores = unpackScores(row.scores, (id) => names.get(id) ?? '');
      if (row.pack === pack.manifest.name) photo.scores = raw(scores, pack);
      else for (const [tag, score] of scores) if (score >= row.threshold) photo.beside.add(tag);
    }
    return stored;
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
