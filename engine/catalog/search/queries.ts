/** Every question that only reads the catalog. Runs on a read-only connection. */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import {
  ContractError,
  type FileState,
  type Handlers,
  type PhotoDetail,
  type PhotoRow,
  type PhotoTag,
  type ReasonCode,
  type SearchResult,
  type TakenSource,
  type Verdict,
} from '../../../common/contract.ts';
import { mostTelling, shownTags } from '../../vocabulary/effective.ts';
import { buildKeys, type Keys } from '../../vocabulary/keys.ts';
import type { Vocabulary } from '../../vocabulary/vocabulary.ts';
import type { Database } from '../database.ts';
import { joinBytes, openFolders } from '../folders.ts';
import { unpackScores } from '../score-blob.ts';

export type Queries = Pick<
  Handlers,
  'photos.search' | 'photos.show' | 'tags.list' | 'files.failed' | 'folders.summary'
>;

interface Place {
  root: string;
  directory: Buffer;
  name: Buffer;
}
interface FileRow extends Place {
  id: number;
  state: FileState;
  reason: ReasonCode | null;
  reason_detail: string | null;
  hash: Buffer | null;
  photo: number | null;
  online: number;
}
interface PhotoData {
  id: number;
  picture: Buffer;
  format: string;
  width: number;
  height: number;
  damaged: number;
  taken_at: number;
  taken_offset: number | null;
  taken_source: TakenSource;
}

const suggestions = 5;

