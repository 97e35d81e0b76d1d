/** What typed words mean: names, synonyms, Traditional characters, English, pinyin; parts only suggest. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildKeys } from '../../engine/vocabulary/keys.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';

const vocabulary = loadVocabulary();
const keys = buildKeys(vocabulary, ['外婆家']);
const meaning = (word: string) => keys.meaning(word);

describe('a typed word means', () => {
  test('the tag with this name', () => {
    assert.deepEqual(meaning('猫'), { tags: ['猫'], matched: 'name' });
  });
  test('never a longer name that holds it: 马 is not 马桶, 车 is not 汽车', () => {
    assert.deepEqual(meaning('马').tags, ['马']);
    assert.deepEqual(meaning('车').tags, ['车']);
    assert.deepEqual(meaning('桶').tags, ['桶']);
    assert.deepEqual(meaning('猫狗').tags, []);
  });
  test('the tag with this synonym', () => {
    assert.deepEqual(meaning('狗狗'), { tags: ['狗'], matched: 'synonym' });
    assert.deepEqual(meaning('美食'), { tags: ['食物'], matched: 'synonym' });
  });
  test('the same in Traditional characters', () => {
    for (const [typed, name] of [
      ['貓', '猫'],
      ['汽車', '汽车'],
      ['飛機', '飞机'],
      ['單車', '自行车'],
    ] as const)
      assert.deepEqual(meaning(typed), { tags: [name], matched: 'traditional' });
  });
  test('the same in English, whatever the case and width', () => {
    for (const typed of ['dog', 'DOG', 'ｄｏｇ', ' dog '])
      assert.deepEqual(meaning(typed), { tags: ['狗'], matched: 'english' });
    assert.deepEqual(meaning('golden retriever').tags, ['金毛寻回犬']);
  });
  test('every tag that sounds like it', () => {
    assert.deepEqual(meaning('jinmaoxunhuiquan'), { tags: ['金毛寻回犬'], matched: 'pinyin' });
    assert.deepEqual(meaning("xi'an").tags, meaning('xian').tags);
    assert.ok(meaning('mao').tags.includes('猫'));
  });
  test('a sound with ü, also as keyboards have it', () => {
    for (const typed of ['nvbao', 'nübao', 'NVBAO'])
      assert.deepEqual(meaning(typed).tags, ['手提包']);
    assert.equal(keys.suggest('lvxing', 1)[0]?.name, '旅行车');
  });
  test('a name that a person gave', () => {
    assert.deepEqual(meaning('外婆家'), { tags: ['外婆家'], matched: 'name' });
    assert.deepEqual(meaning('waipojia').tags, ['外婆家']);
  });
  test('what it meant before a person gave it as a name, too', () => {
    const more = buildKeys(vocabulary, ['狗狗', 'dog', '貓', '很']);
    assert.deepEqual(more.meaning('狗狗'), { tags: ['狗狗', '狗'], matched: 'name' });
    assert.deepEqual(more.meaning('dog'), { tags: ['dog', '狗'], matched: 'name' });
    assert.deepEqual(more.meaning('貓'), { tags: ['貓', '猫'], matched: 'name' });
    assert.deepEqual(more.meaning('hen'), { tags: ['母鸡'], matched: 'english' });
  });
  test('nothing where it means nothing', () => {
    for (const typed of ['', '   ', '不存在的词', '__proto__', 'constructor', '%', '*'])
      assert.deepEqual(meaning(typed), { tags: [], matched: null });
  });
  test('itself: every name finds its tag first', () => {
    const lost = vocabulary.tags.filter(
      ({ name }) => meaning(name).tags.join() !== name || meaning(name).matched !== 'name',
    );
    assert.deepEqual(
      lost.map(({ name }) => name),
      [],
    );
  });
});

describe('a part of a word suggests', () => {
  const suggested = (word: string, limit: number) =>
    keys.suggest(word, limit).map(({ name }) => name);
  test('names that begin with it before names that hold it', () => {
    const found = suggested('马', 10);
    assert.equal(found[0], '马');
    assert.ok(found.includes('马桶'));
  });
  test('by the start of its pinyin and by its initials', () => {
    assert.ok(suggested('jinmao', 5).includes('金毛寻回犬'));
    assert.ok(suggested('jmxhq', 5).includes('金毛寻回犬'));
    assert.ok(suggested("jin'mao", 5).includes('金毛寻回犬'));
  });
  test('in Traditional characters', () => {
    assert.ok(suggested('貓', 20).includes('猫头鹰'));
    assert.deepEqual(buildKeys(vocabulary, ['貓咪日記']).suggest('貓咪日', 1)[0]?.name, '貓咪日記');
  });
  test('the word that matched is told where it is not the name', () => {
    assert.deepEqual(keys.suggest('狗狗', 1), [{ name: '狗', via: '狗狗' }]);
    assert.deepEqual(keys.suggest('狗', 1), [{ name: '狗', via: null }]);
  });
  test('an English plural what it is the plural of, where nothing else is near', () => {
    assert.deepEqual(keys.suggest('knives', 5), [{ name: '刀', via: 'knife' }]);
    assert.deepEqual(suggested('glasses', 1), ['眼镜']);
  });
  test('no more than asked for, and nothing for nothing', () => {
    assert.equal(keys.suggest('a', 3).length, 3);
    assert.deepEqual(keys.suggest('  ', 5), []);
    assert.ok(!suggested("'", 500).includes('猫'));
    assert.deepEqual(keys.suggest('不存在的词', 5), []);
  });
});
