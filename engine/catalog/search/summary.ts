/** What became of the files in some folders: the numbers `wanwu tag` ends with. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../../../common/contract.ts';
import type { Database } from '../database.ts';
import type { Covered, Folders } from '../folders.ts';

export function openSummary(db: Database, folders: Folders) {
  const summary = db.prepare<
    Record<'part' | 'below' | 'beyond' | 'parent' | 'name', Buffer> &
      Record<'folder' | 'since', number>,
    { state: string; now: number; n: number }
  >(
    `SELECT state, coalesce(settled_at >= @since, 0) AS now, count(*) AS n FROM files
     WHERE folder = @folder
       AND (@part = x'' OR directory = @part OR (directory >= @below AND directory < @beyond)
            OR (directory = @parent AND name = @name))
     GROUP BY 1, 2`,
  );

  /** A root or a part of one; the part may be a single file. */
  function partOf(given: string): Covered | null {
    for (const one of new Set([given, resolved(given)])) {
      const covered = folders.covering(one);
      if (covered) return covered;
      const parent = folders.covering(path.dirname(one));
      if (parent) return { ...parent, directory: path.basename(one) };
    }
    return null;
  }

  return (paths: readonly string[], since: number): Result<'folders.summary'> => {
    const result = { tagged: 0, unchanged: 0, failed: 0, skipped: 0 };
    for (const { folder, directory } of distinctParts(paths.flatMap((one) => partOf(one) ?? []))) {
      const part = Buffer.from(directory);
      const below = Buffer.from(`${directory}/`);
      const beyond = Buffer.from(`${directory}0`);
      for (const { state, now, n } of summary.all({
        folder: folder.id,
        part,
        below,
        beyond,
        parent: Buffer.from(parentOf(directory)),
        name: Buffer.from(path.posix.basename(directory)),
        since,
      })) {
        if (state === 'indexed') result[now === 1 ? 'tagged' : 'unchanged'] += n;
        else if (state === 'failed' || state === 'skipped') result[state] += n;
      }
    }
    return result;
  };
}

/** Leaves out what lies inside another part, so that no file counts twice. */
function distinctParts<T extends { folder: { id: number }; directory: string }>(parts: T[]): T[] {
  return parts.filter(
    (one, at) =>
      !parts.some(
        (other, otherAt) =>
          one.folder.id === other.folder.id &&
          (one.directory === other.directory
            ? otherAt < at
            : other.directory === '' || one.directory.startsWith(`${other.directory}/`)),
      ),
  );
}

function parentOf(directory: string): string {
  const parent = path.posix.dirname(directory);
  return parent === '.' ? '' : parent;
}

function resolved(given: string): string {
  try {
    return realpathSync.native(given);
  } catch {
    return given;
  }
}
