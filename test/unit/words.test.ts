/** What a typed query says. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createReader } from '../../engine/catalog/search/words.ts';
import { loadVocabulary } from '../../engine/vocabulary/vocabulary.ts';

test('words are parted by spaces and by the marks of Chinese', async () => {
  const reader = createReader(
    loadVocabulary(),
    () => ['出门，散步'],
    () => Promise.resolve(new Map()),
  );
  for (const text of ['猫 狗', '猫、狗', '猫，狗。', '猫;  狗'])
    assert.deepEqual(
      (await reader.understand(text)).map(({ word, tags }) => [word, tags]),
      [
        ['猫', ['猫']],
        ['狗', ['狗']],
      ],
      text,
    );
  const [name] = await reader.understand('出门，散步');
  assert.equal(name?.word, '出门，散步');
});

describe('Chinese without spaces', () => {
  const reader = createReader(
    loadVocabulary(),
    () => ['日落', '豆豆', '貓'],
    () => Promise.resolve(new Map([['狗', 1]])),
  );
  const tags = async (text: string) =>
    (await reader.understand(text)).map((word) => word.tags.join('、'));

  test('is read as the words that it is made of', async () => {
    for (const [typed, spaced] of [
      ['海边日落', '海边 日落'],
      ['猫沙发', '猫 沙发'],
      ['狗狗沙滩帐篷', '狗狗 沙滩 帐篷'],
      ['豆豆沙发', '豆豆 沙发'],
      ['T恤牛仔裤', 'T恤 牛仔裤'],
      ['dog海边', 'dog 海边'],
      ['猫 海边日落', '猫 海边 日落'],
    ] as const) {
      const words = await tags(typed);
      assert.ok(words.length > 1 && !words.includes(''), typed);
      assert.deepEqual(words, await tags(spaced), typed);
    }
  });
  test('also with particles between them', async () => {
    assert.deepEqual(await tags('海边的日落'), ['海边', '日落']);
    assert.deepEqual(await tags('床上的猫和狗'), ['床', '猫', '狗']);
    assert.deepEqual(await tags('豆豆在沙发上'), ['豆豆', '沙发']);
    assert.deepEqual(await tags('桌子下面的狗'), ['桌子', '狗']);
    assert.deepEqual(await tags('山上的老虎'), ['山', '老虎']);
  });
  test('also in Traditional characters', async () => {
    assert.deepEqual(await tags('沙發上的貓'), ['沙发', '貓、猫']);
    assert.deepEqual(await tags('汽車與飛機'), ['汽车', '飞机']);
  });
  test('says of each word in what it was typed', async () => {
    assert.deepEqual(await reader.understand('狗狗沙发 猫'), [
      { typed: '狗狗沙发', word: '狗狗', tags: ['狗'], matched: 'synonym', suggestions: [] },
      { typed: '狗狗沙发', word: '沙发', tags: ['沙发'], matched: 'name', suggestions: [] },
      { typed: '猫', word: '猫', tags: ['猫'], matched: 'name', suggestions: [] },
    ]);
  });
  test('is one word where it is known as one, and the fewest else', async () => {
    assert.deepEqual(await tags('公园长椅'), ['公园长椅']);
    assert.deepEqual(await tags('和服'), ['和服']);
    assert.deepEqual(await tags('大熊猫竹节虫'), ['大熊猫', '竹节虫']);
    assert.deepEqual(await tags('大海边境牧羊犬'), ['海', '边境牧羊犬']);
  });
  test('is no word inside another: 山羊 is no 羊 on a 山', async () => {
    for (const typed of [
      '山羊',
      '海豹',
      '海马',
      '狗熊',
      '花猫',
      '球门',
      '水杯',
      '上海',
      '人山人海',
    ])
      assert.deepEqual(await tags(typed), [''], typed);
  });
  test('is not known where a part of it is not', async () => {
    for (const typed of ['海边草原', '没有猫', '的', '上', '猫mao', '在上'])
      assert.deepEqual(await tags(typed), [''], typed);
  });
  test('of the longest text that may be asked for takes no memory to speak of', async () => {
    const splitting = new URL('../../engine/vocabulary/split.ts', import.meta.url).href;
    const thread = new Worker(
      `import(${JSON.stringify(splitting)}).then(({ split }) => {
         const { words } = split('狗狗沙发'.repeat(8_192), 2, (part) => ['狗狗', '沙发'].includes(part));
         require('node:worker_threads').parentPort.postMessage(words.length);
       })`,
      { eval: true, resourceLimits: { maxOldGenerationSizeMb: 64 } },
    );
    assert.deepEqual(await once(thread, 'message'), [16_384]);
  });
  test('that is not known as a whole suggests what is known of it and has photos', async () => {
    const suggested = async (text: string) => (await reader.understand(text))[0]?.suggestions;
    assert.deepEqual(await suggested('草地上的狗和猫'), ['狗']);
    assert.deepEqual(await suggested('狗熊'), []);
  });
});

test('an English plural is looked up where it is no word itself', async () => {
  const reader = createReader(
    loadVocabulary(),
    () => ['Puppies'],
    () => Promise.resolve(new Map()),
  );
  const tags = async (text: string) => (await reader.understand(text)).map((word) => word.tags[0]);
  for (const [typed, name] of [
    ['dogs', '狗'],
    ['CATS', '猫'],
    ['foxes', '狐狸'],
    ['buses', '巴士'],
    ['butterflies', '蝴蝶'],
    ['knives', '刀'],
    ['wolves', '狼'],
    ['geese', '鹅'],
    ['people', '人物'],
    ['golden retrievers', '金毛寻回犬'],
    ['puppies', 'Puppies'],
  ] as const)
    assert.deepEqual(await tags(typed), [name], typed);
  // Known before the plural of both is.
  assert.deepEqual(await tags('beer glasses'), ['啤酒', '眼镜']);
  // Not in pinyin, and not twice.
  for (const typed of ['shes', 'dogss', 's']) assert.deepEqual(await tags(typed), [undefined]);
});
