/** A file's own hash was kept and never asked for; the order by time was once over photos that lie nowhere too. */
export const oneHash = `
ALTER TABLE files DROP COLUMN hash;
DROP INDEX photos_taken;
CREATE INDEX photos_taken ON photos (taken_at DESC, id) WHERE places <> x'';
`;
