/** Takes members out of a zip archive (a wheel is one), checked by their own CRC; streams, whatever their size. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

export interface Member {
  name: string;
  method: number;
  crc: number;
  packedBytes: number;
  bytes: number;
  /** Of its local header. */
  offset: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const longestComment = 65_535;
const stored = 0;
const deflated = 8;

/** Archives below 4 GiB. Throws where it is no zip. */
export async function listMembers(archive: string): Promise<Member[]> {
  const handle = await open(archive);
  try {
    const { size } = await handle.stat();
    const tail = await read(handle, Math.max(0, size - endBytes - longestComment), size);
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
    if (end < 0 || tail.readUInt32LE(end) !== endSignature)
      throw new Error(`${archive}: no zip archive`);
    const start = tail.readUInt32LE(end + 16);
    const directory = await read(handle, start, start + tail.readUInt32LE(end + 12));
    return entries(directory, tail.readUInt16LE(end + 10));
  } finally {
    await handle.close();
  }
}

function entries(directory: Buffer, count: number): Member[] {
  const members: Member[] = [];
  for (let at = 0; members.length < count;) {
    if (directory.readUInt32LE(at) !== entrySignature) throw new Error('damaged zip directory');
    const nameBytes = directory.readUInt16LE(at + 28);
    members.push({
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

/** Throws where what comes out is not what went in. */
export async function extract(
  archive: string,
  member: Member,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const { name, method, packedBytes, bytes, offset } = member;
  if (method !== stored && method !== deflated) throw new Error(`${name}: packed another way`);
  const handle = await open(archive);
  const header = await read(handle, offset, offset + 30).finally(() => handle.close());
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  let [crc, length] = [0, 0];
  const check = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      crc = crc32(chunk, crc);
      length += chunk.length;
      yield chunk;
    }
  };
  const source = createReadStream(archive, { start, end: start + packedBytes - 1 });
  const sink = createWriteStream(target);
  if (method === deflated) await pipeline(source, createInflateRaw(), check, sink, { signal });
  else await pipeline(source, check, sink, { signal });
  if (crc !== member.crc || length !== bytes) throw new Error(`${name}: damaged in ${archive}`);
}

async function read(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  await handle.read(buffer, 0, buffer.length, start);
  return buffer;
}
