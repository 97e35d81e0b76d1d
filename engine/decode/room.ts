/** Large memory outside of V8's heap: used again or freed at once, because garbage may lie for minutes. */

const mostKeptBytes = 16_000_000;

/**
 * What files are read into, one after the other: just what is asked for, good until the next is. With memory of its own
 * for each file V8 would collect garbage all the time.
 */
export function createRoom(): (bytes: number) => Buffer {
  let room = Buffer.alloc(0);
  return (bytes) => {
    if (bytes > mostKeptBytes) return Buffer.allocUnsafeSlow(bytes);
    if (room.length < bytes) room = Buffer.allocUnsafeSlow(bytes);
    return room.subarray(0, bytes);
  };
}

/** Frees the memory of a buffer that nobody uses any more, where it has one of its own; it is empty from now on. */
export function drop({ buffer, length }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}
