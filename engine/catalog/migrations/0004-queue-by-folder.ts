/** Files that wait on an unplugged disk lay in front of those that could be read, and were passed over at every claim. */
export const queueByFolder = `
DROP INDEX files_queue;
CREATE INDEX files_queue ON files (alone, folder, live DESC, mtime_ns DESC) WHERE state = 'pending';
`;
