/**
 * Files of one directory that are a part of another photo there and are not shown beside it: the film of a
 * live photo (IMG_1.HEIC + IMG_1.MOV) and the RAW of a pair (IMG_1.JPG + IMG_1.CR2).
 */

// What people call a photo. The content decides what it is; these only tell it from documents.
const pictureName =
  /\.(jpe?g|jpe|jfif|mpo|insp|a?png|webp|gif|tiff?|avif|heic|heif|hif|livp|bmp|dib)$/i;
/** Cannot be read; taken in so that it is said. Not what comes with programs and pages by the thousand. */
const unreadName =
  /\.(jxl|jxr|wdp|hdp|jp2|jpf|jpx|jpm|j2k|j2c|jpc|psd|psb|xcf|tga|pcx|p[bgnp]m|pam|pfm|hdr|exr)$/i;
const rawName =
  /\.(dng|cr2|cr3|crw|nef|nrw|arw|sr2|srf|raf|orf|rw2|rwl|pef|srw|3fr|fff|iiq|mos|mef|mrw|x3f|erf|dcr|kdc|gpr)$/i;
const videoName = /\.(mp4|m4v|mov|avi|mkv|webm|wmv|asf|mpe?g|mts|m2ts|3gp|3g2|flv|vob|insv)$/i;
/** What a phone or a camera writes beside a film or a RAW. */
const partnerName = /\.(heic|heif|hif|jpe?g)$/i;

export function isVideoName(name: string): boolean {
  return videoName.test(name);
}

export function isPhotoOrVideo(name: string): boolean {
  return [pictureName, rawName, videoName, unreadName].some((names) => names.test(name));
}

/** `names`: of one directory. The photos that have companions, with the companions' names. */
export function companionsOf(names: readonly string[]): Map<string, string[]> {
  const partners = new Map<string, string>();
  for (const name of names)
    if (partnerName.test(name) && !partners.has(stem(name))) partners.set(stem(name), name);
  const companions = new Map<string, string[]>();
  for (const name of names) {
    const partner = partners.get(stem(name));
    if (partner === undefined || !(rawName.test(name) || videoName.test(name))) continue;
    companions.set(partner, [...(companions.get(partner) ?? []), name]);
  }
  return companions;
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '').toLowerCase();
}
