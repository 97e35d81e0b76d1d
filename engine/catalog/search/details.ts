/** One photo or file at a time: its places, facts, tags and what was decided on it. */
import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import {
  ContractError,
  type CameraFacts,
  type Face,
  type FileState,
  type PhotoDetail,
  type PhotoRow,
  type PhotoTag,
  type ReasonCode,
  type Result,
  type TakenSource,
  type Verdict,
} from '../../../common/contract.ts';
import { mostTelling, shownTags } from '../../vocabulary/effective.ts';
import type { Vocabulary } from '../../vocabulary/vocabulary.ts';
import type { Database } from '../database.ts';
import { joinBytes, openFolders, relativeTo } from '../folders.ts';
import { unpackScores } from '../score-blob.ts';
import { unpackTags } from '../tag-blob.ts';

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
  photo: number | null;
  online: number;
  companions: string;
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
  tags: Buffer;
  camera: string | null;
  lens: string | null;
  focal_length_mm: number | null;
  aperture: number | null;
  exposure_seconds: number | null;
  iso: number | null;
  latitude: number | null;
  longitude: number | null;
}

export interface Details {
  /** Photos by id, in that order; unknown ones are left out. */
  rows(ids: readonly number[]): PhotoRow[];
  byId(photo: number): PhotoDetail;
  byPath(absolute: string, withScores: boolean): PhotoDetail;
  /** Throws `not-found` unless a regular file lies in an online root now, links resolved. */
  original(photo: number): Result<'photos.original'>;
  failed(): Result<'files.failed'>;
}

export function openDetails(db: Database, vocabulary: Vocabulary): Details {
  const folders = openFolders(db);
  const place = 'folders.path AS root, directory, files.name';
  const columns = `files.id, ${place}, state, reason, reason_detail, photo, online,
    companions`;
  const tagNames = db.prepare<[], { id: number; name: string }>('SELECT id, name FROM tags');
  const photoById = db.prepare<[number], PhotoData>('SELECT * FROM photos WHERE id = ?');
  const filesOf = db.prepare<[number], FileRow>(
    `SELECT ${columns} FROM files JOIN folders ON folders.id = folder
     WHERE photo = ? AND removed = 0
     ORDER BY state = 'missing', online DESC, state = 'indexed' DESC, files.id`,
  );
  const fileAt = db.prepare<[number, Buffer, Buffer], FileRow>(
    `SELECT ${columns} FROM files JOIN folders ON folders.id = folder
     WHERE folder = ? AND directory = ? AND files.name = ?`,
  );
  const decisionsOf = db.prepare<[number], { tag: string; verdict: Verdict }>(
    'SELECT name AS tag, verdict FROM decisions JOIN tags ON tags.id = tag WHERE photo = ? ORDER BY decided_at',
  );
  const scoresOf = db
    .prepare<[number], Buffer>('SELECT scores FROM scores WHERE photo = ? ORDER BY pack')
    .pluck();
  const facesOf = db.prepare<[number], Face>(
    'SELECT "left", top, width, height, score FROM faces WHERE photo = ? ORDER BY number',
  );
  const failed = db.prepare<[], FileRow>(
    `SELECT ${columns} FROM files JOIN folders ON folders.id = folder
     WHERE state IN ('failed', 'skipped') AND removed = 0 ORDER BY root, directory, files.name`,
  );

  const placesOf = (photo: number) => filesOf.all(photo).filter(({ state }) => state !== 'missing');
  const tagName = db.prepare<[number], string>('SELECT name FROM tags WHERE id = ?').pluck();
  const shown = ({ tags }: PhotoData): PhotoTag[] =>
    mostTelling(
      vocabulary,
      unpackTags(tags, (id) => tagName.get(id) ?? ''),
    ).slice(0, shownTags);

  function toRow(photo: PhotoData): PhotoRow {
    const [at] = placesOf(photo.id);
    return {
      id: photo.id,
      path: at ? toPath(at) : '',
      hash: photo.picture.toString('hex'),
      takenAt: takenText(photo),
      tags: shown(photo),
    };
  }

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

  function detail(file: FileRow): PhotoDetail {
    const photo = file.photo === null ? undefined : photoById.get(file.photo);
    return {
      path: toPath(file),
      copies: photo
        ? placesOf(photo.id)
            .filter(({ id }) => id !== file.id)
            .map(toPath)
        : [],
      companions: file.companions.split('/').filter((name) => name !== ''),
      status: stateOf(file),
      reason: reasonOf(file),
      photo: photo
        ? {
            id: photo.id,
            hash: photo.picture.toString('hex'),
            format: photo.format,
            width: photo.width,
            height: photo.height,
            damaged: photo.damaged === 1,
            takenAt: takenText(photo),
            takenSource: photo.taken_source,
            ...cameraOf(photo),
            faces: facesOf.all(photo.id),
          }
        : null,
      tags: photo ? shown(photo) : [],
      decisions: photo ? decisionsOf.all(photo.id) : [],
    };
  }

  function scoresWithLabels(photo: number): NonNullable<PhotoDetail['scores']> {
    const names = new Map(tagNames.all().map(({ id, name }) => [id, name]));
    const scores = new Map<string, number>();
    for (const blob of scoresOf.all(photo))
      for (const [name, score] of unpackScores(blob, (id) => names.get(id) ?? ''))
        scores.set(name, Math.max(score, scores.get(name) ?? 0));
    return [...scores]
      .map(([name, score]) => ({ name, score, labels: [...(vocabulary.get(name)?.labels ?? [])] }))
      .sort((a, b) => b.score - a.score);
  }

  return {
    rows: (ids) =>
      ids.flatMap((id) => {
        const photo = photoById.get(id);
        return photo ? [toRow(photo)] : [];
      }),
    byId: (photo) => {
      const [file] = filesOf.all(photo);
      if (!file) throw new ContractError('not-found', String(photo));
      return detail(file);
    },
    byPath: (absolute, withScores) => {
      const file = locate(absolute);
      const scores = withScores && file.photo !== null ? scoresWithLabels(file.photo) : [];
      return withScores ? { ...detail(file), scores } : detail(file);
    },
    original: (photo) => {
      for (const file of placesOf(photo)) {
        const real = file.online === 1 ? regularFileIn(file) : null;
        if (real !== null) return { path: real, format: photoById.get(photo)?.format ?? '' };
      }
      throw new ContractError('not-found', String(photo));
    },
    failed: () => ({
      photos: failed.all().map((file) => ({
        file: file.id,
        path: toPath(file),
        status: stateOf(file),
        reason: reasonOf(file) ?? { code: 'read-error', detail: '' },
      })),
    }),
  };
}

/** The file's real path while it is a regular file inside its root; null else. */
function regularFileIn(place: Place): string | null {
  try {
    const real = realpathSync.native(toPath(place));
    const isInside = relativeTo(realpathSync.native(place.root), real) !== null;
    return isInside && lstatSync(real).isFile() ? real : null;
  } catch {
    return null;
  }
}

function cameraOf(photo: PhotoData): CameraFacts {
  const { camera, lens, aperture, iso, latitude, longitude } = photo;
  return {
    camera,
    lens,
    focalLengthMm: photo.focal_length_mm,
    aperture,
    exposureSeconds: photo.exposure_seconds,
    iso,
    place: latitude === null || longitude === null ? null : { latitude, longitude },
  };
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
