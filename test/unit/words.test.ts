/** What a typed query says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
