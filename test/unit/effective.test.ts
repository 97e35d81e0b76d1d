/** Which tags a photo ends up with: the model's word, a person's word, and the tree above them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PhotoTag, Verdict } from '../../common/contract.ts';
import { effectiveTags, mostTelling } from '../../engine/vocabulary/effective.ts';
import { buildVocabulary, type Tag } from '../../engine/vocabulary/vocabulary.ts';

const tag = (name: string, parents: string[], labels: string[] = []): Tag => ({
  name,
  en: name,
  parents,
  synonyms: [],
  labels,
});
const vocabulary = buildVocabulary([
  tag('动物', []),
  tag('宠物', ['动物']),
  tag('狗', ['宠物']),
  tag('金毛', ['狗'], ['n1']),
  tag('哈士奇', ['狗'], ['n2']),
  tag('雪', [], ['n3']),
]);

function names(
  scores: Record<string, number>,
  decisions: Record<string, Verdict> = {},
  threshold = 0.5,
): string[] {
  return [...tagsOf(scores, decisions, threshold).keys()].sort();
}

function tagsOf(
  scores: Record<string, number>,
  decisions: Record<string, Verdict> = {},
  threshold = 0.5,
): Map<string, PhotoTag> {
  return effectiveTags(
    vocabulary,
    [{ scores: new Map(Object.entries(scores)), threshold }],
    new Map(Object.entries(decisions)),
  );
}

describe('what the model says', () => {
  test('counts from the threshold on', () => {
    assert.deepEqual(names({ 雪: 0.5 }), ['雪']);
    assert.deepEqual(names({ 雪: 0.499 }), []);
    assert.deepEqual(names({ 雪: 0.3 }, {}, 0.3), ['雪']);
  });
  test('brings everything above it, at least as sure', () => {
    const tags = tagsOf({ 金毛: 0.6, 狗: 0.58 });
    assert.deepEqual([...tags.keys()].sort(), ['动物', '宠物', '狗', '金毛']);
    assert.deepEqual(tags.get('狗'), { name: '狗', score: 0.6, source: 'model' });
  });
  test('may be sure of a concept and of none of its leaves', () => {
    assert.deepEqual(names({ 金毛: 0.4, 哈士奇: 0.4, 狗: 0.8 }), ['动物', '宠物', '狗']);
  });
});

describe('what several models say', () => {
  const said = (first: Record<string, number>, second: Record<string, number>) =>
    effectiveTags(
      vocabulary,
      [
        { scores: new Map(Object.entries(first)), threshold: 0.5 },
        { scores: new Map(Object.entries(second)), threshold: 0.2 },
      ],
      new Map(),
    );
  test('each is believed from its own threshold on, the surest of them counts', () => {
    const tags = said({ 雪: 0.3, 金毛: 0.6 }, { 雪: 0.3, 金毛: 0.7 });
    assert.equal(tags.get('雪')?.score, 0.3);
    assert.equal(tags.get('金毛')?.score, 0.7);
    assert.equal(said({ 雪: 0.3 }, { 雪: 0.1 }).size, 0);
  });
});

describe('what a person says', () => {
  test('added is there without the model, with what lies above', () => {
    const tags = tagsOf({}, { 哈士奇: 'added' });
    assert.deepEqual([...tags.keys()].sort(), ['动物', '哈士奇', '宠物', '狗'].sort());
    assert.deepEqual(tags.get('哈士奇'), { name: '哈士奇', score: 1, source: 'person' });
  });
  test('no stays no, for the tag and everything below it', () => {
    assert.deepEqual(names({ 金毛: 0.9, 狗: 0.9, 动物: 0.9 }, { 狗: 'rejected' }), ['动物']);
  });
  test('no to a leaf does not bring it back through its parents', () => {
    assert.deepEqual(names({ 金毛: 0.9 }, { 金毛: 'rejected' }), []);
  });
  test('yes by name stands against a no above it', () => {
    assert.deepEqual(names({}, { 狗: 'rejected', 金毛: 'confirmed' }), ['动物', '宠物', '金毛']);
  });
  test('a word that is in no vocabulary is a tag too', () => {
    assert.deepEqual(names({}, { 外婆家: 'added' }), ['外婆家']);
  });
  test('confirmed keeps the score and is below any threshold', () => {
    assert.deepEqual(tagsOf({ 雪: 0.1 }, { 雪: 'confirmed' }).get('雪'), {
      name: '雪',
      score: 0.1,
      source: 'person',
    });
  });
});

describe('the most telling tags', () => {
  test("a person's own come first, then narrow before wide", () => {
    const tags: PhotoTag[] = [
      { name: '动物', score: 0.99, source: 'model' },
      { name: '金毛', score: 0.9, source: 'model' },
      { name: '外婆家', score: 1, source: 'person' },
    ];
    assert.deepEqual(
      mostTelling(vocabulary, tags).map(({ name }) => name),
      ['外婆家', '金毛', '动物'],
    );
  });
});
