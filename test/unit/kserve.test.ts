/** The KServe v2 bytes: what is sent, and what is accepted as an answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
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
import { openServer, readAddress } from '../../engine/infer/remote/server.ts';
import { openPeer } from '../fixtures/kserve-peer.ts';
import { selfSigned } from '../fixtures/self-signed.ts';

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
  test('may have floats of other sizes', () => {
    const output = { name: 'y', shape: [1, 2] };
    const halves = answer(
      [{ ...output, datatype: 'FP16', parameters: { binary_data_size: 4 } }],
      Buffer.from('003800b4', 'hex'),
    );
    assert.deepEqual([...(decodeAnswer(...halves, ['y'])[0]?.values ?? [])], [0.5, -0.25]);
    const doubles = answer(
      [{ ...output, datatype: 'FP64', parameters: { binary_data_size: 16 } }],
      Buffer.from(Float64Array.of(0.5, -0.25).buffer),
    );
    assert.deepEqual([...(decodeAnswer(...doubles, ['y'])[0]?.values ?? [])], [0.5, -0.25]);
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
  for (const tail of ['/', '/v2', '/v2/', '/v2/models', '/v2/models/pack/infer'])
    assert.deepEqual(readAddress(`${base}${tail}`, 'pack'), { base, model: 'pack' });
  assert.deepEqual(readAddress(`${base}/v2/models/other/versions/2`, 'pack'), {
    base,
    model: 'other/versions/2',
  });
});

test('servers are chosen like a device', () => {
  const accepts = (word: string) => v.is(deviceChoiceSchema, word);
  for (const word of ['auto', 'cpu', 'http://a:8000', 'https://a,http://b:1/v2/models/x'])
    assert.ok(accepts(word), word);
  for (const word of ['gpu', 'ftp://a', 'http://', 'http://a:8000,', 'http://a b'])
    assert.ok(!accepts(word), word);
  assert.ok(accepts('http://[::1]:8000'));
  for (const word of ['http://::1:8000', 'http://a:99999', 'http://a,http://b:x', 'http://a/%zz'])
    assert.ok(!accepts(word), word);
});

describe('what is no server that can be used says what to do', () => {
  const cases: [
    name: string,
    server: () => net.Server,
    scheme: string,
    token: string,
    code: string,
  ][] = [
    ['another path', () => answering(404), 'http', '', 'not-kserve'],
    ['a page', () => answering(200), 'http', '', 'not-kserve'],
    ['a login', () => answering(302), 'http', '', 'not-kserve'],
    ['the port of gRPC', () => saying('000004040000000000'), 'http', '', 'not-kserve'],
    ['a start that goes on', () => answering(503), 'http', '', 'not-ready'],
    ['another token', () => answering(401), 'http', 'other', 'not-allowed'],
    ['a token of two lines', () => answering(200), 'http', 'to\nken', 'not-allowed'],
    ['plain http', () => answering(200), 'https', '', 'no-tls'],
    ['a certificate of its own', () => https.createServer(selfSigned), 'https', '', 'not-trusted'],
  ];
  for (const [name, make, scheme, token, code] of cases)
    test(name, async (t) => {
      const server = make().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const connections = openConnections({ total: 4, perHost: 4 }, token);
      const { port } = server.address() as AddressInfo;
      const input = { name: 'x', datatype: 'FP32' as const, dims: [3, 4, 4] };
      const needs = { name: 'x', input, outputs: ['y'], finish: () => [] };
      const address = `${scheme}://127.0.0.1:${String(port)}`;
      const asked = openServer(address, needs, connections, 1_000, () => undefined);
      t.after(() => {
        asked.close();
        connections.close();
        server.close();
      });
      await asked.probe();
      const { trouble } = asked;
      assert.equal(trouble?.code, code, trouble?.detail);
      assert.match(trouble.detail, /^[^\n]{3,120}$/);
    });
});

function answering(status: number): http.Server {
  return http.createServer((_, response) => response.writeHead(status).end('<html>'));
}

function saying(hex: string): net.Server {
  return net.createServer((socket) => socket.end(Buffer.from(hex, 'hex')));
}

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
