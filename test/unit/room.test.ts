import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRoom, drop } from '../../engine/decode/room.ts';

describe('the room that files are read into', () => {
  test('is of the size that is asked for, in the same memory as long as that is enough', () => {
    const room = createRoom();
    const large = room(1_000);
    const small = room(10);
    assert.deepEqual([large.length, small.length], [1_000, 10]);
    assert.equal(small.buffer, large.buffer);
    assert.equal(room(1_001).length, 1_001);
  });
  test('is not kept where it is large', () => {
    const room = createRoom();
    const large = room(16_000_001);
    assert.equal(large.length, 16_000_001);
    assert.notEqual(room(10).buffer, large.buffer);
  });
});

describe('what is dropped', () => {
  test('has no memory any more', () => {
    const own = Buffer.allocUnsafeSlow(1_000);
    drop(own);
    assert.equal(own.length, 0);
  });
  test('keeps the memory that it shares', () => {
    const whole = Buffer.alloc(1_000, 7);
    drop(whole.subarray(0, 10));
    const shared = Buffer.from(new SharedArrayBuffer(10));
    drop(shared);
    assert.deepEqual([whole[999], shared.length], [7, 10]);
  });
});
