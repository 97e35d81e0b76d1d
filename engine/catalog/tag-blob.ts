/**
 * The stored form of a photo's tags: n tag ids (u32), n scores (u16, 65535 = 1), n sources (u8, 1 = a
 * person); and of the roots it lies in: ids (u32). All little endian.
 */
import type { PhotoTag } from '../../common/contract.ts';

const scale = 65_535;

export function packTags(tags: readonly PhotoTag[], tagId: (name: string) => number): Buffer {
  const count = tags.length;
  const blob = Buffer.alloc(count * 7);
  tags.forEach(({ name, score, source }, at) => {
    blob.writeUInt32LE(tagId(name), at * 4);
    blob.writeUInt16LE(Math.round(score * scale), count * 4 + at * 2);
    blob.writeUInt8(source === 'person' ? 1 : 0, count * 6 + at);
  });
  return blob;
}

export function unpackTags(blob: Buffer, tagName: (id: number) => string): PhotoTag[] {
  const count = blob.length / 7;
  return tagIds(blob).map((id, at) => ({
    name: tagName(id),
    score: blob.readUInt16LE(count * 4 + at * 2) / scale,
    source: blob.readUInt8(count * 6 + at) === 1 ? 'person' : 'model',
  }));
}

/** The ids of a blob of tags. */
export const tagIds = (blob: Buffer): number[] => readIds(blob, blob.length / 7);

export function packIds(ids: readonly number[]): Buffer {
  const blob = Buffer.alloc(ids.length * 4);
  ids.forEach((id, at) => blob.writeUInt32LE(id, at * 4));
  return blob;
}

export const unpackIds = (blob: Buffer): number[] => readIds(blob, blob.length / 4);

function readIds(blob: Buffer, count: number): number[] {
  const ids: number[] = [];
  for (let at = 0; at < count; at += 1) ids.push(blob.readUInt32LE(at * 4));
  return ids;
}
