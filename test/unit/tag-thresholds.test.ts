/** A word's own threshold stretches its score so that the pack's one threshold is right for all. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describePack } from '../../engine/infer/pack.ts';
import { readerFor, stretched } from '../../engine/infer/tags.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { judgedQuality, qualityOf, tagsAt } from '../quality/count.ts';
import { fit } from '../quality/fit.ts';

const vocabulary = loadVocabulary();
const pack = describePack(
  fileURLToPath(new URL('../../models/efficientnet-lite2/', import.meta.url)),
);

describe("a word's own threshold", () => {
  test('comes to lie at the common one, and the order stays', () => {
    assert.equal(stretched(0.9, 0.9, 0.5), 0.5);
    assert.equal(stretched(0.45, 0.9, 0.5), 0.25);
    assert.equal(stretched(1, 0.9, 0.5), 1);
    assert.ok(stretched(0.95, 0.9, 0.5) > 0.5);
  });
  test('is known by the pack for every word, and undone by swapping the two', () => {
    assert.deepEqual(
      vocabulary.tags.filter(
        ({ name, madeFrom }) => madeFrom === undefined && pack.tagThresholds[name] === undefined,
      ),
      [],
    );
    assert.ok(Math.abs(stretched(stretched(0.3, 0.7, 0.5), 0.5, 0.7) - 0.3) < 1e-9);
  });
  test('keeps an attractor silent where another word may speak', () => {
    const read = readerFor({ ...pack, tagThresholds: { 新郎: 0.9, 猫: 0.4 } }, vocabulary);
    const at = (word: string, share: number) => {
      const label = vocabulary.get(word)?.labels[0];
      const values = new Float32Array(pack.labels.length);
      values[pack.labels.findIndex(({ wordnet }) => wordnet === label)] = share;
      return read([values], 1).scores;
    };
    assert.ok((at('新郎', 0.8).get('新郎') ?? 0) < 0.5);
    assert.ok((at('波斯猫', 0.45).get('猫') ?? 0) >= 0.5);
  });
});

describe('finding thresholds', () => {
  const truth = new Set(['波斯猫', ...vocabulary.ancestors('波斯猫')]);
  const photos = Array.from({ length: 10 }, () => ({ scores: new Map([['猫', 0.5]]), truth }));
  const seen = (tag: string, score: number, kind: 'right' | 'wrong') => ({
    scores: new Map([[tag, score]]),
    right: new Set(kind === 'right' ? [tag] : []),
    wrong: new Set(kind === 'wrong' ? [tag] : []),
  });
  test('a concept lies below what is right, and above what is wrong on the album', () => {
    const calm = fit(vocabulary, photos, [], ['猫']);
    const album = Array.from({ length: 5 }, () => seen('猫', 0.4, 'wrong'));
    const warned = fit(vocabulary, photos, album, ['猫']);
    assert.ok((calm.get('猫') ?? 1) <= 0.4);
    assert.ok((warned.get('猫') ?? 0) > 0.4);
    const tags = photos.map(({ scores }) => tagsAt(vocabulary, scores, warned));
    const [quality] = qualityOf(photos, tags, ['猫']);
    assert.deepEqual(quality, { tag: '猫', photos: 10, precision: 1, recall: 1 });
  });
  test('a single label must be surer than it was when it was wrong', () => {
    const judged = [seen('新郎', 0.8, 'wrong')];
    const thresholds = fit(vocabulary, photos, judged, ['猫']);
    assert.ok(Math.abs((thresholds.get('新郎') ?? 0) - 0.85) < 1e-9);
    const tags = judged.map(({ scores }) => tagsAt(vocabulary, scores, thresholds));
    assert.equal(judgedQuality(judged, tags).shown, 0);
  });
  test('ten right judgements prove a word', () => {
    const right = Array.from({ length: 10 }, () => seen('截图', 0.3, 'right'));
    const at = (judged: typeof right) => fit(vocabulary, photos, judged, ['猫']).get('截图');
    assert.equal(at(right), 0.25);
    assert.equal(at(right.slice(1)), 0.65);
    assert.equal(at([...right, seen('截图', 0.3, 'wrong')]), 0.65);
  });
  test('what is wrong, right, unjudged and silent is counted', () => {
    const judged = [seen('猫', 0.9, 'right'), seen('猫', 0.9, 'wrong')];
    const tags = [new Set(['猫', '狗']), new Set(['猫']), new Set<string>()];
    assert.deepEqual(judgedQuality([...judged, { right: new Set(), wrong: new Set() }], tags), {
      photos: 3,
      tagged: 2,
      shown: 3,
      wrong: 1,
      unjudged: 1,
    });
  });
});
