/** The stored form of scores: small, ordered, and back within half a step. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packScores, unpackScores } from '../../engine/catalog/score-blob.ts';

const names = ['猫', '宠物', '动物'];
const pack = (scores: [string, number][]) =>
  packScores(new Map(scores), (name) => names.indexOf(name) + 70_000);
const unpack = (blob: Buffer | undefined) => unpackScores(blob, (id) => names[id - 70_000] ?? '');

test('scores come back in order, within half a step of 1/65535', () => {
  const scores: [string, number][] = [
    ['猫', 0.93],
    ['动物', 1],
    ['宠物', 0.020_001],
  ];
  const back = [...unpack(pack(scores))];
  assert.deepEqual(
    back.map(([name]) => name),
    scores.map(([name]) => name),
  );
  back.forEach(([, score], at) => {
    assert.ok(Math.abs(score - (scores[at]?.[1] ?? NaN)) <= 0.5 / 65_535);
  });
  assert.equal(unpack(pack(scores)).get('动物'), 1);
});

test('six bytes a score, none for none', () => {
  assert.equal(
    pack([
      ['猫', 0.5],
      ['宠物', 0.5],
    ]).length,
    12,
  );
  assert.equal(unpack(pack([])).size, 0);
  assert.equal(unpack(undefined).size, 0);
});
