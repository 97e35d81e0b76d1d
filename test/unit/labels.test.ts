/** Label lists as people have them: one a line, CSV, JSON; Chinese, English, both, several names. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LabelError } from '../../engine/infer/label-error.ts';
import { labelText, parseLabels } from '../../engine/infer/labels.ts';

const names = (text: string, file = 'labels.txt') =>
  parseLabels(text, file).map(({ name, en, synonyms }) => [name, en, ...synonyms]);
const shown = (text: string, file?: string) => names(text, file).map(([name]) => name);
const problem = (text: string, file?: string) => {
  try {
    return `fine: ${shown(text, file).join()}`;
  } catch (error) {
    return error instanceof LabelError ? error.message : String(error);
  }
};

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
    const expected = [
      ['猫', 'cat'],
      ['狗', 'dog'],
    ];
    assert.deepEqual(names('cat 猫\n狗 dog'), expected);
    assert.deepEqual(names('cat/猫\n狗/dog'), expected);
    assert.deepEqual(names('cat,猫\n狗,dog'), expected);
  });
  test('a comma parts Chinese names, but not the digits of a number', () => {
    assert.deepEqual(names('猫,猫咪\n1,000元纸币'), [
      ['猫', '', '猫咪'],
      ['1,000元纸币', ''],
    ]);
  });
  test('the number of the line is no part of the label', () => {
    for (const text of [
      '0: cat\n1: hot dog',
      '1. cat\n2. hot dog',
      '0 cat\n1 hot dog',
      '0,cat\n1,hot dog',
    ])
      assert.deepEqual(shown(text), ['cat', 'hot dog'], text);
    assert.deepEqual(shown('1：狗\n0：猫'), ['猫', '狗']);
    assert.deepEqual(names('0: tench, Tinca tinca\n1: goldfish')[0], [
      'tench',
      'tench',
      'Tinca tinca',
    ]);
  });
  test('numbers that count nothing stay', () => {
    assert.deepEqual(shown('7 up\n8 ball'), ['7 up', '8 ball']);
    assert.deepEqual(shown('0\n1\n2'), ['0', '1', '2']);
    assert.deepEqual(shown('2 seater\n4 seater'), ['2 seater', '4 seater']);
  });
  test('words are parted by blanks, whatever their model was told', () => {
    assert.deepEqual(shown('hot_dog\nt_shirt\n^_^'), ['hot dog', 't_shirt', '^_^']);
  });
  test('lines of an old Mac', () => {
    assert.deepEqual(shown('猫\r狗\r'), ['猫', '狗']);
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
    assert.equal(problem('0,猫\n2,狗', 'labels.csv'), 'labels-gap 1');
    assert.equal(problem('id,name\n0,cat\n2,dog', 'labels.csv'), 'labels-gap 1');
  });
  test('numbers under another name are no index', () => {
    const text = 'tag_id,name,category,count\n9999999,general,9,807858\n470575,1girl,0,4225150\n';
    assert.deepEqual(shown(text, 'selected_tags.csv'), ['general', '1girl']);
    assert.deepEqual(shown('dog,20\ncat,7', 'labels.csv'), ['dog', 'cat']);
  });
  test('columns by the names that others give them', () => {
    const text = 'class_index,class_name\n1,dog\n0,cat\n';
    assert.deepEqual(shown(text, 'labels.csv'), ['cat', 'dog']);
    const open = 'LabelName,DisplayName\n/m/011k07,Tortoise\n/m/011q46kg,Container\n';
    assert.deepEqual(shown(open, 'labels.csv'), ['Tortoise', 'Container']);
  });
  test('a line with more cells than another is refused by its number', () => {
    for (const text of [
      'id,name\n0,cat\n1,tench, Tinca tinca\n',
      'en,zh\ncat,猫\n5" gun,枪\n',
      'cat,猫\ndog,狗\nbird,鸟,飞禽\n',
    ])
      assert.equal(problem(text, 'labels.csv'), 'labels-ragged 3');
    assert.equal(problem('猫\tcat\n狗\n', 'labels.txt'), 'labels-ragged 2');
    assert.equal(problem('cat,猫\n\ndog,狗\n', 'labels.csv'), 'labels-blank 2');
  });
  test('commas that can only part names need no quotes', () => {
    for (const text of ['tench, Tinca tinca\ncat\n', '0,tench, Tinca tinca\n1,cat\n'])
      assert.deepEqual(names(text, 'labels.csv'), [
        ['tench', 'tench', 'Tinca tinca'],
        ['cat', 'cat'],
      ]);
    const synsets = 'n01440764,tench, Tinca tinca\nn01443537,goldfish\n';
    assert.deepEqual(shown(synsets, 'labels.csv'), ['tench', 'goldfish']);
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
  test('what Keras, timm and Python write', () => {
    const keras = '{"1":["n01443537","goldfish"],"0":["n01484850","great_white_shark"]}';
    assert.deepEqual(parseLabels(keras, 'l.json')[0], {
      name: 'great white shark',
      en: 'great white shark',
      synonyms: [],
      wordnet: 'n01484850',
    });
    assert.deepEqual(shown('{"label_names":["cat","dog"],"num_classes":2}', 'config.json'), [
      'cat',
      'dog',
    ]);
    assert.deepEqual(shown('{"label2id":{"dog":1,"cat":0}}', 'config.json'), ['cat', 'dog']);
    const python = `{0: 'tench, Tinca tinca',\n 1: "jack-o'-lantern",\n 2: 'ox\\'s eye'}`;
    assert.deepEqual(shown(python), ['tench', "jack-o'-lantern", "ox's eye"]);
    assert.deepEqual(shown("['cat', 'dog',]"), ['cat', 'dog']);
  });
  test('what has no labels is refused by what it has', () => {
    assert.match(
      problem('{"architecture":"x","num_classes":1000}', 'config.json'),
      /^labels-list .*arch/,
    );
    assert.match(problem('[1,2]', 'l.json'), /^labels-list 1$/);
    assert.equal(problem('{"1":"cat","2":"dog"}', 'l.json'), 'labels-gap 0');
    assert.equal(problem('{"0":"cat"', 'l.json'), 'labels-json');
  });
  test('objects with translations and synonyms', () => {
    assert.deepEqual(names('[{"zh":"猫","en":"cat","synonyms":["猫咪","喵"]}]', 'l.json'), [
      ['猫', 'cat', '猫咪', '喵'],
    ]);
  });
});

test('an empty file and an empty label are refused', () => {
  assert.equal(problem('\n'), 'labels-empty');
  assert.equal(problem('猫\n\n狗'), 'labels-blank 2');
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
