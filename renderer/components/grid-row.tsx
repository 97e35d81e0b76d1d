/** One row of tiles and one heading; drawn again only when what they show changed. */
import { Check } from 'lucide-react';
import { memo, useEffect, useState } from 'react';
import type { Bucket } from '../../common/contract.ts';
import * as format from '../format.ts';
import { useLanguage, useTexts } from '../hooks.ts';
import type { Heading, Row } from '../layout/justified.ts';
import type { Gate } from '../thumb-gate.ts';

interface RowProps {
  row: Row;
  /** The month's top, px. */
  top: number;
  month: string;
  bucket: Bucket;
  selected: ReadonlySet<number>;
  focusId: number | null;
  gate: Gate;
}

export const GridRow = memo(function GridRow(props: RowProps) {
  const { row, top, month, bucket, selected, focusId, gate } = props;
  const { grid: words } = useTexts();
  const language = useLanguage();
  return (
    <div role="row" className="row" style={{ transform: `translateY(${String(top + row.y)}px)` }}>
      {row.tiles.map(({ index, x, width }) => {
        const id = bucket.ids[index] ?? 0;
        const isSelected = selected.has(id);
        return (
          <div
            key={id}
            id={`photo-${String(id)}`}
            role="gridcell"
            className="tile"
            aria-selected={isSelected}
            aria-label={words.photo(format.moment(language, bucket.takenAt[index] ?? 0))}
            data-focus={id === focusId || undefined}
            data-month={month}
            data-index={index}
            style={{ left: x, width, height: row.height }}
          >
            <Thumb hash={bucket.hashes[index] ?? ''} y={top + row.y} gate={gate} />
            <span className="mark" title={words.select}>
              <Check size={14} strokeWidth={3} aria-hidden />
            </span>
          </div>
        );
      })}
    </div>
  );
});

function Thumb({ hash, y, gate }: { hash: string; y: number; gate: Gate }) {
  const [isDue, setIsDue] = useState(() => gate.isOpen(y));
  useEffect(() => {
    if (isDue) return undefined;
    return gate.wait(() => {
      setIsDue(true);
    }, y);
  }, [isDue, gate, y]);
  return isDue ? (
    <img src={`photo://thumb/${hash}`} alt="" decoding="async" draggable={false} />
  ) : null;
}

interface HeadingProps {
  heading: Heading;
  top: number;
  groupBy: 'day' | 'month';
}

export const GridHeading = memo(function GridHeading({ heading, top, groupBy }: HeadingProps) {
  const { grid: words } = useTexts();
  const language = useLanguage();
  const { at, x, y, width, count } = heading;
  const { date, weekday } = format.day(language, at);
  return (
    <h2
      className="heading"
      style={{ transform: `translate(${String(x)}px, ${String(top + y)}px)`, width }}
    >
      {groupBy === 'month' ? format.monthOf(language, at) : date}
      <small>{groupBy === 'month' ? words.count(format.count(language, count)) : weekday}</small>
    </h2>
  );
});
