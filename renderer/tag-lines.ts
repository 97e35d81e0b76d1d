/** The tags of one photo as the photo view lists them: what stands, then what the person took away. Pure. */
import type { PhotoDetail, Verdict } from '../common/contract.ts';

export interface PhotoTagLine {
  name: string;
  /** 0..1. */
  score: number;
  verdict: Verdict | null;
}

/** `order`: the names as they already stand on the screen; they stay there whatever is decided, new ones come first. */
export function photoTagLines(
  { tags, decisions }: Pick<PhotoDetail, 'tags' | 'decisions'>,
  order: readonly string[] = [],
): PhotoTagLine[] {
  const verdicts = new Map(decisions.map(({ tag, verdict }) => [tag, verdict]));
  const standing = tags
    .filter(({ name }) => verdicts.get(name) !== 'rejected')
    .map(({ name, score, source }): PhotoTagLine => ({
      name,
      score,
      verdict: verdicts.get(name) ?? (source === 'person' ? 'added' : null),
    }));
  const rejected = decisions
    .filter(({ verdict }) => verdict === 'rejected')
    .map(({ tag }): PhotoTagLine => ({ name: tag, score: 0, verdict: 'rejected' }));
  return [...standing, ...rejected].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}
