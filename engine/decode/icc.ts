/**
 * Brings RGB pixels of another colour space into sRGB by the matrix and curves of an ICC profile (what phones
 * write: Display P3). Pure; sharp does the same for the formats it decodes itself.
 */

type Triple = readonly [number, number, number];

/** From the profile's D50 to linear sRGB, rows. */
const toLinearSrgb: readonly Triple[] = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
];
/** Below this no value of eight bits changes by more than that. */
const nothing = 0.005;
const mostOff = 2;
const steps = 4_096;

/** Whether `toSrgb` can do what the profile says. */
export function isUnderstood(profile: Uint8Array): boolean {
  return readProfile(profile) !== null;
}

/** Changes `pixels` (RGB) in place. A profile that is not understood, or is sRGB, changes nothing. */
export function toSrgb(pixels: Uint8Array, profile: Uint8Array): void {
  const read = readProfile(profile);
  if (!read) return;
  const { columns, curves } = read;
  const matrix = toLinearSrgb.map((row) =>
    columns.map((column) => row.reduce((sum, one, at) => sum + one * (column[at] ?? 0), 0)),
  );
  const differs = (value: number, row: number, column: number) =>
    Math.abs(value - (row === column ? 1 : 0)) > nothing;
  const isSrgb =
    !matrix.some((row, at) => row.some((value, column) => differs(value, at, column))) &&
    curves.every((curve) => curve.every((light, v) => Math.abs(encode(light) - v) <= mostOff));
  if (isSrgb) return;

  const encoded = Uint8Array.from({ length: steps + 1 }, (_, v) => encode(v / steps));
  const [red = noCurve, green = noCurve, blue = noCurve] = curves;
  for (let at = 0; at < pixels.length; at += 3) {
    const r = red[pixels[at] ?? 0] ?? 0;
    const g = green[pixels[at + 1] ?? 0] ?? 0;
    const b = blue[pixels[at + 2] ?? 0] ?? 0;
    matrix.forEach(([x = 0, y = 0, z = 0], channel) => {
      const value = Math.min(1, Math.max(0, x * r + y * g + z * b));
      pixels[at + channel] = encoded[Math.round(value * steps)] ?? 0;
    });
  }
}

const noCurve = new Float32Array(256);

function encode(value: number): number {
  const gamma = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(gamma * 255);
}

type Curve = (value: number) => number;

/** The colours of full red, green and blue, and each channel's way to linear light; null: not such a profile. */
function readProfile(profile: Uint8Array): { columns: Triple[]; curves: Float32Array[] } | null {
  const bytes = Buffer.from(profile.buffer, profile.byteOffset, profile.byteLength);
  try {
    if (bytes.toString('latin1', 16, 20) !== 'RGB ') return null;
    const tags = new Map(
      Array.from({ length: Math.min(100, bytes.readUInt32BE(128)) }, (_, at) => {
        const entry = 132 + at * 12;
        const from = bytes.readUInt32BE(entry + 4);
        const part = bytes.subarray(from, from + bytes.readUInt32BE(entry + 8));
        return [bytes.toString('latin1', entry, entry + 4), part];
      }),
    );
    const part = (name: string) => tags.get(name) ?? Buffer.alloc(0);
    return {
      columns: ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => readColour(part(name))),
      curves: ['rTRC', 'gTRC', 'bTRC'].map((name) => {
        const curve = readCurve(part(name));
        return Float32Array.from({ length: 256 }, (_, v) => curve(v / 255));
      }),
    };
  } catch (error) {
    // It ends before what it says it has.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const fixed = (bytes: Buffer, at: number) => bytes.readInt32BE(at) / 65_536;

const readColour = (bytes: Buffer): Triple => [fixed(bytes, 8), fixed(bytes, 12), fixed(bytes, 16)];

function readCurve(bytes: Buffer): Curve {
  if (bytes.toString('latin1', 0, 4) === 'para') {
    const kind = bytes.readUInt16BE(8);
    const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
      { length: [1, 3, 4, 5, 7][kind] ?? 7 },
      (_, at) => fixed(bytes, 12 + at * 4),
    );
    if (kind === 0) return (value) => value ** g;
    if (kind < 3) return (value) => (value >= -b / a ? (a * value + b) ** g + c : c);
    return (value) => (value >= d ? (a * value + b) ** g + e : c * value + f);
  }
  const count = bytes.readUInt32BE(8);
  if (count === 0) return (value) => value;
  if (count === 1) return (value) => value ** (bytes.readUInt16BE(12) / 256);
  return (value) => {
    const place = value * (count - 1);
    const below = Math.min(count - 2, Math.floor(place));
    const at = (index: number) => bytes.readUInt16BE(12 + index * 2) / 65_535;
    return at(below) + (at(below + 1) - at(below)) * (place - below);
  };
}
