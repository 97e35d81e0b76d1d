/** An engine that is closed in the middle of its work ends by itself: no native code comes back to a dead thread. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { engineOptions } from '../../engine/options.ts';
import { freshPlace, manyPhotos } from './harness.ts';

const main = fileURLToPath(new URL('../../engine/main.ts', import.meta.url));
/** Without the wait three closings of eight aborted. */
const rounds = 5;

test('closing in the middle of work is no crash', async (t) => {
  const { library, photos } = freshPlace(t);
  for (let round = 0; round < rounds; round += 1) {
    manyPhotos(photos, 'bridge-night', 60);
    const options = engineOptions({ library: `${library}-${String(round)}`, device: 'cpu' });
    const engine = fork(main, [JSON.stringify(options)], { silent: true });
    let said = '';
    engine.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    const working = Promise.withResolvers<undefined>();
    engine.on('message', (frame: { event?: string; data?: { counts: { indexed: number } } }) => {
      if (frame.event === 'status.changed' && (frame.data?.counts.indexed ?? 0) > 0)
        working.resolve(undefined);
    });
    await once(engine, 'message');
    engine.send({ id: 1, method: 'folders.add', params: { paths: [photos] } });
    await working.promise;
    engine.disconnect();
    assert.deepEqual(await once(engine, 'exit'), [0, null], said);
    assert.equal(said, '');
  }
});
