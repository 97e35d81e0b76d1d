/** Sentences for what the contract says in codes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonDetail, reasonText } from '../../common/texts.ts';

test('a fact ends the sentence of a reason; what a library said is marked as a technical detail', () => {
  const psd = { code: 'unsupported-format', detail: 'PSD' } as const;
  assert.equal(reasonText('zh', psd), '暂不支持的格式：PSD');
  assert.equal(reasonDetail('zh', psd), 'PSD');
  const damaged = { code: 'damaged', detail: "Invalid input: No 'hvcC' box" } as const;
  assert.equal(reasonText('zh', damaged), "文件已损坏（技术细节：Invalid input: No 'hvcC' box）");
  assert.equal(
    reasonText('en', damaged),
    "the file is damaged (technical detail: Invalid input: No 'hvcC' box)",
  );
  assert.equal(reasonDetail('zh', damaged), "技术细节：Invalid input: No 'hvcC' box");
  assert.equal(reasonText('en', { code: 'damaged', detail: '' }), 'the file is damaged');
});
