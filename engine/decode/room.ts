/** The memory that files are read into, one after the other. */

const mostKeptBytes = 16_000_000;

/**
 * Of just the size that is asked for, good until the next is. With memory of its own for each file, megabytes that V8
 * counts but does not hold, it would collect garbage all the time.
 */
export function createRoom(): (bytes: number) => Buffer {
  let room = Buffer.alloc(0);
  return (bytes) => {
    if (bytes > mostKeptBytes) return Buffer.allocUnsafeSlow(bytes);
    if (room.length < bytes) room = Buffer.allocUnsafeSlow(bytes);
    return room.subarray(0, bytes);
  };
}
