/** Label lists as people have them: one a line, CSV, JSON; Chinese, English, both, several names. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LabelError, labelText, parseLabels } from '../../engine/infer/labels.ts';

const names = (text: string, file = 'labels.txt') =>
  parseLabels(text, file).map(({ name, en, synonyms }) => [name, en, ...synonyms]);

describe('one a line', () => {
  test('WordNet ids are kept, English commas part the synonyms', () => {
    const [tench] = parseLabels('n01440764 tench, Tinca tinca\n', 'labels.txt');
    assert.deepEqual(tench, {
      name: 'tench',
      en: 'tench',
      synonyms: ['Tinca tinca'],
      wordnet: 'n01440764',
    });
  });
  test('Chinese names are parted by slashes and Chinese marks', () => {
    assert.deepEqual(names('猫/猫咪\r\n狗、犬；狗狗\r\n'), [
      ['猫', '', '猫咪'],
      ['狗', '', '犬', '狗狗'],
    ]);
  });
  test('a slash inside Latin letters parts nothing', () => {
    assert.deepEqual(names('AC/DC\nTCP/IP'), [
      ['AC/DC', 'AC/DC'],
      ['TCP/IP', 'TCP/IP'],
    ]);
  });
  test('a remark in brackets is kept for search only', () => {
    assert.deepEqual(names('苹果（水果）\n吧(酒吧)'), [
      ['苹果', '', '苹果（水果）'],
      ['吧', '', '吧(酒吧)'],
    ]);
  });
  test('a word and its translation stand side by side in either order', () => {
    assert.deepEqual(names('cat 猫\n狗 dog'), [
      ['猫', 'cat'],
      ['狗', 'dog'],
    ]);
  });
});

describe('CSV', () => {
  test('columns by name, rows by index', () => {
    assert.deepEqual(names('id,name,中文\n1,dog,狗\n0,"cat, house",猫/猫咪', 'labels.csv'), [
      ['猫', 'cat', '猫咪', 'house'],
      ['狗', 'dog'],
    ]);
  });
  test('columns by what is in them', () => {
    assert.deepEqual(names('0\tcat\t猫\n1\tdog\t狗', 'labels.tsv'), [
      ['猫', 'cat'],
      ['狗', 'dog'],
    ]);
  });
  test('one column: quotes and its name are no part of the labels', () => {
    const expected = [
      ['tench', 'tench', 'Tinca tinca'],
      ['goldfish', 'goldfish'],
    ];
    assert.deepEqual(names('"tench, Tinca tinca"\ngoldfish\n', 'labels.csv'), expected);
    assert.deepEqual(names('name\n"tench, Tinca tinca"\ngoldfish\n', 'labels.csv'), expected);
    assert.deepEqual(
      names('7\n5\n', 'labels.csv').map(([name]) => name),
      ['7', '5'],
    );
  });
  test('an index with a hole is refused', () => {
    assert.throws(() => names('0,猫\n2,狗', 'labels.csv'), LabelError);
  });
});

describe('JSON', () => {
  test('a list, a table either way round, a configuration', () => {
    assert.deepEqual(names('["猫","狗"]', 'l.json'), [
      ['猫', ''],
      ['狗', ''],
    ]);
    assert.deepEqual(names('{"1":"dog","0":"cat"}', 'l.json'), [
      ['cat', 'cat'],
      ['dog', 'dog'],
    ]);
    assert.deepEqual(names('{"dog":1,"cat":0}', 'l.json'), [
      ['cat', 'cat'],
      ['dog', 'dog'],
    ]);
    assert.deepEqual(names('{"model_type":"vit","id2label":{"0":"猫"}}', 'config.json'), [
      ['猫', ''],
    ]);
  });
  test('objects with translations and synonyms', () => {
    assert.deepEqual(names('[{"zh":"猫","en":"cat","synonyms":["猫咪","喵"]}]', 'l.json'), [
      ['猫', 'cat', '猫咪', '喵'],
    ]);
  });
});

test('an empty file and an empty label are refused', () => {
  assert.throws(() => names('\n'), LabelError);
  assert.throws(() => names('猫\n\n狗'), /#2 is empty/);
});

describe('encodings', () => {
  const files: Record<string, Buffer> = {
    'UTF-8': Buffer.from('猫\n狗\n'),
    'UTF-8 with a mark': Buffer.from('\uFEFF猫\n狗\n'),
    'UTF-16 LE': Buffer.from('\uFEFF猫\n狗\n', 'utf16le'),
    'UTF-16 BE': Buffer.from('\uFEFF猫\n狗\n', 'utf16le').swap16(),
    GBK: Buffer.from('c3a80ab9b70a', 'hex'),
  };
  for (const [name, bytes] of Object.entries(files))
    test(name, () => {
      assert.deepEqual(names(labelText(bytes)), [
        ['猫', ''],
        ['狗', ''],
      ]);
    });
  test('what is no text is refused', () => {
    assert.throws(() => labelText(Buffer.from('89504e470d0a1a0aff', 'hex')), LabelError);
  });
});
