/** Zoom and pan of one picture on its stage. Pure; `x` and `y` are the picture's centre from the stage's, px. */
export interface View {
  /** 1 fits the stage. */
  scale: number;
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}

export const fitted: View = { scale: 1, x: 0, y: 0 };
const most = 12;

/** A small picture grows this much at most: beyond, its pixels show. */
const mostGrown = 2;

/** The box in which the whole picture is seen. */
export function fitBox(stage: Size, aspect: number, own: Size | null): Size {
  const width = Math.min(
    stage.width,
    stage.height * aspect,
    own ? own.width * mostGrown : Infinity,
  );
  return { width, height: width / aspect };
}

/** The scale at which one picture pixel is one screen pixel; never below the fitted one. */
export function ownScale(box: Size, own: Size | null): number {
  return own === null || box.width === 0 ? 2 : Math.min(most, Math.max(1.5, own.width / box.width));
}

/** Zooms by `factor` and keeps what is under `at` (from the stage's centre) in its place. */
export function zoomed(view: View, factor: number, at: { x: number; y: number }): View {
  const scale = Math.min(most, Math.max(1, view.scale * factor));
  if (scale === 1) return fitted;
  const by = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
}

/** The picture's edge never leaves the stage's when it is larger, and it stays centred when smaller. */
export function clamped({ scale, x, y }: View, stage: Size, box: Size): View {
  const limit = (value: number, inside: number, outside: number) => {
    const room = Math.max(0, (inside * scale - outside) / 2);
    return Math.min(room, Math.max(-room, value));
  };
  return {
    scale,
    x: limit(x, box.width, stage.width),
    y: limit(y, box.height, stage.height),
  };
}
