/** Boxes of a face detector become faces where they are in the picture, one each, and tags follow from them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mergeFaces, overlap, readFaces, type Detector } from '../../engine/infer/faces.ts';
import { agreed, peopleScores } from '../../engine/infer/people.ts';

/** 2 x 2 cells with two boxes each, then one cell with one. */
const detector: Detector = {
  size: 100,
  grids: [
    { cells: 2, boxes: 2 },
    { cells: 1, boxes: 1 },
  ],
};
const sure = 5;
const unsure = -5;

/** `said`: index of a box -> its logit and centre x, centre y, width, height. */
function outputs(said: Record<number, [logit: number, ...box: number[]]>) {
  const logits = new Float32Array(9).fill(unsure);
  const boxes = new Float32Array(36);
  for (const [index, [logit, ...box]] of Object.entries(said)) {
    logits[Number(index)] = logit;
    boxes.set(box, Number(index) * 4);
  }
  return { logits, boxes };
}
const place = ({
  left,
  top,
  width,
  height,
}: {
  left: number;
  top: number;
  width: number;
  height: number;
}) => [left, top, width, height].map((share) => Number(share.toFixed(4)));

describe('where a face is', () => {
  test('is told from the centre of its cell', () => {
    // The second box of the last cell of the first grid: its centre is at 75, 75.
    const [face] = readFaces(detector, outputs({ 7: [sure, 5, -5, 20, 10] }), 1, 0.8);
    assert.ok(face);
    assert.deepEqual(place(face), [0.7, 0.65, 0.2, 0.1]);
    assert.ok(Math.abs(face.score - 0.9933) < 1e-4);
  });
  test('the second grid follows the first', () => {
    const [face] = readFaces(detector, outputs({ 8: [sure, 0, 0, 40, 40] }), 1, 0.8);
    assert.ok(face);
    assert.deepEqual(place(face), [0.3, 0.3, 0.4, 0.4]);
  });
  test('a wide picture lies between bars above and below', () => {
    const [face] = readFaces(detector, outputs({ 8: [sure, 0, 0, 20, 20] }), 2, 0.8);
    assert.ok(face);
    assert.deepEqual(place(face), [0.4, 0.3, 0.2, 0.4]);
  });
  test('a high picture lies between bars left and right', () => {
    const [face] = readFaces(detector, outputs({ 8: [sure, 0, 0, 20, 20] }), 0.5, 0.8);
    assert.ok(face);
    assert.deepEqual(place(face), [0.3, 0.4, 0.4, 0.2]);
  });
});

test('what is below the threshold or has no size is no face', () => {
  const at = Math.log(0.8 / 0.2);
  const said = outputs({ 0: [at - 0.01, 0, 0, 10, 10], 2: [at + 0.01, 0, 0, 10, 10], 4: [sure] });
  assert.equal(readFaces(detector, said, 1, 0.8).length, 1);
});

test('boxes on the same face become one, in their weighted middle', () => {
  const box = (left: number, score: number) => ({ left, top: 0, width: 0.2, height: 0.2, score });
  const faces = mergeFaces([box(0.5, 0.9), box(0.1, 0.9), box(0.14, 0.3)]);
  assert.deepEqual(
    faces.map(({ score }) => score),
    [0.9, 0.9],
  );
  assert.deepEqual(faces.map(({ left }) => Number(left.toFixed(4))).sort(), [0.11, 0.5]);
});

test('overlap is the shared part of both', () => {
  const a = { left: 0, top: 0, width: 2, height: 1, score: 1 };
  assert.equal(overlap(a, { ...a, left: 1 }), 1 / 3);
  assert.equal(overlap(a, { ...a, top: 1 }), 0);
});

describe('tags', () => {
  const faces = (...scores: number[]) =>
    scores.map((score, at) => ({ left: at / 10, top: 0, width: 0.1, height: 0.1, score }));
  const cases: [name: string, scores: number[], tags: Record<string, number>][] = [
    ['nobody', [], {}],
    ['one', [0.9], { 人物: 0.9, 单人: 0.9 }],
    ['two', [0.9, 0.85], { 人物: 0.9, 双人: 0.85 }],
    ['a group', [0.95, 0.9, 0.88, 0.81], { 人物: 0.95, 合影: 0.88 }],
  ];
  for (const [name, scores, tags] of cases)
    test(name, () => {
      assert.deepEqual(Object.fromEntries(peopleScores(faces(...scores))), tags);
    });
  test('a large face is a close-up', () => {
    const [face] = faces(0.9);
    assert.ok(face);
    assert.equal(peopleScores([{ ...face, height: 0.5 }]).get('特写'), 0.9);
    assert.equal(peopleScores([{ ...face, height: 0.3 }]).get('特写'), undefined);
  });
});

describe('beside what the classifier sees', () => {
  const face = { left: 0.4, top: 0.4, width: 0.2, height: 0.2 };
  const people = (...scores: number[]) => {
    const faces = scores.map((score) => ({ ...face, score }));
    return { scores: peopleScores(faces), faces };
  };
  const tagsOf = (seen: Record<string, number>, ...faces: number[]) =>
    Object.fromEntries(
      agreed([{ scores: new Map(Object.entries(seen)) }, people(...faces)])[1]?.scores ?? [],
    );
  test("a dog's face is not a person", () => {
    assert.deepEqual(tagsOf({ 动物: 0.9 }, 0.86), {});
    assert.deepEqual(tagsOf({ 动物: 0.1 }, 0.86), { 人物: 0.86, 单人: 0.86 });
  });
  test('a person with a dog is one person', () => {
    assert.deepEqual(tagsOf({ 动物: 0.9 }, 0.95, 0.82), { 人物: 0.95, 单人: 0.95 });
  });
  test('a doubtful face is believed where clothes are worn', () => {
    assert.deepEqual(tagsOf({}, 0.8), {});
    assert.deepEqual(tagsOf({ 服装: 0.2 }, 0.8), { 人物: 0.8, 单人: 0.8 });
  });
  test('nobody is alone where another face is likely, or where the face is far', () => {
    const [near] = people(0.95).faces;
    assert.ok(near);
    const names = (...args: Parameters<typeof peopleScores>) => [...peopleScores(...args).keys()];
    assert.deepEqual(names([near], [{ ...near, score: 0.6 }]), ['人物']);
    assert.deepEqual(names([near], [{ ...near, width: 0.05, height: 0.05, score: 0.6 }]), [
      '人物',
      '单人',
    ]);
    assert.deepEqual(names([{ ...near, width: 0.06, height: 0.06 }]), ['人物']);
  });
  test('beside a sure face a doubtful one counts', () => {
    assert.deepEqual(tagsOf({}, 0.95, 0.78), { 人物: 0.95, 双人: 0.78 });
  });
});
