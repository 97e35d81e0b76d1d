/** What the contract says of inference servers: their addresses, how they are, and why one is not asked. */
import * as v from 'valibot';

/** One or more: `http://host:8000`, parted by commas. */
export const serversSchema = v.pipe(
  v.string(),
  v.maxLength(2_000),
  v.regex(/^https?:\/\/[^\s,/]+[^\s,]*(,https?:\/\/[^\s,/]+[^\s,]*)*$/),
  v.check((addresses) => addresses.split(',').every(isAddress)),
  v.transform((addresses) => addresses as `http${string}`),
);

/** A port above all others, or an IPv6 address without brackets, makes it none. */
function isAddress(word: string): boolean {
  try {
    return decodeURIComponent(new URL(word).pathname) !== '';
  } catch {
    return false;
  }
}

/** Addresses as a person types them, parted by commas or blanks; null where they are none. */
export function readServers(typed: string): `http${string}` | null {
  const addresses = typed.split(/[\s,，;；]+/).filter((one) => one !== '');
  const read = v.safeParse(serversSchema, addresses.join());
  return read.success ? read.output : null;
}

/** Why a server is not asked; each is a phrase in texts.ts. */
export const troubleCodes = [
  /** Nobody knows yet. */
  'asking',
  'unreachable',
  'no-answer',
  /** It answers with a certificate that nobody vouches for. */
  'not-trusted',
  /** Asked by https, it speaks plain http. */
  'no-tls',
  'not-kserve',
  'not-ready',
  'no-model',
  'other-model',
  'not-allowed',
  'wrong-answer',
  'failed',
] as const;
export type TroubleCode = (typeof troubleCodes)[number];
const troubleSchema = v.object({
  code: v.picklist(troubleCodes),
  /** In the words of whoever found it; for people who look for a cause. */
  detail: v.string(),
});
export type ServerTrouble = v.InferOutput<typeof troubleSchema>;

export const remoteServerSchema = v.object({
  url: v.string(),
  /** The model's name there. */
  model: v.string(),
  /** Null while it is well. */
  trouble: v.nullable(troubleSchema),
  photosPerSecond: v.number(),
  /** Photos asked for and not answered. */
  inFlight: v.number(),
  /** Mean photos a request over the last ones. */
  batch: v.number(),
  maxBatch: v.number(),
  /** What its own batcher last did, for all who ask it; null where it does not tell. */
  batcher: v.nullable(v.object({ batch: v.number(), queueMs: v.number() })),
  /** Who puts pictures together: whichever measured better. */
  batchedBy: v.picklist(['app', 'server']),
});
export type RemoteServer = v.InferOutput<typeof remoteServerSchema>;

/** One that was asked once; `ms`: until it had judged three pictures, 0 where it did not. */
export const testedServerSchema = v.object({ ...remoteServerSchema.entries, ms: v.number() });
export type TestedServer = v.InferOutput<typeof testedServerSchema>;
