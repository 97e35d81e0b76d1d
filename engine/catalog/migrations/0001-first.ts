/** The first catalog. Never edited once released: a change is the next numbered file. */
export const first = `
-- A watched root. Files are kept relative to it, so moving a root changes one row.
CREATE TABLE folders (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  online INTEGER NOT NULL DEFAULT 1,
  -- device:inode of the root, to know it again under another name
  identity TEXT NOT NULL,
  -- 1: only files that were picked by name are taken in, none below
  picked INTEGER NOT NULL DEFAULT 0,
  -- 1: the person removed it; its rows go piece by piece
  removed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- A photo is its picture. Integers name it in every other table.
CREATE TABLE photos (
  -- never used twice: the search thread and the window know photos by it
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  picture BLOB NOT NULL UNIQUE,
  format TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  damaged INTEGER NOT NULL,
  -- local wall time in ms as if it were UTC; offset in minutes where known
  taken_at INTEGER NOT NULL,
  taken_offset INTEGER,
  taken_source TEXT NOT NULL CHECK (taken_source IN ('exif', 'name', 'mtime')),
  -- what the camera wrote; null where it did not
  camera TEXT,
  lens TEXT,
  focal_length_mm REAL,
  aperture REAL,
  exposure_seconds REAL,
  iso REAL,
  latitude REAL,
  longitude REAL,
  -- derived from files: the roots it lies in now (u32 each); empty: it lies nowhere
  places BLOB NOT NULL DEFAULT x'',
  -- derived from scores, decisions, thresholds and vocabulary: n tag ids (u32), n scores (u16), n sources (u8)
  tags BLOB NOT NULL DEFAULT x'',
  -- grows with every change of a photo; the search thread asks for what is newer than it knows
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX photos_taken ON photos (taken_at DESC, id) WHERE places <> x'';
CREATE INDEX photos_revision ON photos (revision);
CREATE TABLE forgotten (
  photo INTEGER PRIMARY KEY,
  revision INTEGER NOT NULL
) STRICT;

-- A file is a place where a photo lies. This table is also the queue of work.
CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  folder INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  -- relative to the root, '/' between parts, bytes as they are on disk; '' is the root
  directory BLOB NOT NULL,
  name BLOB NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'reading', 'indexed', 'failed', 'skipped', 'missing')),
  -- new files (1) come before the backfill of a folder (0)
  live INTEGER NOT NULL DEFAULT 0,
  -- 1: was in flight when the engine died or hung; is read alone
  alone INTEGER NOT NULL DEFAULT 0,
  -- deaths and time-outs while it was read alone
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  reason_detail TEXT,
  hash BLOB,
  photo INTEGER REFERENCES photos (id),
  -- ms since 1970 when the state last became indexed, failed or skipped by reading
  settled_at INTEGER,
  -- names of files in the same directory that are a part of this one, '/' between them
  companions TEXT NOT NULL DEFAULT '',
  UNIQUE (folder, directory, name)
) STRICT;
CREATE INDEX files_queue ON files (alone, live DESC, mtime_ns DESC) WHERE state = 'pending';
CREATE INDEX files_refused ON files (id) WHERE state IN ('failed', 'skipped');
CREATE INDEX files_reading ON files (id) WHERE state = 'reading';
CREATE INDEX files_identity ON files (device, inode);
CREATE INDEX files_photo ON files (photo) WHERE photo IS NOT NULL;

-- How many files each root has in each state, kept by the triggers: counting a million rows four times a
-- second would cost more than tagging.
CREATE TABLE tallies (
  folder INTEGER NOT NULL,
  state TEXT NOT NULL,
  files INTEGER NOT NULL,
  PRIMARY KEY (folder, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER files_added AFTER INSERT ON files BEGIN
  INSERT INTO tallies VALUES (NEW.folder, NEW.state, 1) ON CONFLICT DO UPDATE SET files = files + 1;
END;
CREATE TRIGGER files_removed AFTER DELETE ON files BEGIN
  UPDATE tallies SET files = files - 1 WHERE folder = OLD.folder AND state = OLD.state;
END;
CREATE TRIGGER files_moved AFTER UPDATE OF folder, state ON files
WHEN OLD.folder <> NEW.folder OR OLD.state <> NEW.state BEGIN
  UPDATE tallies SET files = files - 1 WHERE folder = OLD.folder AND state = OLD.state;
  INSERT INTO tallies VALUES (NEW.folder, NEW.state, 1) ON CONFLICT DO UPDATE SET files = files + 1;
END;

CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE packs (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  -- the score from which on its tags are believed, for when it is not in use any more
  threshold REAL NOT NULL,
  UNIQUE (name, version)
) STRICT;

-- What a model said. n tag ids (u32) then n scores (u16, 65535 = 1), little endian.
CREATE TABLE scores (
  photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  pack INTEGER NOT NULL REFERENCES packs (id),
  scores BLOB NOT NULL,
  PRIMARY KEY (photo, pack)
) STRICT, WITHOUT ROWID;

-- Faces of people, best first, in shares of the picture's width and height.
CREATE TABLE faces (
  photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  "left" REAL NOT NULL,
  top REAL NOT NULL,
  width REAL NOT NULL,
  height REAL NOT NULL,
  score REAL NOT NULL,
  PRIMARY KEY (photo, number)
) STRICT, WITHOUT ROWID;

-- What a person said. Never touched by a model.
CREATE TABLE decisions (
  photo INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  tag INTEGER NOT NULL REFERENCES tags (id),
  verdict TEXT NOT NULL CHECK (verdict IN ('added', 'confirmed', 'rejected')),
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (photo, tag)
) STRICT, WITHOUT ROWID;

-- One row a setting that the catalog itself must remember.
CREATE TABLE memory (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
