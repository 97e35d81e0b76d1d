/** The catalog as the engine writes it: folders, files and photos, changed together or not at all. */
import type { PhotoTag, Reason, Verdict } from '../../common/contract.ts';
import type { Stamp } from '../stamp.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { schemaVersion } from './database.ts';
import { openSoundCatalog, type SoundCatalog } from './snapshots.ts';
import { openFiles, type Files, type SeenFile } from './files.ts';
import { openFolders, type FolderRow, type Folders } from './folders.ts';
import { openMemory, type Memory } from './memory.ts';
import {
  openPhotos,
  type ActivePack,
  type PackAnswer,
  type PhotoFacts,
  type Photos,
} from './photos.ts';

/** What became of a file in flight. */
export type Settlement = { file: number } & (
  | {
      kind: 'photo';
      facts: PhotoFacts;
      /** Of the file's bytes, hex. */
      stamp: Stamp;
      /** One an active pack, in their order; null where the picture had its scores already. */
      answers: readonly PackAnswer[] | null;
    }
  | { kind: 'refused'; state: 'failed' | 'skipped'; reason: Reason; stamp: Stamp | null }
  | { kind: 'missing' | 'again' | 'timed-out' }
);

/** A photo that no file shows any more, be it missing, goes with the last one, unless a person decided something on it. */
export interface Catalog {
  folders: Omit<Folders, 'add' | 'move' | 'setOnline'> & {
    add(absolute: string, identity: string): FolderRow;
    move(id: number, absolute: string, identity: string): void;
    /** After one went away `retagSome` begins anew: a photo that waits on it may lie elsewhere too. */
    setOnline(id: number, online: boolean): void;
  };
  files: Pick<Files, 'claim' | 'counts' | 'directories' | 'names' | 'retry' | 'retryUnread'>;
  memory: Memory;
  photos: Pick<Photos, 'setThreshold' | 'deriveSome' | 'deriving' | 'idOf'>;
  isScored(picture: string): boolean;
  /** True where photos that were known came, went or lie elsewhere now. */
  seen(folder: number, directory: Buffer, entries: SeenFile[], live: boolean): boolean;
  pick(folder: number, picked: readonly SeenFile[]): void;
  /** Looks for more photos that an active pack has not judged and takes them back into the queue; false: all are. */
  retagSome(): boolean;
  /** One transaction; throws SQLITE_FULL with nothing written when the disk is full. */
  settle(settlements: Settlement[]): void;
  /** Null: no such photo. */
  decide(photo: number, tag: string, verdict: Verdict | null): PhotoTag[] | null;
  /**
   * Takes the next piece out of a root that is to be forgotten, files first; false when nothing is left of it.
   */
  forgetSome(folder: number): boolean;
  schema(): number;
  /** Files that the engine before it left in flight. */
  readonly recovered: number;
  readonly restored: SoundCatalog['restored'];
  close(): void;
}

export interface CatalogOptions {
  library: string;
  vocabulary: Vocabulary;
  /** The main one first. */
  packs: readonly ActivePack[];
}

/** The caller holds the library's lock. */
export function openWholeCatalog(options: CatalogOptions): Catalog {
  const { db, restored } = openSoundCatalog(options.library);
  const folders = openFolders(db);
  const files = openFiles(db);
  const memory = openMemory(db);
  const photos = openPhotos(db, options.vocabulary, options.packs);
  let retagged = 0;

  function settleOne(one: Settlement): (number | null)[] {
    const { file } = one;
    if (!files.isReading(file)) return [];
    switch (one.kind) {
      case 'photo': {
        // Forgotten since it was found to be known: without its scores it would stay without tags.
        if (one.answers === null && !photos.isScored(one.facts.picture)) {
          files.requeue(file);
          return [];
        }
        const photo = photos.save(one.facts, one.answers);
        const { stamp } = one;
        const before = files.settle(file, { state: 'indexed', photo, stamp, now: Date.now() });
        return [before, photo];
      }
      case 'refused': {
        const { state, reason, stamp } = one;
        return [files.settle(file, { state, reason, stamp, now: Date.now() })];
      }
      case 'missing':
        return [files.missing(file)];
      case 'again':
        files.requeue(file);
        return [];
      case 'timed-out':
        return [files.retryAlone(file)];
    }
  }
  const refresh = (touched: Iterable<number | null>) => {
    for (const photo of new Set(touched))
      if (photo !== null && !photos.forget(photo)) photos.refresh(photo);
  };
  const recovered = db.transaction(() => {
    const { count, shown } = files.recover();
    refresh(shown);
    return count;
  })();

  return {
    folders: {
      ...folders,
      add: db.transaction((absolute: string, identity: string) => {
        const { folder, adopted } = folders.add(absolute, identity);
        for (const one of adopted) photos.movePlaces(one, folder.id);
        return folder;
      }),
      move: db.transaction((id: number, absolute: string, identity: string) => {
        for (const one of folders.move(id, absolute, identity)) photos.movePlaces(one, id);
      }),
      setOnline: (id, online) => {
        folders.setOnline(id, online);
        if (!online) retagged = 0;
      },
    },
    files,
    memory,
    photos,
    isScored: (picture) => photos.isScored(picture),
    seen: db.transaction(
      (folder: number, directory: Buffer, entries: SeenFile[], live: boolean) => {
        const moved = files.seen(folder, directory, entries, live);
        refresh(moved);
        return moved.length > 0;
      },
    ),
    pick: db.transaction((folder: number, picked: readonly SeenFile[]) => {
      refresh(files.pick(folder, picked));
    }),
    retagSome: () => {
      const last = files.requeueUnscored(photos.packs, retagged);
      retagged = last ?? 0;
      return last !== null;
    },
    settle: db.transaction((settlements: Settlement[]) => {
      refresh(settlements.flatMap(settleOne));
    }),
    decide: (photo, tag, verdict) =>
      photos.decide(photo, tag, verdict, Date.now()) ? photos.tagsOf(photo) : null,
    forgetSome: db.transaction((folder: number) => {
      const touched = files.forget(folder);
      if (touched === null) {
        folders.remove(folder);
        return false;
      }
      refresh(touched);
      return true;
    }),
    schema: () => schemaVersion(db),
    recovered,
    restored,
    close: () => {
      db.close();
    },
  };
}
