/** Chinese typed without spaces, parted into known words. */

/** Stand between words and name nothing. */
const particles = new Set('的 在 和 与 跟 及'.split(' '));
/** The same after a word: 沙发上, 桌子下面. */
const places = new Set('上 下 里 中 前 后 边 旁 上面 下面 里面 前面 后面'.split(' '));
/** Of what a word costs: what leaves the fewest unknown wins, then the fewest words, then the fewest particles. */
const particleCost = 0.001;
const unknownCost = 1_000_000;
const twoCharacters = /\p{Script=Han}.*\p{Script=Han}/su;
const chinese = new Intl.Segmenter('zh', { granularity: 'word' });

export interface Split<Word> {
  words: Word[];
  /** They and particles are all of it. */
  isWhole: boolean;
}
type Span = [from: number, to: number];
/** Last first: a copy of them for each place in a long text would take gigabytes. */
type Chain = { last: Span; before: Chain } | null;

/**
 * The fewest known words that make up as much of `text` as they can, without the particles. A single character is
 * a word only where a dictionary of Chinese sees one there, too: 山羊 is no 羊 on a 山. `longest`: of the words.
 */
export function split(
  text: string,
  longest: number,
  isKnown: (part: string) => boolean,
): Split<Span> {
  let edges: ReadonlySet<number> | null = null;
  const standsAlone = (from: number, to: number): boolean => {
    edges ??= new Set([...[...chinese.segment(text)].map(({ index }) => index), text.length]);
    // The dictionary has words like 山上.
    const isEnd = edges.has(to) || (edges.has(to + 1) && places.has(text.charAt(to)));
    return edges.has(from) && isEnd;
  };

  /** How to come to each place in the text; of two that cost the same, by the longer last word. */
  const ways: ({ words: Chain; cost: number } | undefined)[] = [{ words: null, cost: 0 }];
  for (let to = 1; to <= text.length; to += 1)
    for (let from = Math.max(0, to - longest); from < to; from += 1) {
      const way = ways[from];
      if (!way) continue;
      const part = text.slice(from, to);
      const isWord = isKnown(part) && (twoCharacters.test(part) || standsAlone(from, to));
      const isParticle = particles.has(part) || (places.has(part) && way.words !== null);
      if (!isWord && !isParticle && to - from > 1) continue;
      const cost = way.cost + (isWord ? 1 : isParticle ? particleCost : unknownCost);
      if (cost < (ways[to]?.cost ?? Infinity))
        ways[to] = { words: isWord ? { last: [from, to], before: way.words } : way.words, cost };
    }
  const { words: found = null, cost = 0 } = ways[text.length] ?? {};
  const words: Span[] = [];
  for (let chain = found; chain; chain = chain.before) words.push(chain.last);
  return { words: words.reverse(), isWhole: words.length > 0 && cost < unknownCost };
}