export function openQueries(db: Database, vocabulary: Vocabulary): Queries {
  const folders = openFolders(db);
  const place = 'folders.path AS root, directory, files.name';
  const tagByName = db.prepare<[string], number>('SELECT id FROM tags WHERE name = ?').pluck();
  const tagNames = db.prepare<[], { id: number; name: string }>('SELECT id, name FROM tags');
  const tagsOf = db.prepare<[number], PhotoTag>(
    'SELECT name, score, source FROM photo_tags JOIN tags ON tags.id = tag WHERE photo = ?',
  );
  const photoById = db.prepare<[number], PhotoData>('SELECT * FROM photos WHERE id = ?');
  const placesOf = db.prepare<[number], Place>(
    `SELECT ${place} FROM files JOIN folders ON folders.id = folder
     WHERE photo = ? AND state <> 'missing' ORDER BY online DESC, state = 'indexed' DESC, files.id`,
  );
  const fileAt = db.prepare<[number, Buffer, Buffer], FileRow>(
    `SELECT files.id, ${place}, state, reason, reason_detail, hash, photo, online
     FROM files JOIN folders ON folders.id = folder
     WHERE folder = ? AND directory = ? AND files.name = ?`,
  );
  const decisionsOf = db.prepare<[number], { tag: string; verdict: Verdict }>(
    'SELECT name AS tag, verdict FROM decisions JOIN tags ON tags.id = tag WHERE photo = ? ORDER BY decided_at',
  );
  const scoresOf = db
    .prepare<[number], Buffer>(
      'SELECT scores FROM scores WHERE photo = ? ORDER BY pack DESC LIMIT 1',
    )
    .pluck();
  const tagCounts = db.prepare<[], { name: string; count: number }>(
    `SELECT name, count(*) AS count FROM photo_tags JOIN tags ON tags.id = tag
     GROUP BY tag ORDER BY count DESC, name`,
  );
  const failed = db.prepare<[], FileRow>(
    `SELECT files.id, ${place}, state, reason, reason_detail, hash, photo, online
     FROM files JOIN folders ON folders.id = folder
     WHERE state IN ('failed', 'skipped') ORDER BY root, directory, files.name`,
  );
  const summary = db.prepare<
    { folder: number; part: Buffer; below: Buffer; beyond: Buffer; since: number },
    { state: string; now: number; n: number }
  >(
    `SELECT state, coalesce(settled_at >= @since, 0) AS now, count(*) AS n FROM files
     WHERE folder = @folder
       AND (@part = x'' OR directory = @part OR (directory >= @below AND directory < @beyond))
     GROUP BY 1, 2`,
  );
  let keys: { keys: Keys; names: number } | null = null;

  /** Built when first needed, and again when a person has given new names. */
  function currentKeys(): Keys {
    const names = tagNames.all().map(({ name }) => name);
    if (keys?.names !== names.length)
      keys = { keys: buildKeys(vocabulary, names), names: names.length };
    return keys.keys;
  }

  function understand(query: string): SearchResult['words'] {
    const words = query.split(/\s+/u).filter((word) => word !== '');
    if (words.length === 0) return [];
    // A tag whose name has a space in it (English) is looked for before its parts.
    const whole = currentKeys().meaning(query);
    const read = words.length > 1 && whole.tags.length > 0 ? [query.trim()] : words;
    return read.map((word) => {
      const meaning = currentKeys().meaning(word);
      return {
        word,
        ...meaning,
        suggestions: meaning.tags.length > 0 ? [] : currentKeys().suggest(word, suggestions),
      };
    });
  }

  function selection(words: SearchResult['words']): { where: string; params: string[] } {
    const ids = words.map(({ tags }) =>
      JSON.stringify(tags.flatMap((name) => tagByName.get(name) ?? [])),
    );
    const having =
      'id IN (SELECT photo FROM photo_tags WHERE tag IN (SELECT value FROM json_each(?)))';
    const present =
      "EXISTS (SELECT 1 FROM files WHERE photo = photos.id AND state IN ('indexed', 'pending', 'reading'))";
    return { where: ids.length === 0 ? present : ids.map(() => having).join(' AND '), params: ids };
  }

  function search(query: string, limit: number, offset: number): SearchResult {
    const words = understand(query);
    const { where, params } = selection(words);
    const total = db
      .prepare<string[], number>(`SELECT count(*) FROM photos WHERE ${where}`)
      .pluck()
      .get(...params);
    const rows = db
      .prepare<(string | number)[], PhotoData>(
        `SELECT * FROM photos WHERE ${where} ORDER BY taken_at DESC, id LIMIT ? OFFSET ?`,
      )
      .all(...params, limit, offset);
    return { total: total ?? 0, photos: rows.map(toRow), words };
  }

  function toRow(photo: PhotoData): PhotoRow {
    const [at] = placesOf.all(photo.id);
    return {
      id: photo.id,
      path: at ? toPath(at) : '',
      hash: photo.picture.toString('hex'),
      takenAt: takenText(photo),
      tags: shown(photo.id),
    };
  }

  const shown = (photo: number) => mostTelling(vocabulary, tagsOf.all(photo)).slice(0, shownTags);

  function locate(absolute: string): FileRow {
    for (const candidate of new Set([absolute, resolved(absolute)])) {
      const covered = folders.covering(path.dirname(candidate));
      if (!covered) continue;
      const directory = Buffer.from(covered.directory);
      const row = fileAt.get(covered.folder.id, directory, Buffer.from(path.basename(candidate)));
      if (row && row.state !== 'missing') return row;
    }
    throw new ContractError('not-found', absolute);
  }

  function show(absolute: string, withScores: boolean): PhotoDetail {
    const file = locate(absolute);
    const photo = file.photo === null ? undefined : photoById.get(file.photo);
    const here = toPath(file);
    const detail: PhotoDetail = {
      path: here,
      copies: photo
        ? placesOf
            .all(photo.id)
            .map(toPath)
            .filter((other) => other !== here)
        : [],
      status: stateOf(file),
      reason: reasonOf(file),
      photo: photo
        ? {
            id: photo.id,
            hash: file.hash?.toString('hex') ?? '',
            picture: photo.picture.toString('hex'),
            format: photo.format,
            width: photo.width,
            height: photo.height,
            damaged: photo.damaged === 1,
            takenAt: takenText(photo),
            takenSource: photo.taken_source,
          }
        : null,
      tags: photo ? shown(photo.id) : [],
      decisions: photo ? decisionsOf.all(photo.id) : [],
    };
    return withScores ? { ...detail, scores: photo ? scoresWithLabels(photo.id) : [] } : detail;
  }

  function scoresWithLabels(photo: number): NonNullable<PhotoDetail['scores']> {
    const names = new Map(tagNames.all().map(({ id, name }) => [id, name]));
    return [...unpackScores(scoresOf.get(photo), (id) => names.get(id) ?? '')]
      .map(([name, score]) => ({ name, score, labels: [...(vocabulary.get(name)?.labels ?? [])] }))
      .sort((a, b) => b.score - a.score);
  }

  return {
    'photos.search': ({ query, limit, offset }) => search(query, limit, offset),
    'photos.show': ({ path: absolute, scores }) => show(absolute, scores),
    'tags.list': () => ({ tags: tagCounts.all() }),
    'files.failed': () => ({
      photos: failed.all().map((file) => ({
        file: file.id,
        path: toPath(file),
        status: stateOf(file),
        reason: reasonOf(file) ?? { code: 'read-error', detail: '' },
      })),
    }),
    'folders.summary': ({ paths, since }) => {
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
    },
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

function toPath({ root, directory, name }: Place): string {
  return path.normalize(joinBytes(root, directory, name).toString());
}

function stateOf({ state, online }: FileRow): FileState {
  return online === 1 ? state : 'offline';
}

function reasonOf({ reason, reason_detail: detail }: FileRow): PhotoDetail['reason'] {
  return reason === null ? null : { code: reason, detail: detail ?? '' };
}

/** Local wall time, ISO 8601; with the offset where it is known. */
function takenText({ taken_at: wallMs, taken_offset: offset }: PhotoData): string {
  const wall = new Date(wallMs).toISOString().slice(0, 19);
  if (offset === null) return wall;
  const minutes = Math.abs(offset);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The path with links resolved in its folder; as it is where the folder is gone. */
function resolved(absolute: string): string {
  try {
    return path.join(realpathSync.native(path.dirname(absolute)), path.basename(absolute));
  } catch {
    return absolute;
  }
}
