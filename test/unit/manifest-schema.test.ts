/** docs/manifest.schema.json says what the engine checks. WANWU_UPDATE=1 writes it anew. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as v from 'valibot';
import { manifestSchema } from '../../engine/infer/manifest.ts';
import { jsonSchema } from '../fixtures/json-schema.ts';

const file = new URL('../../docs/manifest.schema.json', import.meta.url);
const models = new URL('../../models/', import.meta.url);

test('the JSON Schema of the manifest is current', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'manifest.json of a model pack',
    ...jsonSchema(manifestSchema),
  };
  if (process.env['WANWU_UPDATE'] === '1')
    writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(schema)));
});

test('every pack that ships has what it requires', () => {
  const { required } = JSON.parse(readFileSync(file, 'utf8')) as { required: string[] };
  for (const pack of ['blazeface', 'efficientnet-lite2']) {
    const text = readFileSync(new URL(`${pack}/manifest.json`, models), 'utf8');
    const manifest = JSON.parse(text) as object;
    assert.ok(v.is(manifestSchema, manifest), pack);
    for (const name of required) assert.ok(name in manifest, `${pack}: ${name}`);
  }
});
