/** The KServe v2 bytes: what is sent, and what is accepted as an answer. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as v from 'valibot';
import { deviceChoiceSchema } from '../../common/contract.ts';
import { openConnections } from '../../engine/infer/remote/connections.ts';
import {
  AnswerError,
  decodeAnswer,
  encodeRequest,
  errorOf,
} from '../../engine/infer/remote/kserve.ts';
import { readAddress } from '../../engine/infer/remote/server.ts';
import { openPeer } from '../fixtures/kserve-peer.ts';

test('a request is its JSON and then the bytes of every photo', () => {
  const parts = [Uint8Array.from([1, 2, 3]), Uint8Array.from([4, 5, 6])];
  const input = { name: 'x', datatype: 'UINT8' as const, shape: [2, 3], parts };
  const { headers, body } = encodeRequest(input, ['y']);
  const length = Number(headers['inference-header-content-length']);
  assert.deepEqual(JSON.parse(body.subarray(0, length).toString()), {
    inputs: [{ name: 'x', datatype: 'UINT8', shape: [2, 3], parameters: { binary_data_size: 6 } }],
    outputs: [{ name: 'y', parameters: { binary_data: true } }],
  });
  assert.deepEqual([...body.subarray(length)], [1, 2, 3, 4, 5, 6]);
  assert.equal(headers['content-length'], String(body.length));
});

function answer(outputs: object[], bytes = Buffer.alloc(0)): [Buffer, string] {
  const json = Buffer.from(JSON.stringify({ outputs }));
  return [Buffer.concat([json, bytes]), String(json.length)];
}
const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);

describe('an answer', () => {
  test('may hold more outputs than were asked for, in any order', () => {
    const [body, length] = answer(
      [
        { name: 'z', datatype: 'FP32', shape: [1], parameters: { binary_data_size: 4 } },
        { name: 'y', datatype: 'FP32', shape: [1, 2], parameters: { binary_data_size: 8 } },
      ],
      floats(9, 0.25, 0.75),
    );
    assert.deepEqual(decodeAnswer(body, length, ['y']), [
      { values: Float32Array.from([0.25, 0.75]), dims: [1, 2] },
    ]);
  });
  test('may be all JSON', () => {
    const [body] = answer([{ name: 'y', datatype: 'FP32', shape: [1, 2], data: [0.5, 0.5] }]);
    assert.deepEqual([...(decodeAnswer(body, undefined, ['y'])[0]?.values ?? [])], [0.5, 0.5]);
  });
  const one = { name: 'y', datatype: 'FP32', shape: [1, 2], parameters: { binary_data_size: 8 } };
  const wrong: [string, [Buffer, string]][] = [
    ['cut off', answer([one], floats(1))],
    ['not KServe v2', [Buffer.from('ZZZZ'), '4']],
    ['has no output', answer([{ ...one, name: 'z' }], floats(1, 2))],
    ['2 values for its shape', answer([{ ...one, shape: [2, 2] }], floats(1, 2))],
    ['is INT64', answer([{ ...one, datatype: 'INT64' }], floats(1, 2))],
    ['cut off', [Buffer.from('{}'), '99']],
  ];
  for (const [words, [body, length]] of wrong)
    test(`is refused: ${words}`, () => {
      assert.throws(
        () => decodeAnswer(body, length, ['y']),
        (error) => error instanceof AnswerError && error.message.includes(words),
      );
    });
});

test("a server's own words are one line", () => {
  assert.equal(errorOf(Buffer.from('{"error":"no memory\\nat line 1"}')), 'no memory');
  assert.equal(errorOf(Buffer.from('<html>')), null);
});

test('an address may name the model and lie below a path', () => {
  const base = 'http://host:8000';
  assert.deepEqual(readAddress(base, 'pack'), { base, model: 'pack' });
  assert.deepEqual(readAddress(`${base}/v2/models/other/`, 'pack'), { base, model: 'other' });
  assert.deepEqual(readAddress(`${base}/gpu/v2/models/other`, 'pack'), {
    base: `${base}/gpu`,
    model: 'other',
  });
  assert.deepEqual(readAddress('https://host/gpu/', 'pack'), {
    base: 'https://host/gpu',
    model: 'pack',
  });
});

test('servers are chosen like a device', () => {
  const accepts = (word: string) => v.is(deviceChoiceSchema, word);
  for (const word of ['auto', 'cpu', 'http://a:8000', 'https://a,http://b:1/v2/models/x'])
    assert.ok(accepts(word), word);
  for (const word of ['gpu', 'ftp://a', 'http://', 'http://a:8000,', 'http://a b'])
    assert.ok(!accepts(word), word);
});

test('no more sockets are open than a host may have', async () => {
  const peer = await openPeer({ name: 'x', size: 1 });
  const connections = openConnections({ total: 100, perHost: 3 }, null);
  peer.delayMs = 20;
  try {
    const url = new URL(`${peer.url}/v2/health/ready`);
    const replies = await Promise.all(
      Array.from({ length: 12 }, () => connections.send(url, { timeoutMs: 2_000 })),
    );
    assert.ok(replies.every(({ status }) => status === 200));
    assert.equal(peer.peak, 3);
  } finally {
    connections.close();
    await peer.stop();
  }
});
