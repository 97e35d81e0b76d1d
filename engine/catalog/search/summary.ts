/** What became of the files in some folders: the numbers `wanwu tag` ends with. */
import type { Result } from '../../../common/contract.ts';
import type { Database } from '../database.ts';
import type { Folders } from '../folders.ts';

export function openSummary(db: Database, folders: Folders) {
  const summary = db.prepare<
    { folder: number; part: Buffer; below: Buffer; beyond: Buffer; since: number },
    { state: string; now: number; n: number }
  >(
    `SELECT state, coalesce(settled_at >= @since, 0) AS now, count(*) AS n FROM files
     WHERE folder = @folder
       AND (@part = x'' OR directory = @part OR (directory >= @below AND directory < @beyond))
     GROUP BY 1, 2`,
  );

  return (paths: readonly string[], since: number): Result<'folders.summary'> => {
    const result = { tagged: 0, unchanged: 0, failed: 0, skipped: 0 };
    for (const { folder, directory } of distinctParts(
      paths.flatMap((one) => folders.covering(one) ?? []),
    )) {
      const part = Buffer.from(directory);
      const below = Buffer.from(`${directory}/`);
      const beyond = Buffer.from(`${directory}0`);
      for (const { state, now, n } of summary.all({
        folder: folder.id,
        part,
        below,
        beyond,
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
