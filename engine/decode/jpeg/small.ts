/**
 * Reads a JPEG at a quarter or an eighth of its size, in half the time of the library inside sharp: for so small a picture most
 * of what a file holds need only be skipped. Whatever is unusual or not quite right is left to sharp.
 */
import type { Size } from '../model-input.ts';
import { isUnderstood } from '../icc.ts';
import { isTooLarge, layOut, openKernel, slackBytes, type KernelMemory } from '../kernel.ts';
import { readFrame, type Frame, type FramePlane } from './frame.ts';

export interface SmallPicture extends Size {
  /** RGB, rows from the top; good until the next picture is read. */
  pixels: Buffer;
  /** ICC; null: sRGB. */
  profile: Buffer | null;
}

/** What kernel/kernel.ts exports; places are bytes in its memory. */
interface Kernel extends KernelMemory {
  prepareDc(table: number, definition: number): void;
  prepareAc(table: number, definition: number, side: number): void;
  unstuff(from: number, to: number, stream: number): number;
  scan(
    planes: number,
    planeCount: number,
    unitsAcross: number,
    unitsDown: number,
    restartUnits: number,
    side: number,
    stream: number,
  ): number;
  toRgb(
    light: number,
    lightRowBytes: number,
    blue: number,
    red: number,
    colourRowBytes: number,
    halfAcross: number,
    halfDown: number,
    width: number,
    height: number,
    rgb: number,
  ): void;
}

const block = 8;
const kernelFile = new URL('./kernel/kernel.wasm', import.meta.url);
const planeBytes = 44;
const definitionBytes = 272;
const dcBytes = 2 * 65_536 + 4 * 1_024;
const acBytes = 2 * 65_536 + 8 * 4 * 2_048 + 2 * 8_192;
const mostFileBytes = 32 * 1024 * 1024;

/** What coefficients add to the mean of half a block: cosines 1, 3, 5 and 7 sixteenths of pi, as JPEG weighs them. */
const half = [1, 3, 5, 7].reduce((sum, odd) => sum + Math.cos((odd * Math.PI) / 16) / 4, 0);
const weights = { mean: 1 / 8, one: half / Math.sqrt(32), both: half ** 2 / 4 };
const fraction = 4_096;

let kernel: Kernel | null = null;

/**
 * The picture at an eighth or a quarter, whichever is the smallest with at least `shortest` pixels on its shortest side; as
 * it is stored, orientation and profile still to be done. Null where this cannot be, or the file is not wholly right.
 */
export function readSmall(bytes: Buffer, shortest: number): SmallPicture | null {
  if (bytes.length > mostFileBytes) return null;
  const frame = readFrame(bytes);
  if (!frame || (frame.profile && !isUnderstood(frame.profile))) return null;
  const least = Math.min(frame.width, frame.height);
  const side = [1, 2].find((pixels) => Math.ceil((least * pixels) / block) >= shortest);
  if (side === undefined) return null;
  const used = (kernel ??= openKernel(kernelFile) as Kernel);
  try {
    return decode(used, bytes, frame, side);
  } catch (error) {
    // It read far outside, which is the file's fault and has changed nothing; or there is no memory for it.
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return null;
    throw error;
  } finally {
    if (isTooLarge(used)) kernel = null;
  }
}

function decode(
  { memory, prepareDc, prepareAc, unstuff, scan, toRgb }: Kernel,
  bytes: Buffer,
  frame: Frame,
  side: number,
): SmallPicture | null {
  const { across, down } = frame.planes[0];
  const unitsAcross = Math.ceil(frame.width / (block * across));
  const unitsDown = Math.ceil(frame.height / (block * down));
  const width = Math.ceil((frame.width * side) / block);
  const height = Math.ceil((frame.height * side) / block);

  const { place, reserve } = layOut({ memory });
  const records = place(planeBytes * frame.planes.length);
  const definition = place(definitionBytes);
  const tables = new Map<Buffer, { at: number; fill: Kernel['prepareAc'] }>();
  for (const { dc, ac } of frame.planes) {
    if (!tables.has(dc)) tables.set(dc, { at: place(dcBytes), fill: prepareDc });
    if (!tables.has(ac)) tables.set(ac, { at: place(acBytes), fill: prepareAc });
  }
  const placed = (plane: FramePlane) => {
    const rowBytes = 2 * side * unitsAcross * plane.across;
    return { ...plane, rowBytes, pixels: place(rowBytes * side * unitsDown * plane.down) };
  };
  const light = placed(frame.planes[0]);
  const blue = placed(frame.planes[1]);
  const red = placed(frame.planes[2]);
  const planes = [light, blue, red];
  const rgb = place(width * height * 3);
  const scanBytes = bytes.length - frame.scanAt;
  const source = place(scanBytes);
  const stream = place(scanBytes) + scanBytes + slackBytes / 2;

  reserve();
  const all = new Uint8Array(memory.buffer);
  all.set(bytes.subarray(frame.scanAt), source);
  const found = unstuff(source, source + scanBytes, stream);
  if (found < 0) return null;
  // What reads on behind the end finds zeros, not what was there before.
  all.fill(0, stream - found - slackBytes / 2, stream - found);

  for (const [codes, { at, fill }] of tables) {
    all.set(codes, definition);
    fill(at, definition, side);
  }
  const words = new Int32Array(memory.buffer);
  planes.forEach(({ across, down, rowBytes, pixels, dc, ac, steps }, index) => {
    const step = (at: number, weight: number) => Math.round((steps[at] ?? 0) * weight * fraction);
    const record = [
      ...[across, down, rowBytes, pixels, tables.get(dc)?.at ?? 0, tables.get(ac)?.at ?? 0],
      ...[step(0, weights.mean), step(1, weights.one), step(2, weights.one)],
      ...[step(4, weights.both), 0],
    ];
    words.set(record, (records + index * planeBytes) / 4);
  });
  const { restartUnits } = frame;
  const bits = scan(records, planes.length, unitsAcross, unitsDown, restartUnits, side, stream);
  // A whole stream ends where its last block does.
  if (Math.ceil(bits / 8) !== found) return null;

  toRgb(
    ...([light.pixels, light.rowBytes, blue.pixels, red.pixels, blue.rowBytes] as const),
    ...([across - 1, down - 1, width, height, rgb] as const),
  );
  return {
    width,
    height,
    pixels: Buffer.from(memory.buffer, rgb, width * height * 3),
    profile: frame.profile,
  };
}
