/** LIVP: the picture comes out of its archive, and what is hostile or broken is told apart from it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stillIn } from '../../engine/decode/livp.ts';
import { zipFile } from '../fixtures/zip-file.ts';

const picture = Buffer.from('\xff\xd8\xff\xe0 a picture', 'latin1');
const film = Buffer.alloc(5_000, 'film');

describe('the picture is found', () => {
  for (const name of ['IMG_1.HEIC.heic', 'IMG_1.heif', 'IMG_1.JPG', '实况.jpeg'])
    for (const members of [
      { [name]: picture, 'IMG_1.MOV': film },
      { 'IMG_1.MOV': film, [name]: picture },
    ])
      test(Object.keys(members).join(', '), async () => {
        assert.deepEqual(await stillIn(zipFile(members)), picture);
      });
});

describe('nothing but a picture of its own is taken', () => {
  for (const name of ['IMG_1.MOV', '._IMG_1.HEIC', 'deep/IMG_1.HEIC', 'heic'])
    test(name, async () => {
      assert.deepEqual(await stillIn(zipFile({ [name]: picture })), {
        code: 'no-still',
        detail: '',
      });
    });
  test('the seventeenth member', async () => {
    const others = Array.from({ length: 16 }, (_, at) => [`${String(at)}.MOV`, film] as const);
    const many = zipFile({ ...Object.fromEntries(others), 'IMG_1.HEIC': picture });
    assert.deepEqual(await stillIn(many), { code: 'no-still', detail: '' });
  });
});

describe('what is not as it says is damaged', () => {
  const isDamaged = async (archive: Buffer) => {
    const refused = await stillIn(archive);
    assert.ok('code' in refused);
    assert.equal(refused.code, 'damaged');
    assert.match(refused.detail, /^.*\S$/);
  };
  test('every cut', async () => {
    const whole = zipFile({ 'IMG_1.JPG': picture, 'IMG_1.MOV': film });
    for (let size = 4; size < whole.length; size += 7) await isDamaged(whole.subarray(0, size));
  });
  test('a bomb, from what it says', async () => {
    await isDamaged(zipFile({ 'IMG_1.JPG': Buffer.alloc(1_000_000) }));
  });
  test('a bomb that says less than it holds', async () => {
    const bomb = zipFile({ 'IMG_1.JPG': Buffer.alloc(1_000_000) });
    bomb.writeUInt32LE(100, bomb.indexOf('PK\x01\x02') + 24);
    await isDamaged(bomb);
  });
  test('a name that leads out of the archive', async () => {
    await isDamaged(zipFile({ '../IMG_1.JPG': picture }));
  });
});
