/**
 * A live photo as phones and net disks hand it out: a ZIP (LIVP) of the picture and its film. Owns taking the
 * picture out, in memory; the names in the archive only tell which one it is.
 */
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import type { Reason } from '../../common/contract.ts';

const stillName = /^[^./][^/]*\.(hei[cf]|jpe?g)$/i;
const mostEntries = 16;
/** Pictures hardly deflate: what grows more is a bomb, and no memory was admitted for it. */
const mostGrowth = 2;

/** Of an archive with its picture beside it; admitted at once, as a thread that holds some must not wait for more. */
export const openedBytes = (archiveBytes: number) => archiveBytes * (1 + mostGrowth);

export async function stillIn(archive: Buffer): Promise<Buffer | Reason> {
  try {
    const zip = await fromBufferPromise(archive);
    for await (const entry of zip.eachEntry()) {
      if (zip.entriesRead > mostEntries) break;
      if (!stillName.test(entry.fileName)) continue;
      if (entry.uncompressedSize > archive.length * mostGrowth)
        return { code: 'damaged', detail: `${String(entry.uncompressedSize)} bytes inside` };
      return await buffer(await zip.openReadStreamPromise(entry));
    }
    return { code: 'no-still', detail: '' };
  } catch (error) {
    return { code: 'damaged', detail: error instanceof Error ? error.message : '' };
  }
}
