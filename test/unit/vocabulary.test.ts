/** Checks the words themselves: every label has one, no word means two things, the tree is a tree. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { buildVocabulary, loadVocabulary, type Tag } from '../../engine/vocabulary/vocabulary.ts';

const vocabulary = loadVocabulary();
const { tags } = vocabulary;
const labels = readFileSync(
  new URL('../../models/efficientnet-lite2/labels.txt', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => line.split(' ')[0] ?? '');

function repeated(words: readonly string[]): string[] {
  return words.filter((word, at) => words.indexOf(word) !== at);
}

describe('the vocabulary', () => {
  test('has one word for each of the 1,000 labels', () => {
    const named = tags.flatMap((tag) => tag.labels);
    assert.equal(labels.length, 1000);
    assert.deepEqual([...named].sort(), [...labels].sort());
  });
  test('says nothing twice: no two tags share a name or a synonym', () => {
    assert.deepEqual(repeated(tags.flatMap((tag) => [tag.name, ...tag.synonyms])), []);
    assert.deepEqual(repeated(tags.map((tag) => tag.en.toLowerCase())), []);
  });
  test('has no parent that does not exist, and no concept without labels', () => {
    assert.deepEqual(
      tags.flatMap((tag) => tag.parents).filter((name) => !vocabulary.get(name)),
      [],
    );
    const empty = tags.filter(
      (tag) => vocabulary.labelsBelow(tag.name).size === 0 && tag.madeFrom === undefined,
    );
    assert.deepEqual(
      empty.map((tag) => tag.name),
      [],
    );
  });
  test('has no cycle and no parent that is there by another way already', () => {
    assert.deepEqual(
      tags.filter(({ name }) => vocabulary.ancestors(name).has(name)),
      [],
    );
    const doubled = tags.flatMap(({ name, parents }) =>
      parents
        .filter((parent) => parents.some((other) => vocabulary.ancestors(other).has(parent)))
        .map((parent) => `${name} -> ${parent}`),
    );
    assert.deepEqual(doubled, []);
  });
  test('keeps labels on leaves and concepts above them', () => {
    const parents = new Set(tags.flatMap((tag) => tag.parents));
    const mixed = tags.filter(
      ({ name, labels: own, madeFrom }) =>
        (own.length > 0 || madeFrom !== undefined) === parents.has(name),
    );
    assert.deepEqual(
      mixed.map((tag) => tag.name),
      [],
    );
    assert.ok(parents.size >= 150 && parents.size <= 300, String(parents.size));
  });
  test('leaves no word alone but those that belong to nothing', () => {
    const alone = tags.filter(({ parents, labels: own }) => own.length > 0 && parents.length === 0);
    assert.ok(alone.length <= 20, alone.map((tag) => tag.name).join(' '));
  });
  test('is written in everyday characters, without spaces or punctuation', () => {
    const odd = tags
      .flatMap((tag) => [tag.name, ...tag.synonyms])
      .filter((word) => !/^[\p{Script=Han}A-Za-z\d]+$/u.test(word));
    assert.deepEqual(odd, []);
  });
  test('calls the first 398 labels animals, and nothing else', () => {
    assert.deepEqual([...vocabulary.labelsBelow('动物')].sort(), labels.slice(0, 398).sort());
  });
  test('lets labels that people call the same share one tag', () => {
    const merged = tags.filter((tag) => tag.labels.length > 1).map((tag) => tag.name);
    for (const name of ['太阳镜', '导弹', '笔记本电脑', '显示器', '浴缸', '玉米'])
      assert.ok(merged.includes(name), name);
  });
  test('has the words that people search for', () => {
    const words =
      '动物 宠物 猫 狗 鸟 昆虫 花 水果 美食 甜点 饮料 交通工具 汽车 船 飞机 火车 自行车 建筑 桥 海滩 山 湖 风景 室内 户外 家具 家电 电脑 手机 乐器 运动 服装 鞋 玩具 厨房 餐具 工具 文字 人物';
    const known = new Set(tags.flatMap((tag) => [tag.name, ...tag.synonyms]));
    assert.deepEqual(
      words.split(' ').filter((word) => !known.has(word)),
      [],
    );
  });
});

describe('the tree', () => {
  const tag = (name: string, parents: string[], own: string[] = []): Tag => ({
    name,
    en: name,
    parents,
    synonyms: [],
    labels: own,
  });
  const tree = buildVocabulary([
    tag('top', []),
    tag('left', ['top']),
    tag('right', ['top']),
    tag('leaf', ['left', 'right'], ['n1', 'n2']),
  ]);
  test('reaches a label once however many ways lead to it', () => {
    assert.deepEqual([...tree.labelsBelow('top')], ['n1', 'n2']);
    assert.equal(tree.labelCount, 2);
  });
  test('knows what lies above and below', () => {
    assert.deepEqual([...tree.ancestors('leaf')].sort(), ['left', 'right', 'top']);
    assert.deepEqual([...tree.descendants('top')].sort(), ['leaf', 'left', 'right']);
    assert.equal(tree.ancestors('unknown').size, 0);
  });
  test('ends even where a file has a cycle', () => {
    const cycle = buildVocabulary([tag('a', ['b']), tag('b', ['a'], ['n1'])]);
    assert.deepEqual([...cycle.ancestors('a')].sort(), ['a', 'b']);
  });
});
