/** When a photo was taken: EXIF, then the file's name, then its modification time. */
import type { TakenSource } from '../../common/contract.ts';

export interface Taken {
  /** Local wall time, as milliseconds since 1970 as if the wall clock were UTC. */
  wallMs: number;
  /** Minutes east of UTC, null where unknown. */
  offsetMinutes: number | null;
  source: TakenSource;
}

export interface ExifTime {
  /** EXIF dates are wall times; the reader returns them as if they were UTC. */
  date: Date;
  /** `+08:00`, where the camera wrote one. */
  offset: string | undefined;
}

const earliest = Date.UTC(1826, 0, 1);
const latest = Date.UTC(2106, 1, 8);

export function takenOf(exif: ExifTime | null, fileName: string, mtimeMs: number): Taken {
  if (exif && isPlausible(exif.date.getTime()))
    return {
      wallMs: exif.date.getTime(),
      offsetMinutes: parseOffset(exif.offset),
      source: 'exif',
    };
  return fromName(fileName) ?? { ...fromInstant(mtimeMs), source: 'mtime' };
}

// 20240131_120000, 2024-01-31 12.00.00, 20240131120000 ... (IMG_, PXL_, Screenshot_, 微信图片_, QQ图片)
const wallPattern =
  /(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)[-_ T.]?(\d\d)([-_.:]?)(\d\d)\6(\d\d)/;
const epochPattern = /(?:mmexport|wx_camera_|image|Image|FB_IMG_)_?(1\d{12})(?!\d)/;

function fromName(name: string): Taken | null {
  const epoch = epochPattern.exec(name);
  if (epoch) return { ...fromInstant(Number(epoch[1])), source: 'name' };
  const wall = wallPattern.exec(name);
  if (!wall) return null;
  const [year, month, day, hour, minute, second] = [1, 3, 4, 5, 7, 8].map((i) =>
    Number(wall[i]),
  ) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  if (new Date(wallMs).getUTCDate() !== day || !isPlausible(wallMs)) return null;
  return { wallMs, offsetMinutes: null, source: 'name' };
}

/** The wall time that this machine's clock showed at an instant. */
function fromInstant(ms: number): Pick<Taken, 'wallMs' | 'offsetMinutes'> {
  const offsetMinutes = -new Date(ms).getTimezoneOffset();
  return { wallMs: Math.trunc(ms) + offsetMinutes * 60_000, offsetMinutes };
}

function parseOffset(offset: string | undefined): number | null {
  const match = /^([+-])(\d\d):?(\d\d)/.exec(offset ?? '');
  if (!match) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  if (minutes > 14 * 60) return null;
  return match[1] === '-' ? -minutes : minutes;
}

function isPlausible(ms: number): boolean {
  return ms >= earliest && ms < latest;
}
