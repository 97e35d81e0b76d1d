/**
 * Reads what a face detector of the BlazeFace family says: which of its boxes are faces, one box a face, and
 * the tags that follow. Pure.
 */
import type { Face } from '../../common/contract.ts';

/** How the detector lays its boxes: grids of square cells, each with some boxes, row by row. */
export interface Grid {
  /** Cells in a row. */
  cells: number;
  boxes: number;
}

export interface Detector {
  /** Side of the square input, pixels. */
  size: number;
  grids: readonly Grid[];
}

/** Boxes that share this much of their areas show the same face. */
const sameFace = 0.3;

/**
 * `logits`: one a box; `boxes`: centre x, centre y, width and height of each, in input pixels from its cell's
 * centre. `aspect`: the picture's width / height; the picture lies in the middle of the square input.
 */
export function readFaces(
  detector: Detector,
  { logits, boxes }: { logits: Float32Array; boxes: Float32Array },
  aspect: number,
  threshold: number,
): Face[] {
  const least = Math.log(threshold / (1 - threshold));
  const { size } = detector;
  // The part of the square that the picture covers.
  const across = Math.min(1, aspect);
  const down = Math.min(1, 1 / aspect);
  const found: Face[] = [];
  let index = 0;
  for (const { cells, boxes: each } of detector.grids)
    for (let cell = 0; cell < cells * cells; cell += 1)
      for (let box = 0; box < each; box += 1, index += 1) {
        const logit = logits[index] ?? -Infinity;
        if (logit < least) continue;
        const at = (part: number) => (boxes[index * 4 + part] ?? 0) / size;
        const x = ((cell % cells) + 0.5) / cells + at(0);
        const y = (Math.floor(cell / cells) + 0.5) / cells + at(1);
        found.push({
          left: (x - at(2) / 2 - (1 - across) / 2) / across,
          top: (y - at(3) / 2 - (1 - down) / 2) / down,
          width: at(2) / across,
          height: at(3) / down,
          score: 1 / (1 + Math.exp(-logit)),
        });
      }
  return mergeFaces(found.filter(({ width, height }) => width > 0 && height > 0));
}

/** One face for each group of boxes that overlap: their mean, weighted by score; the best score. Best first. */
export function mergeFaces(found: readonly Face[]): Face[] {
  let rest = [...found].sort((a, b) => b.score - a.score);
  const faces: Face[] = [];
  for (let best = rest[0]; best; best = rest[0]) {
    const top = best;
    const group = rest.filter((face) => face === top || overlap(face, top) > sameFace);
    rest = rest.filter((face) => !group.includes(face));
    const weight = group.reduce((sum, { score }) => sum + score, 0);
    const mean = (part: 'left' | 'top' | 'width' | 'height') =>
      group.reduce((sum, face) => sum + face[part] * face.score, 0) / weight;
    faces.push({
      left: mean('left'),
      top: mean('top'),
      width: mean('width'),
      height: mean('height'),
      score: top.score,
    });
  }
  return faces;
}

/** Intersection over union. */
export function overlap(a: Face, b: Face): number {
  const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const down = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  if (across <= 0 || down <= 0) return 0;
  const shared = across * down;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
