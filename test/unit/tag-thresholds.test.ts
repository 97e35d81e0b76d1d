/** A word's own threshold stretches its score so that the pack's one threshold is right for all. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { describePack } from '../../engine/infer/pack.ts';
import { readerFor, stretched } from '../../engine/infer/tags.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';
import { fit, lift, qualityOf, tagsAt } from '../quality/fit.ts';

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
  const photos = Array.from({ length: 20 }, (_, at) =>
    at < 10
      ? { scores: new Map([['猫', 0.5]]), truth }
      : { scores: new Map([['猫', 0.3]]), truth: new Set<string>() },
  );
  test('lies above what is wrong', () => {
    const thresholds = fit(vocabulary, photos, ['猫']);
    const tags = photos.map(({ scores }) => tagsAt(vocabulary, scores, thresholds));
    const [quality] = qualityOf(photos, tags, ['猫']);
    assert.deepEqual(quality, { tag: '猫', photos: 10, precision: 1, recall: 1 });
  });
  test('lifts a leaf above the score it was wrong with', () => {
    const judged = [
      { scores: new Map([['新郎', 0.8]]), wrong: new Set(['新郎']), right: new Set<string>() },
    ];
    const lifted = lift(new Map([['新郎', 0.6]]), judged, []);
    assert.ok(Math.abs((lifted.get('新郎') ?? 0) - 0.83) < 1e-9);
    assert.deepEqual([...tagsAt(vocabulary, new Map([['新郎', 0.8]]), lifted)], []);
  });
});
