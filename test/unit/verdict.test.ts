/** The plain verdict: right in every situation a person can be in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdict, type Situation } from '../../engine/verdict.ts';

const working: Situation = {
  idle: false,
  paused: null,
  scanning: false,
  inFlight: 12,
  waitingToInfer: 0,
  decodeThreads: 4,
  busy: { read: 0, decode: 0, infer: 0, save: 0 },
};
const busy = (read: number, decode: number, infer: number, save = 0.02) => ({
  busy: { read, decode, infer, save },
});

const situations: [name: string, Partial<Situation>, ReturnType<typeof verdict>][] = [
  ['nothing to do', { idle: true, inFlight: 0 }, 'idle'],
  ['paused by the person', { paused: 'person', ...busy(0, 0.9, 0.5) }, 'idle'],
  ['the disk is full', { paused: 'disk-full' }, 'idle'],
  ['only scanning', { scanning: true, inFlight: 0 }, 'scan'],
  ['scanning beside full decoders', { scanning: true, ...busy(0.05, 0.94, 0.3) }, 'decode'],
  ['a fast GPU waits for decoding', busy(0.03, 0.96, 0.2), 'decode'],
  ['a slow disk holds the decoders up', busy(0.8, 0.18, 0.15), 'read'],
  ['the GPU is full, decoders wait', { waitingToInfer: 40, ...busy(0.02, 0.4, 0.97) }, 'infer'],
  ['the GPU is full and its queue was just emptied', busy(0.02, 0.4, 0.97), 'infer'],
  ['a remote model is slow to answer', { waitingToInfer: 40, ...busy(0, 0.3, 0.6) }, 'infer'],
  ['one CPU for both, the model keeps up', { waitingToInfer: 2, ...busy(0, 0.98, 0.9) }, 'decode'],
  ['one CPU for both, the model is behind', { waitingToInfer: 9, ...busy(0, 0.9, 0.99) }, 'infer'],
  [
    'one CPU for both, the model rests least',
    { waitingToInfer: 2, ...busy(0, 0.95, 0.99) },
    'infer',
  ],
  ['the catalog lies on a slow disk', busy(0.1, 0.3, 0.3, 0.8), 'save'],
];

for (const [name, situation, expected] of situations)
  test(name, () => {
    assert.equal(verdict({ ...working, ...situation }), expected);
  });
