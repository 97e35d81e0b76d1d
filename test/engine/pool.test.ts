/** The decode threads, real ones: there may be more or fewer of them at any moment, and every photo comes back. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { createBudget } from '../../engine/decode/memory.ts';
import { inputBytes, type InputShape } from '../../engine/decode/model-input.ts';
import { openDecodePool } from '../../engine/decode/pool.ts';
import type { Outcome } from '../../engine/decode/worker.ts';
import { inputShape, readPack } from '../../engine/infer/pack.ts';
import { facePackFolder } from '../bench/places.ts';
import { zipFile } from '../fixtures/zip-file.ts';
import { freshPlace, manyPhotos } from './harness.ts';

const most = 6;

function openPool(t: TestContext, size: number) {
  const place = freshPlace(t);
  const shape: InputShape = inputShape(readPack(facePackFolder).manifest);
  const thumbnails = path.join(place.library, 'thumbnails');
  mkdirSync(thumbnails, { recursive: true });
  const deaths: Error[] = [];
  const fileBudget = createBudget(64e6);
  const whole = fileBudget[0] ?? 0;
  /** KiB that are held for files, whenever a picture was read. */
  const held: number[] = [];
  const pool = openDecodePool(
    size,
    {
      inputs: [{ shape, places: new SharedArrayBuffer(most * inputBytes(shape)) }],
      fileBudget,
      decodeBudget: createBudget(64e6),
      thumbnails,
    },
    () => {
      held.push(whole - Atomics.load(fileBudget, 0));
      return false;
    },
    (error) => deaths.push(error),
  );
  t.after(() => pool.close());
  return { pool, deaths, place, held };
}

test('a pool that grows and shrinks while it reads loses no photo and reads none twice', async (t) => {
  const { pool, deaths, place } = openPool(t, 2);
  const waiting = manyPhotos(place.photos, 'horses', 120);
  const all = waiting.length;
  const sizes = [5, 1, 6, 2, 1, 3];
  const outcomes: Outcome[] = [];
  const busiest: number[] = [];
  let busy = 0;
  await new Promise<void>((done) => {
    const fill = () => {
      while (busy < pool.size && waiting.length > 0) {
        busy += 1;
        void pool.decode(Buffer.from(waiting.pop() ?? ''), busy - 1).then((outcome) => {
          busy -= 1;
          outcomes.push(outcome);
          // Every few photos another size, also while more are busy than are wanted.
          if (outcomes.length % 10 === 0) pool.resize(sizes[(outcomes.length / 10) % 6] ?? 1);
          busiest.push(busy);
          if (outcomes.length === all) done();
          else fill();
        });
      }
    };
    fill();
  });
  const pictures = outcomes.flatMap((outcome) =>
    outcome.kind === 'decoded' ? outcome.facts.picture : [],
  );
  assert.equal(outcomes.length, all);
  assert.equal(new Set(pictures).size, all);
  assert.ok(Math.max(...busiest) >= 4, 'it never grew');
  assert.deepEqual(deaths, []);
});

test('threads that come and go many times leave nothing behind and are no death', async (t) => {
  const { pool, deaths, place } = openPool(t, 1);
  const [photo = ''] = manyPhotos(place.photos, 'horses', 1);
  for (let round = 0; round < 8; round += 1) {
    pool.resize(4);
    const outcomes = await Promise.all(
      [0, 1, 2, 3].map((at) => pool.decode(Buffer.from(photo), at)),
    );
    for (const { kind } of outcomes) assert.equal(kind, 'decoded');
    pool.resize(1);
  }
  assert.deepEqual(deaths, []);
});

test('a live photo is admitted with room for the picture that is taken out of it', async (t) => {
  const { pool, place, held } = openPool(t, 1);
  const [photo = ''] = manyPhotos(place.photos, 'horses', 1);
  const live = path.join(place.photos, 'live.livp');
  writeFileSync(live, zipFile({ 'IMG_1.JPG': readFileSync(photo) }));
  for (const file of [photo, live]) await pool.decode(Buffer.from(file), 0);
  const kibibytes = (bytes: number) => Math.ceil(bytes / 1024);
  const expected = [kibibytes(statSync(photo).size), kibibytes(3 * statSync(live).size)];
  assert.deepEqual(held, expected);
});
