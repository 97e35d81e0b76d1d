/** What another threshold would show, counted from the stored scores without deriving anything. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Result, Verdict } from '../../../common/contract.ts';
import { effectiveTags } from '../../vocabulary/effective.ts';
import type { Vocabulary } from '../../vocabulary/vocabulary.ts';
import type { Database } from '../database.ts';
import { openMemory } from '../memory.ts';
import { passing, unpackScores } from '../score-blob.ts';

/** Reads every photo in pieces: other questions are answered between them. */
export type Preview = (threshold: number) => Promise<Result<'settings.preview'>>;

const piece = 4_096;

/** `threshold` is the main pack's; the others keep theirs. */
export function openPreview(db: Database, vocabulary: Vocabulary): Preview {
  const memory = openMemory(db);
  const shown = db.prepare<[], number>('SELECT sum(length(tags) / 7) FROM photos').pluck();
  const decisions = db.prepare<[], { photo: number; name: string; verdict: Verdict }>(
    'SELECT photo, name, verdict FROM decisions JOIN tags ON tags.id = tag',
  );
  const tagRows = db.prepare<[], { id: number; name: string }>('SELECT id, name FROM tags');
  const scores = db
    .prepare<[number, number], [photo: number, pack: number, scores: Buffer]>(
      `SELECT photo, pack, scores FROM scores JOIN photos ON photos.id = photo
       WHERE photo > ? AND photo <= ? AND places <> x'' ORDER BY photo`,
    )
    .raw();

  const highest = db.prepare<[], number>('SELECT max(id) FROM photos').pluck();

  return async (threshold) => {
    const decided = new Map<number, Map<string, Verdict>>();
    for (const { photo, name, verdict } of decisions.all()) {
      const of = decided.get(photo) ?? new Map<string, Verdict>();
      decided.set(photo, of.set(name, verdict));
    }
    const rows = tagRows.all();
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    const ids = new Map(rows.map(({ id, name }) => [name, id]));
    const above = new Map(
      rows.map(({ id, name }) => [
        id,
        [...vocabulary.ancestors(name)].flatMap((one) => ids.get(one) ?? []),
      ]),
    );
    const opinions = JSON.parse(memory.get('opinions') ?? '[]') as {
      pack: number;
      threshold: number;
    }[];
    const thresholds = new Map(
      opinions.map((opinion, at) => [opinion.pack, at === 0 ? threshold : opinion.threshold]),
    );

    let shownThen = 0;
    let taggedThen = 0;
    let current = 0;
    let said: { blob: Buffer; threshold: number }[] = [];
    const count = () => {
      const verdicts = decided.get(current);
      const size = verdicts
        ? effectiveTags(
            vocabulary,
            said.map((one) => ({
              scores: unpackScores(one.blob, (id) => names.get(id) ?? ''),
              threshold: one.threshold,
            })),
            verdicts,
          ).size
        : union(said, above);
      shownThen += size;
      if (size > 0) taggedThen += 1;
    };
    const last = highest.get() ?? 0;
    for (let from = 0; from < last; from += piece) {
      for (const [photo, pack, blob] of scores.iterate(from, from + piece)) {
        if (photo !== current) {
          if (said.length > 0) count();
          current = photo;
          said = [];
        }
        const believed = thresholds.get(pack);
        if (believed !== undefined) said.push({ blob, threshold: believed });
      }
      await nextTurn();
    }
    if (said.length > 0) count();
    return { shownNow: shown.get() ?? 0, shownThen, taggedThen };
  };
}

/** How many tags pass in any pack, with everything above them. */
function union(
  said: readonly { blob: Buffer; threshold: number }[],
  above: ReadonlyMap<number, readonly number[]>,
): number {
  const tags = new Set<number>();
  for (const { blob, threshold } of said)
    for (const id of passing(blob, threshold)) {
      tags.add(id);
      for (const one of above.get(id) ?? []) tags.add(one);
    }
  return tags.size;
}
