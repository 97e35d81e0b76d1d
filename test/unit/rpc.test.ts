/** The door: calls and answers over a pair of ports, and frames from somebody who means no good. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ContractError, methods, type Handlers } from '../../common/contract.ts';
import { connect, emit, serve, type Port } from '../../common/rpc.ts';

interface End extends Port {
  close(): void;
}

/** Two ports that carry JSON text to each other. */
function pair(): [End, End] {
  const frames: ((frame: unknown) => void)[][] = [[], []];
  const closers: (() => void)[] = [];
  const end = (own: 0 | 1): End => ({
    send: (frame) => {
      const text = JSON.stringify(frame);
      queueMicrotask(() => {
        for (const listener of frames[own === 0 ? 1 : 0] ?? []) listener(JSON.parse(text));
      });
    },
    onFrame: (listener) => frames[own]?.push(listener),
    onClose: (listener) => closers.push(listener),
    close: () => {
      for (const close of closers) close();
    },
  });
  return [end(0), end(1)];
}

const handlers: Partial<Handlers> = {
  'tags.list': () => ({ tags: [{ name: '猫', count: 1 }] }),
  'photos.search': ({ query }) => ({ total: query.length, photos: [], words: [] }),
  'folders.list': () => {
    throw new ContractError('not-found', 'x');
  },
  'folders.add': () => Promise.reject(new TypeError('a mistake')),
};

function open() {
  const [near, far] = pair();
  serve(far, handlers);
  return { near, client: connect(near) };
}

/** Sends a raw frame and resolves with the answer to call `id`. */
function raw(
  frame: Record<string, unknown>,
): Promise<{ error?: { code: string; detail: string } }> {
  const { near } = open();
  return new Promise((resolve) => {
    near.onFrame((answer) => {
      resolve(answer as { error?: { code: string; detail: string } });
    });
    near.send({ id: 1, ...frame });
  });
}

const codeOf = async (frame: Record<string, unknown>) => (await raw(frame)).error?.code;
const isCode = (code: string) => (error: unknown) =>
  error instanceof ContractError && error.code === code;

describe('a call', () => {
  test('is answered, many at once, each its own', async () => {
    const { client } = open();
    const totals = await Promise.all(
      ['', 'a', 'bb'].map((query) => client.call('photos.search', { query, limit: 1, offset: 0 })),
    );
    assert.deepEqual(
      totals.map(({ total }) => total),
      [0, 1, 2],
    );
  });
  test("carries the engine's own error over", async () => {
    await assert.rejects(open().client.call('folders.list', {}), isCode('not-found'));
  });
  test('turns a mistake in the engine into `internal`', async () => {
    await assert.rejects(open().client.call('folders.add', { paths: ['/a'] }), isCode('internal'));
  });
  test('rejects with `engine-gone` when the port closes, before and after', async () => {
    const [near] = pair();
    const client = connect(near);
    const waiting = assert.rejects(client.call('tags.list', {}), isCode('engine-gone'));
    near.close();
    await waiting;
    await assert.rejects(client.call('tags.list', {}), isCode('engine-gone'));
  });
  test('of a method that this engine does not serve is `read-only`', async () => {
    await assert.rejects(open().client.call('work.pause', {}), isCode('read-only'));
  });
});

describe('an event', () => {
  test('reaches every listener of its name', async () => {
    const [near, far] = pair();
    const client = connect(near);
    const heard: string[] = [];
    client.on('photos.changed', () => heard.push('one'));
    client.on('photos.changed', () => heard.push('two'));
    client.on('status.changed', () => heard.push('other'));
    emit(far, 'photos.changed', {});
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(heard, ['one', 'two']);
  });
});

describe('at the door', () => {
  test('no name from a prototype is a method', async () => {
    for (const method of [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'valueOf',
      '',
      'tags.List',
      'tags.list ',
    ])
      assert.equal(await codeOf({ method, params: {} }), 'unknown-method', method);
  });
  test('every method refuses parameters of a wrong kind', async () => {
    const wrong: unknown[] = [null, 1, 'x', [1], true, { unasked: 1 }];
    const served: Partial<Record<string, () => never>> = {};
    for (const method of Object.keys(methods))
      served[method] = () => {
        throw new Error('the handler was reached');
      };
    for (const method of Object.keys(methods))
      for (const params of wrong) {
        const [near, far] = pair();
        serve(far, served);
        const refused = connect(near).call(method as 'tags.list', params as Record<string, never>);
        await assert.rejects(
          refused,
          isCode('invalid-params'),
          `${method} ${JSON.stringify(params)}`,
        );
      }
  });
  test('prototype keys in parameters are no parameters', async () => {
    const { near } = open();
    const answer = new Promise<{ error: { code: string } }>((resolve) => {
      near.onFrame((frame) => {
        resolve(frame as { error: { code: string } });
      });
    });
    const hostile: unknown = JSON.parse(
      '{"id":1,"method":"photos.search","params":{"__proto__":{"query":"x","limit":1,"offset":0}}}',
    );
    near.send(hostile);
    assert.equal((await answer).error.code, 'invalid-params');
    assert.equal(({} as Record<string, unknown>)['query'], undefined);
  });
  test('limits hold: too long, too many, negative, no whole number', async () => {
    const search = { query: 'x', limit: 1, offset: 0 };
    for (const params of [
      { ...search, query: 'x'.repeat(40_000) },
      { ...search, limit: 501 },
      { ...search, limit: -1 },
      { ...search, limit: 1.5 },
      { ...search, offset: '0' },
    ])
      assert.equal(await codeOf({ method: 'photos.search', params }), 'invalid-params');
    const paths = Array.from({ length: 50_001 }, () => '/a');
    assert.equal(await codeOf({ method: 'folders.add', params: { paths } }), 'invalid-params');
    assert.equal(await codeOf({ method: 'folders.add', params: { paths: [] } }), 'invalid-params');
  });
  test('a frame that is no call is passed over, and the next one is answered', async () => {
    const { near, client } = open();
    for (const frame of [
      null,
      1,
      'x',
      [],
      {},
      { id: 'x', method: 'tags.list' },
      { id: 1 },
      { event: 'x' },
    ])
      near.send(frame);
    assert.deepEqual((await client.call('tags.list', {})).tags, [{ name: '猫', count: 1 }]);
  });
  test('an answer that nobody waits for, or that is broken, is passed over', async () => {
    const [near, far] = pair();
    const client = connect(near);
    far.onFrame((frame) => {
      const { id } = frame as { id: number };
      for (const answer of [
        { id: 999, result: {} },
        { id, error: 'x' },
        { id, error: { code: 'nonsense', detail: '' } },
        null,
      ])
        far.send(answer);
      far.send({ id, result: { tags: [] } });
    });
    assert.deepEqual(await client.call('tags.list', {}), { tags: [] });
  });
});
