/** Which part of the engine the others wait for: the plain verdict of the live panel. Pure. */
import type { Status } from '../common/contract.ts';

export interface Situation {
  idle: boolean;
  paused: Status['paused'];
  scanning: boolean;
  /** Photos between their claim and the catalog. */
  inFlight: number;
  /** Photos that are decoded and wait for the model. */
  waitingToInfer: number;
  decodeThreads: number;
  /** Shares of the last seconds, 0..1; reading and decoding share the same threads. */
  busy: { read: number; decode: number; infer: number; save: number };
}

/** From here on a thread counts as full: the rest is hand-over between threads. */
const full = 0.85;
/** Saving holds up everything else in the engine's own thread. */
const savingTooLong = 0.6;

export function verdict(now: Situation): Status['bottleneck'] {
  const { busy } = now;
  if (now.idle || now.paused !== null) return 'idle';
  if (now.inFlight === 0) return now.scanning ? 'scan' : 'idle';
  if (busy.save > savingTooLong) return 'save';
  const decoders = busy.read + busy.decode;
  // Where both are full, as on a CPU that does both, the queue between them tells who is behind; a model that rests
  // less than they do waits for nobody.
  const isBehind = now.waitingToInfer > now.decodeThreads;
  const isModelFull = busy.infer >= full && (isBehind || busy.infer > decoders);
  if (isModelFull || (isBehind && decoders < full)) return 'infer';
  return busy.read > busy.decode ? 'read' : 'decode';
}
