/** Where the labels of a pack find their tags. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withPacks, type PackWords } from '../../engine/vocabulary/pack-tags.ts';
import { buildVocabulary } from '../../engine/vocabulary/vocabulary.ts';

const base = buildVocabulary([
  { name: '动物', en: 'animal', parents: [], synonyms: [], labels: [] },
  { name: '猫', en: 'cat', parents: ['动物'], synonyms: ['猫咪'], labels: ['n1'] },
]);
const label = (name: string, en = '', synonyms: string[] = [], wordnet: string | null = null) => ({
  name,
  en,
  synonyms,
  wordnet,
});
const merged = (labels: PackWords['labels'], concepts: PackWords['concepts'] = []) =>
  withPacks(base, [{ name: 'mine', labels, concepts }]);

describe('a label', () => {
  test('joins our tag by its name, its synonym or its English name', () => {
    const found = merged([label('猫'), label('猫咪'), label('Cat')]);
    assert.deepEqual(found.get('猫')?.labels, ['n1', 'mine#0', 'mine#1', 'mine#2']);
    assert.equal(found.tags.length, 2);
    assert.ok(found.labelsBelow('动物').has('mine#1'));
  });
  test('that nobody knows becomes a tag of its own, once', () => {
    const found = merged([label('飞碟', 'UFO', ['不明飞行物']), label('飞碟')]);
    assert.deepEqual(found.get('飞碟'), {
      name: '飞碟',
      en: 'UFO',
      parents: [],
      synonyms: ['不明飞行物'],
      labels: ['mine#0', 'mine#1'],
    });
  });
  test('with a WordNet id that we know needs nothing', () => {
    assert.deepEqual(merged([label('tabby', '', [], 'n1')]).get('猫')?.labels, ['n1']);
  });
});

test("a pack's own concepts stand above its labels and below ours", () => {
  const concept = { name: '妖怪', en: '', parents: ['动物', '没有的词'], synonyms: [] };
  const found = merged([label('猫妖')], [concept, { ...concept, name: '猫妖', parents: ['妖怪'] }]);
  assert.deepEqual([...found.ancestors('猫妖')].sort(), ['动物', '妖怪']);
  assert.ok(found.labelsBelow('妖怪').has('mine#0'));
});
