/**
 * Makes pictures larger and smaller, four times as fast as sharp does it with pixels that are already there: sharp alone
 * takes as long to hand them in and out.
 */
import { isTooLarge, layOut, openKernel, type KernelMemory } from '../kernel.ts';
import type { Size } from '../model-input.ts';

/** How much the pixels around a place count, by their distance; of a smaller picture the distance in its pixels. */
export interface Filter {
  name: string;
  radius: number;
  weight(distance: number): number;
}

export interface Part extends Size {
  left: number;
  top: number;
}

/** Catmull-Rom. */
export const cubic: Filter = {
  name: 'cubic',
  radius: 2,
  weight: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((2.5 - 0.5 * x) * x - 4) * x + 2),
};
export const lanczos: Filter = {
  name: 'lanczos',
  radius: 3,
  weight: (x) => sinc(x) * sinc(x / 3),
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** What kernel/kernel.ts exports; places are bytes in its memory. */
interface Kernel extends KernelMemory {
  resize(
    from: number,
    rowBytes: number,
    downStarts: number,
    downWeights: number,
    downTaps: number,
    acrossStarts: number,
    acrossWeights: number,
    acrossTaps: number,
    width: number,
    height: number,
    row: number,
    to: number,
  ): void;
}

interface Axis {
  starts: Int32Array;
  weights: Int16Array;
  /** Weights a pixel. */
  taps: number;
}

const kernelFile = new URL('./kernel/kernel.wasm', import.meta.url);
const one = 16_384;
/** Photos of an album have few sizes. */
const mostAxes = 64;

let kernel: Kernel | null = null;
let axes = new Map<string, Axis>();

/** The whole of a picture. */
export function wholeOf({ width, height }: Size): Part {
  return { left: 0, top: 0, width, height };
}

/** A part of a picture (RGB, rows from the top) in another size, in memory of its own. */
export function resize(pixels: Uint8Array, from: Size, part: Part, to: Size, by: Filter): Buffer {
  const used = (kernel ??= openKernel(kernelFile) as Kernel);
  try {
    return resizeBy(used, pixels, from, part, to, by);
  } finally {
    if (isTooLarge(used)) kernel = null;
  }
}

function resizeBy(
  { memory, resize: run }: Kernel,
  pixels: Uint8Array,
  from: Size,
  part: Part,
  to: Size,
  by: Filter,
): Buffer {
  const down = axisOf(part.height, to.height, part.width * 3, by, 2);
  const across = axisOf(part.width, to.width, 3, by, 4);
  const rowBytes = part.width * 3;
  const toBytes = to.width * to.height * 3;

  const { place, reserve } = layOut({ memory });
  const source = place(rowBytes * (part.height + down.taps));
  const row = place(rowBytes + across.taps * 3);
  const target = place(toBytes);
  const [downStarts, downWeights, acrossStarts, acrossWeights] = [
    place(down.starts.byteLength),
    place(down.weights.byteLength),
    place(across.starts.byteLength),
    place(across.weights.byteLength),
  ];
  reserve();

  const all = new Uint8Array(memory.buffer);
  const first = (part.top * from.width + part.left) * 3;
  if (part.width === from.width)
    all.set(pixels.subarray(first, first + rowBytes * part.height), source);
  else
    for (let y = 0; y < part.height; y += 1) {
      const at = first + y * from.width * 3;
      all.set(pixels.subarray(at, at + rowBytes), source + y * rowBytes);
    }
  new Int32Array(memory.buffer, downStarts).set(down.starts);
  new Int16Array(memory.buffer, downWeights).set(down.weights);
  new Int32Array(memory.buffer, acrossStarts).set(across.starts);
  new Int16Array(memory.buffer, acrossWeights).set(across.weights);
  run(
    ...([source, rowBytes, downStarts, downWeights, down.taps] as const),
    ...([acrossStarts, acrossWeights, across.taps, to.width, to.height, row, target] as const),
  );
  const made = Buffer.allocUnsafeSlow(toBytes);
  made.set(all.subarray(target, target + toBytes));
  return made;
}

/** `step`: bytes from one pixel to the next; `multiple`: of as many the weights are. */
function axisOf(from: number, to: number, step: number, by: Filter, multiple: number): Axis {
  const key = [from, to, step, by.name, multiple].join();
  const known = axes.get(key);
  if (known) return known;
  if (axes.size >= mostAxes) axes = new Map();
  const made = makeAxis(from, to, step, by, multiple);
  axes.set(key, made);
  return made;
}

function makeAxis(from: number, to: number, step: number, by: Filter, multiple: number): Axis {
  const scale = from / to;
  // Of a larger picture the filter is as wide as its pixels.
  const spread = Math.max(1, scale);
  const count = Math.min(from, Math.ceil(2 * by.radius * spread) + 1);
  const taps = Math.ceil(count / multiple) * multiple;
  const starts = new Int32Array(to);
  const weights = new Int16Array(to * taps);
  for (let at = 0; at < to; at += 1) {
    const centre = (at + 0.5) * scale - 0.5;
    const first = Math.ceil(centre - by.radius * spread);
    const start = Math.min(Math.max(first, 0), from - count);
    starts[at] = start * step;
    const sums = new Float64Array(taps);
    for (let pixel = first; pixel <= centre + by.radius * spread; pixel += 1) {
      // What lies outside is as the edge.
      const inside = Math.min(Math.max(pixel, 0), from - 1) - start;
      sums[inside] = (sums[inside] ?? 0) + by.weight(Math.abs(pixel - centre) / spread);
    }
    const whole = sums.reduce((sum, weight) => sum + weight, 0);
    const own = weights.subarray(at * taps, (at + 1) * taps);
    sums.forEach((sum, tap) => {
      own[tap] = Math.round((sum / whole) * one);
    });
    // Grey stays grey: what rounding took or gave goes to the heaviest.
    const heaviest = own.indexOf(Math.max(...own));
    const rest = one - own.reduce((sum, weight) => sum + weight, 0);
    own[heaviest] = (own[heaviest] ?? 0) + rest;
  }
  return { starts, weights, taps };
}
