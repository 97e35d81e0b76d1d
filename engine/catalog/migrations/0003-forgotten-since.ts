/** The search thread asks after every change what was forgotten since: without an index that reads all that ever was. */
export const forgottenSince = `
CREATE INDEX forgotten_revision ON forgotten (revision);
`;
