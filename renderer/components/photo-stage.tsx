/** The picture itself: thumbnail first, then the original over it; zoomed by wheel, keys and double click. */
import {
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type PointerEvent,
  type Ref,
} from 'react';
import { useSize, useTexts } from '../hooks.ts';
import { clamped, fitBox, fitted, ownScale, zoomed, type Size, type View } from '../layout/zoom.ts';

export interface StageHandle {
  zoom(factor: number): void;
  fit(): void;
}

interface Props {
  ref: Ref<StageHandle>;
  photo: number;
  hash: string;
  aspect: number;
  /** Its folder is not connected. */
  isAway: boolean;
  /** The picture's own pixels, once they are known. */
  own: Size | null;
}

export function PhotoStage({ ref, photo, hash, aspect, isAway, own }: Props) {
  const { photo: words } = useTexts();
  const element = useRef<HTMLDivElement>(null);
  const stage = useSize(element);
  const [view, setView] = useState<View>(fitted);
  const [original, setOriginal] = useState<'coming' | 'here' | 'unshown'>('coming');
  /** Presses on this picture: the second of a double click that opened it is none of its own. */
  const presses = useRef(0);
  const drag = useRef<{ x: number; y: number; view: View } | null>(null);
  const box = fitBox(stage, aspect, own);
  const isZoomed = view.scale > 1;

  const zoom = (factor: number, at = { x: 0, y: 0 }) => {
    setView((before) => clamped(zoomed(before, factor, at), stage, box));
  };
  useImperativeHandle(ref, () => ({
    zoom,
    fit: () => {
      setView(fitted);
    },
  }));
  const fromCentre = (event: { clientX: number; clientY: number }) => {
    const rect = element.current?.getBoundingClientRect();
    return rect
      ? {
          x: event.clientX - rect.left - rect.width / 2,
          y: event.clientY - rect.top - rect.height / 2,
        }
      : { x: 0, y: 0 };
  };
  // React's wheel listener is passive: it could not keep the page from scrolling.
  useEffect(() => {
    const target = element.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 0.0022), fromCentre(event));
    };
    target?.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      target?.removeEventListener('wheel', onWheel);
    };
  });

  const onMove = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) return;
    const moved = {
      scale: from.view.scale,
      x: from.view.x + event.clientX - from.x,
      y: from.view.y + event.clientY - from.y,
    };
    setView(clamped(moved, stage, box));
  };
  return (
    <div
      ref={element}
      className="stage"
      data-zoomed={isZoomed || undefined}
      onDoubleClick={(event) => {
        if (presses.current < 2) return;
        if (isZoomed) setView(fitted);
        else zoom(ownScale(box, own), fromCentre(event));
      }}
      onPointerDown={(event) => {
        presses.current += 1;
        if (!isZoomed || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, y: event.clientY, view };
      }}
      onPointerMove={onMove}
      onPointerUp={() => {
        drag.current = null;
      }}
    >
      {stage.width > 0 && (
        <div
          className="picture"
          style={{
            width: box.width,
            height: box.height,
            transform: `translate(${String(view.x)}px, ${String(view.y)}px) scale(${String(view.scale)})`,
          }}
        >
          {hash !== '' && <img src={`photo://thumb/${hash}`} alt="" draggable={false} />}
          <img
            src={`photo://original/${String(photo)}`}
            alt={words.label}
            decoding="async"
            draggable={false}
            data-state={original}
            onLoad={() => {
              setOriginal('here');
            }}
            onError={() => {
              setOriginal('unshown');
            }}
          />
        </div>
      )}
      {original === 'unshown' && (
        <p className="stage-note">{isAway ? words.away : words.onlyThumbnail}</p>
      )}
    </div>
  );
}
