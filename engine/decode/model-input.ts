/**
 * How a model wants its picture, and the way there: which part of the picture, how large, and the order
 * and type of its numbers in a shared batch slot.
 */
import { cubic, resize, wholeOf } from './resize/resize.ts';

export interface Size {
  width: number;
  height: number;
}

export type ResizeRule =
  /** The shortest side becomes `to`, then the centre is cut out. */
  | { rule: 'shortest-side'; to: number }
  /** The whole picture, its proportions given up. */
  | { rule: 'squash' }
  /** The whole picture in its proportions, the rest filled with `colour` (0..255 a channel, RGB). */
  | { rule: 'pad'; colour: readonly [number, number, number] };

export interface InputShape {
  size: Size;
  resize: ResizeRule;
  layout: 'NHWC' | 'NCHW';
  colour: 'RGB' | 'BGR';
  type: 'uint8' | 'float32';
  /** For float32: (byte / 255 - mean) / std, in the order of `colour`. */
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

/** Writes one picture (RGB bytes, rows from the top) into its slot. */
export type InputWriter = (pixels: Uint8Array, place: number) => void;

export function inputBytes({ size, type }: InputShape): number {
  return size.width * size.height * 3 * (type === 'float32' ? 4 : 1);
}

/** The scale at which a picture has to be decoded for this input to lose nothing. */
export function neededScale({ size, resize }: InputShape, picture: Size): number {
  const across = size.width / picture.width;
  const down = size.height / picture.height;
  switch (resize.rule) {
    case 'shortest-side':
      return resize.to / Math.min(picture.width, picture.height);
    case 'squash':
      return Math.max(across, down);
    case 'pad':
      return Math.min(across, down);
  }
}

/** What the model is to see of a picture, RGB, rows from the top: its own width x height x 3 bytes. */
export function cutInput(pixels: Uint8Array, from: Size, { size, resize: by }: InputShape): Buffer {
  const { width, height } = size;
  switch (by.rule) {
    case 'shortest-side': {
      const scale = Math.min(from.width, from.height) / by.to;
      const part = (side: number, whole: number) =>
        Math.min(whole, Math.max(1, Math.round(side * scale)));
      const cut = { width: part(width, from.width), height: part(height, from.height) };
      const left = Math.floor((from.width - cut.width) / 2);
      const top = Math.floor((from.height - cut.height) / 2);
      return resize(pixels, from, { left, top, ...cut }, size, cubic);
    }
    case 'squash':
      return resize(pixels, from, wholeOf(from), size, cubic);
    case 'pad': {
      const scale = Math.min(width / from.width, height / from.height);
      const inner = {
        width: Math.max(1, Math.round(from.width * scale)),
        height: Math.max(1, Math.round(from.height * scale)),
      };
      const made = resize(pixels, from, wholeOf(from), inner, cubic);
      const padded = Buffer.alloc(width * height * 3, Uint8Array.from(by.colour));
      const left = Math.floor((width - inner.width) / 2);
      const top = Math.floor((height - inner.height) / 2);
      for (let y = 0; y < inner.height; y += 1)
        made.copy(
          padded,
          ((top + y) * width + left) * 3,
          y * inner.width * 3,
          (y + 1) * inner.width * 3,
        );
      return padded;
    }
  }
}

export function inputWriter(places: SharedArrayBuffer, shape: InputShape): InputWriter {
  const bytes = inputBytes(shape);
  const count = shape.size.width * shape.size.height;
  const isPlanar = shape.layout === 'NCHW';
  const isTurned = shape.colour === 'BGR';
  if (shape.type === 'uint8' && !isPlanar && !isTurned)
    return (pixels, place) => {
      new Uint8Array(places, place * bytes, bytes).set(pixels);
    };

  const step = isPlanar ? 1 : 3;
  const tables = [0, 1, 2].map((channel) => tableOf(shape, channel));
  const spread = (to: Uint8Array | Float32Array, pixels: Uint8Array) => {
    tables.forEach((table, channel) => {
      let from = isTurned ? 2 - channel : channel;
      let at = isPlanar ? channel * count : channel;
      for (let pixel = 0; pixel < count; pixel += 1, from += 3, at += step)
        to[at] = table[pixels[from] ?? 0] ?? 0;
    });
  };
  const isFloat = shape.type === 'float32';
  return (pixels, place) => {
    const start = place * bytes;
    spread(
      isFloat ? new Float32Array(places, start, count * 3) : new Uint8Array(places, start, bytes),
      pixels,
    );
  };
}

/** What each byte becomes in a channel of the model's own order. */
function tableOf({ type, mean, std }: InputShape, channel: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) =>
    type === 'uint8' ? byte : (byte / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1),
  );
}
