/** The stored form of a photo's scores: n tag ids (u32), then n scores (u16, 65535 = 1), little endian. */

const scale = 65_535;

export function packScores(
  scores: ReadonlyMap<string, number>,
  tagId: (name: string) => number,
): Buffer {
  const blob = Buffer.alloc(scores.size * 6);
  let at = 0;
  for (const [name, score] of scores) {
    blob.writeUInt32LE(tagId(name), at * 4);
    blob.writeUInt16LE(Math.round(score * scale), scores.size * 4 + at * 2);
    at += 1;
  }
  return blob;
}

export function unpackScores(
  blob: Buffer | undefined,
  tagName: (id: number) => string,
): Map<string, number> {
  const scores = new Map<string, number>();
  if (!blob) return scores;
  const count = blob.length / 6;
  for (let at = 0; at < count; at += 1)
    scores.set(tagName(blob.readUInt32LE(at * 4)), blob.readUInt16LE(count * 4 + at * 2) / scale);
  return scores;
}

/** Ids of the tags whose scores reach `threshold`, as `unpackScores` would tell them. */
export function passing(blob: Buffer, threshold: number): number[] {
  const count = blob.length / 6;
  const ids: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const low = count * 4 + at * 2;
    if (((blob[low] ?? 0) + (blob[low + 1] ?? 0) * 256) / scale >= threshold)
      ids.push(blob.readUInt32LE(at * 4));
  }
  return ids;
}
