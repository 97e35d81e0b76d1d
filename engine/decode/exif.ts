/** What a camera wrote beside the picture: when and where it was taken, and with what. */
import type { CameraFacts } from '../../common/contract.ts';
import { readTiff, type Tiff } from './tiff.ts';
import type { ExifTime } from './taken.ts';

export interface ExifFacts extends CameraFacts {
  time: ExifTime | null;
  /** EXIF 1..8. */
  orientation: number;
}

export const noExif: ExifFacts = {
  camera: null,
  lens: null,
  focalLengthMm: null,
  aperture: null,
  exposureSeconds: null,
  iso: null,
  place: null,
  time: null,
  orientation: 1,
};

/** What is kept of a photo, without what `takenOf` and decoding use. */
export function cameraFacts({
  time: _time,
  orientation: _orientation,
  ...facts
}: ExifFacts): CameraFacts {
  return facts;
}

const prefix = Buffer.from('Exif\0\0', 'latin1');

/** `block`: an EXIF block as files carry it, with or without its `Exif` mark. */
export function readExif(block: Buffer | undefined): ExifFacts {
  if (!block) return noExif;
  const isMarked = block.subarray(0, prefix.length).equals(prefix);
  const tiff = readTiff(isMarked ? block.subarray(prefix.length) : block);
  return tiff ? exifFacts(tiff) : noExif;
}

export function exifFacts({ main: [image], exif, gps }: Tiff): ExifFacts {
  const positive = (value: number | null | undefined) =>
    value !== undefined && value !== null && value > 0 ? value : null;
  const orientation = image?.number(0x0112) ?? 1;
  const place = placeOf(gps);
  return {
    camera: cameraName(image?.text(0x010f) ?? null, image?.text(0x0110) ?? null),
    lens: exif?.text(0xa434) ?? null,
    focalLengthMm: positive(exif?.number(0x920a)),
    aperture: positive(exif?.number(0x829d)),
    exposureSeconds: positive(exif?.number(0x829a)),
    iso: positive(exif?.number(0x8827)),
    place,
    time: timeOf(
      [exif?.text(0x9003), exif?.text(0x9004), image?.text(0x0132)],
      exif?.text(0x9011) ?? exif?.text(0x9010) ?? null,
      utcOf(gps),
    ),
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
  };
}

/** `Canon` + `Canon EOS R5` is `Canon EOS R5`; `NIKON CORPORATION` + `NIKON D90` is `NIKON D90`. */
function cameraName(make: string | null, model: string | null): string | null {
  if (make === null || model === null) return model ?? make;
  const [brand = make] = make.split(/[\s,]/);
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${make} ${model}`;
}

/** By the first of `texts` that is a date: a clock that was never set leaves zeros or the year 1. */
function timeOf(
  texts: readonly (string | null | undefined)[],
  offset: string | null,
  utcMs: number | null,
): ExifTime | null {
  const date = texts.map((text) => wallTime(text ?? '')).find((one) => one !== null);
  return date ? { date, offset: offset ?? offsetFrom(date.getTime(), utcMs) } : null;
}

function wallTime(text: string): Date | null {
  const parts = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text);
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // `UTC` means 1901 by the year 1.
  const isItself =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isItself ? date : null;
}

/** A GPS clock tells UTC: beside the wall time it tells the offset, where it is a likely one. */
function offsetFrom(wallMs: number, utcMs: number | null): string | undefined {
  if (utcMs === null) return undefined;
  const quarter = 15;
  const minutes = (wallMs - utcMs) / 60_000;
  const rounded = Math.round(minutes / quarter) * quarter;
  if (Math.abs(minutes - rounded) > 2 || Math.abs(rounded) > 14 * 60) return undefined;
  const two = (n: number) => String(n).padStart(2, '0');
  const whole = Math.abs(rounded);
  return `${rounded < 0 ? '-' : '+'}${two(Math.floor(whole / 60))}:${two(whole % 60)}`;
}

function utcOf(gps: Tiff['gps']): number | null {
  const date = /^(\d{4})[:-](\d\d)[:-](\d\d)/.exec(gps?.text(0x1d) ?? '');
  const [hour, minute, second] = gps?.numbers(0x07) ?? [];
  if (!date || hour === undefined || minute === undefined || second === undefined) return null;
  const [year = 0, month = 0, day = 0] = date.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function placeOf(gps: Tiff['gps']): CameraFacts['place'] {
  const degrees = (values: number[], ref: string | null, negative: string) => {
    const [whole, minutes = 0, seconds = 0] = values;
    if (whole === undefined || ref === null) return null;
    const value = whole + minutes / 60 + seconds / 3600;
    return ref.toUpperCase().startsWith(negative) ? -value : value;
  };
  if (!gps) return null;
  const latitude = degrees(gps.numbers(0x02), gps.text(0x01), 'S');
  const longitude = degrees(gps.numbers(0x04), gps.text(0x03), 'W');
  if (latitude === null || longitude === null) return null;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  // Phones without a fix write zeros.
  return latitude === 0 && longitude === 0 ? null : { latitude, longitude };
}
