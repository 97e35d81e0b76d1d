/** A compiled kernel in a thread of its own: its code, and where things lie in its memory. */
import { readFileSync } from 'node:fs';

export interface KernelMemory {
  memory: WebAssembly.Memory;
}

const pageBytes = 65_536;
/** The first page is the kernel's own. */
const firstPlace = pageBytes;
/** What reads or writes a little too far finds this behind everything. */
export const slackBytes = 64;
/** A kernel's memory never shrinks: one that grew larger is not used again. */
const mostKeptBytes = 48 * 1024 * 1024;

/** What it exports. */
export function openKernel(file: URL): unknown {
  const code = new WebAssembly.Module(readFileSync(file));
  return new WebAssembly.Instance(code).exports;
}

export function isTooLarge({ memory }: KernelMemory): boolean {
  return memory.buffer.byteLength > mostKeptBytes;
}

/** Gives out places, one behind the other, with slack between them; `reserve` once all are given out. */
export function layOut({ memory }: KernelMemory) {
  let end = firstPlace;
  return {
    place(bytes: number): number {
      const start = end;
      end += Math.ceil((bytes + slackBytes) / slackBytes) * slackBytes;
      return start;
    },
    reserve(): void {
      const missing = end - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    },
  };
}
