/**
 * THE contract between the engine and everyone who talks to it (CLI, shell, window, tests).
 * Owns the methods, the events, their data and the closed list of error codes. Schema first: the
 * types are inferred, and the engine's door checks parameters with these same schemas.
 */
import * as v from 'valibot';
import { benchSchemas, type BenchProgress } from './bench.ts';
import { gpuSupportSchema } from './gpu.ts';
import {
  damagedPackSchema,
  packReportSchema,
  packSummarySchema,
  packTrialSchema,
  type PackProblem,
} from './packs.ts';
import { remoteServerSchema, serversSchema, testedServerSchema } from './servers.ts';

export type { GpuProblem, GpuSupport } from './gpu.ts';
export type { DamagedPack, PackProblem, PackReport, PackSummary, PackTrial } from './packs.ts';
export { readServers } from './servers.ts';
export type { RemoteServer, ServerTrouble, TestedServer, TroubleCode } from './servers.ts';

export const errorCodes = [
  'cancelled',
  'disk-full',
  'engine-gone',
  'folder-missing',
  'gpu-refused',
  'internal',
  'invalid-params',
  'library-busy',
  'library-damaged',
  'library-missing',
  'library-newer',
  'model-damaged',
  'no-photos',
  'not-found',
  'own-folder',
  'pack-refused',
  'read-only',
  'unknown-method',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The one error that crosses the port. `detail` is for people who look for a cause. */
export class ContractError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  constructor(code: ErrorCode, detail = '') {
    super(detail === '' ? code : `${code}: ${detail}`);
    this.name = 'ContractError';
    this.code = code;
    this.detail = detail;
  }
}

/** A `pack-refused` error: its problem and the facts that fill the sentence, a line each. */
export function packRefused(problem: PackProblem, ...facts: string[]): ContractError {
  const lines = facts.map((fact) => fact.replaceAll('\n', ' '));
  return new ContractError('pack-refused', [problem, ...lines].join('\n'));
}

const text = v.pipe(v.string(), v.maxLength(32_768));

/** Devices a session can run on, in no order; `auto` takes the best one that works. */
export const devices = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export const deviceSchema = v.picklist(devices);
export type Device = v.InferOutput<typeof deviceSchema>;

/** Why a device is not used. */
export const deviceReasonCodes = [
  'other-system',
  'not-installed',
  'no-driver',
  'no-hardware',
  'no-model',
  'slower',
  'out-of-memory',
  'lost',
  'resting',
  'failed',
] as const;
export type DeviceReasonCode = (typeof deviceReasonCodes)[number];
const deviceReasonSchema = v.object({
  device: deviceSchema,
  code: v.picklist(deviceReasonCodes),
  /** In the words of whoever found it; for people who look for a cause. */
  reason: v.string(),
});
export type DeviceReason = v.InferOutput<typeof deviceReasonSchema>;

/** What a person may choose to infer on. */
export const deviceChoiceSchema = v.union([v.picklist(['auto', ...devices]), serversSchema]);
export type DeviceChoice = v.InferOutput<typeof deviceChoiceSchema>;

export function isServers(choice: DeviceChoice): choice is `http${string}` {
  return choice.startsWith('http');
}

/** What does infer: a device of this machine, or servers. */
export const usedDevices = [...devices, 'remote'] as const;
const usedDeviceSchema = v.picklist(usedDevices);
export type UsedDevice = v.InferOutput<typeof usedDeviceSchema>;

/** This machine's own model where servers share the work. */
const helpSchema = v.object({
  device: usedDeviceSchema,
  /** Those that it did, over the last seconds. */
  photosPerSecond: v.number(),
  /** Mean photos in a batch. */
  batch: v.number(),
});
export type Help = v.InferOutput<typeof helpSchema>;

const bench = benchSchemas(deviceSchema, deviceReasonSchema);
export const benchResultSchema = bench.result;
export type BenchResult = v.InferOutput<typeof bench.result>;
export type BenchReport = v.InferOutput<typeof bench.report>;

/** Why a file has no tags. Data, not an exception: it is stored, shown and counted. */
export const reasonCodes = [
  'empty',
  'link',
  'not-a-file',
  'not-a-picture',
  'unsupported-format',
  'no-still',
  'video',
  'file-too-large',
  'picture-too-large',
  'damaged',
  'model-error',
  'no-permission',
  'read-error',
  'crashed',
  'timed-out',
] as const;
export const reasonSchema = v.object({ code: v.picklist(reasonCodes), detail: v.string() });
export type Reason = v.InferOutput<typeof reasonSchema>;
export type ReasonCode = Reason['code'];

/** `offline` is read from the file's folder, never stored: one row changes when a disk is unplugged. */
export const fileStates = [
  'pending',
  'reading',
  'indexed',
  'failed',
  'skipped',
  'missing',
  'offline',
] as const;
const fileStateSchema = v.picklist(fileStates);
export type FileState = v.InferOutput<typeof fileStateSchema>;

/** What to look for; every part narrows it. `text` is what was typed, `tags` are chips that were chosen. */
export const querySchema = v.strictObject({
  text: v.pipe(v.string(), v.maxLength(1_000)),
  tags: v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(50)),
  without: v.pipe(v.array(v.pipe(v.string(), v.maxLength(200))), v.maxLength(50)),
  folder: v.nullable(v.number()),
  /** Only photos that the model and people gave no tag. */
  untagged: v.boolean(),
});
export type Query = v.InferOutput<typeof querySchema>;

export const verdictSchema = v.picklist(['added', 'confirmed', 'rejected']);
export type Verdict = v.InferOutput<typeof verdictSchema>;

const takenSourceSchema = v.picklist(['exif', 'name', 'mtime']);
export type TakenSource = v.InferOutput<typeof takenSourceSchema>;

const photoTagSchema = v.object({
  name: v.string(),
  /** 0..1; 1 for a tag that only a person gave. */
  score: v.number(),
  source: v.picklist(['model', 'person']),
});
export type PhotoTag = v.InferOutput<typeof photoTagSchema>;

const folderSchema = v.object({
  id: v.number(),
  path: v.string(),
  online: v.boolean(),
  /** Only single photos of this folder were added, not the folder itself. */
  picked: v.boolean(),
  scanning: v.boolean(),
  photos: v.number(),
});
export type Folder = v.InferOutput<typeof folderSchema>;

const photoRowSchema = v.object({
  id: v.number(),
  path: v.string(),
  hash: v.string(),
  /** Local wall time, ISO 8601, with the offset where it is known. */
  takenAt: v.string(),
  tags: v.array(photoTagSchema),
});
export type PhotoRow = v.InferOutput<typeof photoRowSchema>;

const matchSchema = v.picklist(['name', 'synonym', 'traditional', 'english', 'pinyin']);
export type Match = v.InferOutput<typeof matchSchema>;

/** How each word of a query was understood; without `tags` it finds nothing, only suggests. */
const searchWordsSchema = v.array(
  v.object({
    /** What the person typed for it: the word itself, or several without spaces. */
    typed: v.string(),
    word: v.string(),
    tags: v.array(v.string()),
    matched: v.nullable(matchSchema),
    suggestions: v.array(v.string()),
  }),
);

const searchResultSchema = v.object({
  total: v.number(),
  photos: v.array(photoRowSchema),
  words: searchWordsSchema,
});
export type SearchResult = v.InferOutput<typeof searchResultSchema>;

/** One month of a timeline in columns: the same place in every array is the same photo. */
const bucketSchema = v.object({
  ids: v.array(v.number()),
  /** Picture hashes: `photo://thumb/<hash>`. */
  hashes: v.array(v.string()),
  /** Width / height as shown, to four digits. */
  aspects: v.array(v.number()),
  /** Local wall time, ms since 1970 as if it were UTC. */
  takenAt: v.array(v.number()),
});
export type Bucket = v.InferOutput<typeof bucketSchema>;

/** What a person may change about the work; null means automatic. */
export const settingsSchema = v.strictObject({
  threshold: v.nullable(v.pipe(v.number(), v.minValue(0.05), v.maxValue(0.99))),
  device: deviceChoiceSchema,
  /** Sent to inference servers as a bearer token. */
  serverToken: v.optional(v.nullable(text)),
  decodeWorkers: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64))),
  maxBatch: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(256))),
  /** Give way to the person: when they use the machine for something else or it runs on battery, always, never. */
  gentle: v.picklist(['auto', 'on', 'off']),
  /** The most room thumbnails may take; the longest unused go first and are made again when asked for. */
  thumbnailCapBytes: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(50_000_000))),
});
export type Settings = v.InferOutput<typeof settingsSchema>;

const told = v.nullable(v.number());
/** What the camera wrote beside the picture; null where it did not. */
export const cameraFactsSchema = v.object({
  /** Make and model in one. A picture without it was hardly taken by a camera. */
  camera: v.nullable(v.string()),
  lens: v.nullable(v.string()),
  focalLengthMm: told,
  /** The f-number. */
  aperture: told,
  exposureSeconds: told,
  iso: told,
  /** Degrees, north and east positive. */
  place: v.nullable(v.object({ latitude: v.number(), longitude: v.number() })),
});
export type CameraFacts = v.InferOutput<typeof cameraFactsSchema>;

/** A person's face, in shares of the picture's width and height; may reach over its edge. */
export const faceSchema = v.object({
  left: v.number(),
  top: v.number(),
  width: v.number(),
  height: v.number(),
  /** 0..1. */
  score: v.number(),
});
export type Face = v.InferOutput<typeof faceSchema>;

const photoDetailSchema = v.object({
  path: v.string(),
  /** Other places where the same picture lies. */
  copies: v.array(v.string()),
  /** Names of files beside it that are a part of it: the film of a live photo, the RAW of a pair. */
  companions: v.array(v.string()),
  status: fileStateSchema,
  reason: v.nullable(reasonSchema),
  /** Null until the file was read. */
  photo: v.nullable(
    v.object({
      id: v.number(),
      /** SHA-256 of the picture without its metadata, hex: the photo's identity. */
      hash: v.string(),
      format: v.string(),
      width: v.number(),
      height: v.number(),
      damaged: v.boolean(),
      takenAt: v.string(),
      takenSource: takenSourceSchema,
      ...cameraFactsSchema.entries,
      /** Best first. */
      faces: v.array(faceSchema),
    }),
  ),
  tags: v.array(photoTagSchema),
  decisions: v.array(v.object({ tag: v.string(), verdict: verdictSchema })),
  scores: v.optional(
    v.array(v.object({ name: v.string(), score: v.number(), labels: v.array(v.string()) })),
  ),
});
export type PhotoDetail = v.InferOutput<typeof photoDetailSchema>;

const stageSchema = v.object({
  /** Photos waiting before this stage now. */
  waiting: v.number(),
  /** Photos inside this stage now. */
  active: v.number(),
  /** Mean wall time a photo, ms, over the last seconds. */
  ms: v.number(),
  /** Share of the last seconds that this stage's threads worked, 0..1. */
  busy: v.number(),
});
/** Why the person is given way: they use the machine, it runs on battery, or they asked for it. */
export const gentleReasons = ['using', 'battery', 'asked'] as const;
export type GentleReason = (typeof gentleReasons)[number];

/** How the work is done now and why. */
const tuningSchema = v.object({
  decodeWorkers: v.number(),
  maxBatch: v.number(),
  maxDelayMs: v.number(),
  phase: v.picklist(['exploring', 'steady', 'fixed', 'gentle']),
  /** In the phase `gentle` a reason to give way. */
  reason: v.picklist([
    'usual',
    'few-photos',
    'trying',
    'faster',
    'kept',
    'fixed',
    ...gentleReasons,
  ]),
  /** What is being tried, or the last change that made it faster. */
  step: v.nullable(
    v.object({
      knob: v.picklist(['decodeWorkers', 'maxBatch']),
      from: v.number(),
      to: v.number(),
      /** Share by which it is faster, 0.1 for 10 %; null while it is tried. */
      gain: v.nullable(v.number()),
    }),
  ),
});
export type Tuning = v.InferOutput<typeof tuningSchema>;

const statusSchema = v.object({
  /** True when nothing is being scanned, pending or in flight. */
  idle: v.boolean(),
  scanning: v.boolean(),
  counts: v.object({
    pending: v.number(),
    indexed: v.number(),
    failed: v.number(),
    skipped: v.number(),
  }),
  device: v.object({
    /** Null until the first session is open. */
    name: v.nullable(usedDeviceSchema),
    /** Every better device that is not used, and why. */
    unused: v.array(deviceReasonSchema),
    /** Photos that its memory has room for at once; null where that is no limit. */
    mostAtOnce: v.nullable(v.number()),
    servers: v.array(remoteServerSchema),
    /** What this machine did itself in the last seconds, beside its servers or in their place; else null. */
    help: v.nullable(helpSchema),
  }),
  photosPerSecond: v.number(),
  stages: v.object({
    read: stageSchema,
    decode: stageSchema,
    infer: stageSchema,
    save: stageSchema,
  }),
  /** Mean photos in a batch over the last seconds. */
  batch: v.number(),
  tuning: tuningSchema,
  /** From the first byte read to the tags in the catalog, ms, over the last photos; null before any. */
  latency: v.nullable(v.object({ p50: v.number(), p99: v.number() })),
  /** What the machine tells of its GPU; null where it tells nothing. */
  gpu: v.nullable(
    v.object({
      name: v.string(),
      /** 0..1. */
      utilisation: v.number(),
      memoryUsedBytes: v.number(),
      memoryTotalBytes: v.number(),
      powerWatts: v.nullable(v.number()),
      temperatureC: v.nullable(v.number()),
    }),
  ),
  /** Share of all cores that this process used, 0..1, over the last seconds. */
  cpu: v.number(),
  bottleneck: v.picklist(['idle', 'scan', 'read', 'decode', 'infer', 'save']),
  /** Null while work goes on; else what it waits for. */
  paused: v.nullable(v.picklist(['person', 'bench', 'disk-full', 'model'])),
  /** Directories that could not be watched: these folders are checked by a scan every minute. */
  unwatched: v.number(),
  /**
   * The catalog was found damaged at this start and set aside; when the snapshot in its place was taken, ms
   * since 1970, null where there was none and the catalog began anew.
   */
  restored: v.nullable(v.object({ takenMs: v.nullable(v.number()) })),
  /** Chosen packs that are not whole: the others do their work, or the app's own does. */
  damagedPacks: v.array(damagedPackSchema),
  memoryBytes: v.number(),
  peakMemoryBytes: v.number(),
  /** CPU time of this process so far. */
  cpuSeconds: v.number(),
});
export type Status = v.InferOutput<typeof statusSchema>;

const infoSchema = v.object({
  version: v.string(),
  versions: v.record(v.string(), v.string()),
  pack: v.object({ name: v.string(), version: v.string(), labels: v.number() }),
  vocabulary: v.object({ tags: v.number(), labels: v.number() }),
  devices: v.array(
    v.object({
      device: deviceSchema,
      /** Null: it works; `ms` is what a photo takes in a batch. */
      code: v.nullable(v.picklist(deviceReasonCodes)),
      available: v.boolean(),
      reason: v.string(),
      ms: v.number(),
    }),
  ),
  library: v.object({
    path: v.string(),
    healthy: v.boolean(),
    problems: v.array(v.string()),
    schema: v.number(),
    photos: v.number(),
    files: v.number(),
    catalogBytes: v.number(),
  }),
});
export type Info = v.InferOutput<typeof infoSchema>;

const summarySchema = v.object({
  tagged: v.number(),
  unchanged: v.number(),
  failed: v.number(),
  skipped: v.number(),
});

const nothing = v.strictObject({});
const name = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));
const id = v.pipe(v.number(), v.integer(), v.minValue(1));
const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));

const shellStateSchema = v.object({
  engine: v.picklist(['starting', 'running', 'restarting', 'failed']),
  /** Why it failed or was restarted; null while all is well. */
  error: v.nullable(v.object({ code: v.picklist(errorCodes), detail: v.string() })),
  library: v.string(),
  version: v.string(),
  electron: v.string(),
  chromium: v.string(),
  platform: v.string(),
});
export type ShellState = v.InferOutput<typeof shellStateSchema>;

/** Every call the engine answers: name -> what goes in, what comes out. */
export const methods = {
  'engine.info': { params: nothing, result: infoSchema },
  'status.get': { params: nothing, result: statusSchema },
  'folders.add': {
    params: v.strictObject({ paths: v.pipe(v.array(text), v.minLength(1), v.maxLength(50_000)) }),
    /** Folders and single photos. The result: the watched root that now covers each, in that order. */
    result: v.object({ folders: v.array(folderSchema) }),
  },
  'folders.list': { params: nothing, result: v.object({ folders: v.array(folderSchema) }) },
  'folders.summary': {
    /** `paths`: folders or parts of them; `since`: ms since 1970, what settled later was done now. */
    params: v.strictObject({ paths: v.array(text), since: count(Number.MAX_SAFE_INTEGER) }),
    result: summarySchema,
  },
  /** Forgets a root and what lies in it; the person's files are not touched. */
  'folders.remove': { params: v.strictObject({ folder: id }), result: nothing },
  'work.pause': { params: nothing, result: nothing },
  'work.resume': { params: nothing, result: nothing },
  /**
   * Measures this machine on made photos or on some of a folder's, in a library of its own; the work waits
   * meanwhile. Rejects with `cancelled`, or `no-photos` where nothing in the folder can be decoded.
   */
  'bench.run': { params: v.strictObject({ folder: v.nullable(text) }), result: bench.report },
  'bench.cancel': { params: nothing, result: nothing },
  /** What was measured last. */
  'bench.latest': { params: nothing, result: v.object({ report: v.nullable(bench.report) }) },
  'work.gentle': {
    /** For the shell: what the person or the machine does that calls for gentle work; null for nothing. */
    params: v.strictObject({ reason: v.nullable(v.picklist(['using', 'battery'])) }),
    result: nothing,
  },
  'settings.get': { params: nothing, result: settingsSchema },
  'settings.set': { params: settingsSchema, result: settingsSchema },
  'settings.preview': {
    /** What another threshold would change, before it is set: tags on photos, and photos with any tag. */
    params: v.strictObject({ threshold: v.pipe(v.number(), v.minValue(0.05), v.maxValue(0.99)) }),
    result: v.object({ shownNow: v.number(), shownThen: v.number(), taggedThen: v.number() }),
  },
  'photos.timeline': {
    params: v.strictObject({ query: querySchema }),
    result: v.object({
      total: v.number(),
      /** Newest first; `month` is `2024-05`. */
      months: v.array(v.object({ month: v.string(), count: v.number() })),
      words: searchWordsSchema,
    }),
  },
  'photos.bucket': {
    params: v.strictObject({
      query: querySchema,
      month: v.pipe(v.string(), v.regex(/^-?\d{4,6}-\d\d$/)),
    }),
    result: bucketSchema,
  },
  'photos.get': { params: v.strictObject({ photo: id }), result: photoDetailSchema },
  'photos.original': {
    /** For the shell: where a photo lies now, checked to be inside a watched root. */
    params: v.strictObject({ photo: id }),
    result: v.object({ path: v.string(), format: v.string() }),
  },
  'thumbnails.make': {
    /** For the shell: brings a thumbnail back that was trimmed from the cache. `not-found` where it cannot be. */
    params: v.strictObject({ picture: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
    result: nothing,
  },
  'photos.search': {
    params: v.strictObject({ query: text, limit: count(500), offset: count(100_000_000) }),
    result: searchResultSchema,
  },
  'photos.show': {
    params: v.strictObject({ path: text, scores: v.boolean() }),
    result: photoDetailSchema,
  },
  'photos.decide': {
    /** A null verdict takes the person's word back. */
    params: v.strictObject({ photo: id, tag: name, verdict: v.nullable(verdictSchema) }),
    result: v.object({ tags: v.array(photoTagSchema) }),
  },
  'tags.list': {
    params: nothing,
    result: v.object({ tags: v.array(v.object({ name: v.string(), count: v.number() })) }),
  },
  'tags.suggest': {
    /** Tags a person may mean while typing, best first; `via` is the word that matched (a synonym, pinyin). */
    params: v.strictObject({ text, limit: count(1_000) }),
    result: v.object({
      suggestions: v.array(
        v.object({ name: v.string(), count: v.number(), via: v.nullable(v.string()) }),
      ),
    }),
  },
  'tags.tree': {
    /** The tags that photos of the query have; parents may be many, the top ones have none. */
    params: v.strictObject({ query: querySchema }),
    result: v.object({
      tags: v.array(
        v.object({ name: v.string(), count: v.number(), parents: v.array(v.string()) }),
      ),
      untagged: v.number(),
      /** Photos of the whole library, whatever the query; one that lies in two places counts once. */
      all: v.number(),
    }),
  },
  'files.failed': {
    params: nothing,
    result: v.object({
      photos: v.array(
        v.object({
          file: v.number(),
          path: v.string(),
          status: fileStateSchema,
          reason: reasonSchema,
        }),
      ),
    }),
  },
  'files.retry': {
    /** Failed and skipped files go back into the queue; null for all of them. */
    params: v.strictObject({ files: v.nullable(v.pipe(v.array(id), v.maxLength(10_000))) }),
    result: v.object({ queued: v.number() }),
  },
  'packs.list': { params: nothing, result: v.object({ packs: v.array(packSummarySchema) }) },
  'packs.info': {
    params: v.strictObject({ name }),
    /** The manifest as it is written, for people to read. */
    result: v.object({ pack: packSummarySchema, folder: v.string(), manifest: v.string() }),
  },
  'packs.import': {
    /** Absolute files; a null name is the model file's. */
    params: v.strictObject({
      model: text,
      labels: v.nullable(text),
      manifest: v.nullable(text),
      name: v.nullable(name),
    }),
    result: packReportSchema,
  },
  /** Judges every photo with these packs from now on; what is refused changes nothing. */
  'packs.use': {
    params: v.strictObject({
      main: name,
      extra: v.nullable(v.pipe(v.array(name), v.maxLength(7))),
    }),
    result: v.object({ packs: v.array(packSummarySchema) }),
  },
  /** Writes a pack as a model of a Triton repository. */
  'packs.exportTriton': {
    params: v.strictObject({ name, folder: text }),
    result: v.object({ folder: v.string() }),
  },
  /** Asks a server once, before it is chosen: what it says of itself and how long three pictures took. */
  'packs.testServer': {
    params: v.strictObject({ servers: serversSchema, token: v.nullable(text) }),
    result: v.object({ servers: v.array(testedServerSchema) }),
  },
  /** What `gpu.install` would do here, and how far it is. */
  'gpu.support': { params: nothing, result: gpuSupportSchema },
  /** Downloads and installs what CUDA needs; answers when it is done. An engine started afterwards uses it. */
  'gpu.install': { params: nothing, result: nothing },
  /** What was downloaded stays, for another `gpu.install`. */
  'gpu.cancel': { params: nothing, result: nothing },
  'gpu.remove': { params: nothing, result: nothing },
  'packs.remove': { params: v.strictObject({ name }), result: nothing },
  /** Every file's sha256, and a run on three pictures. */
  'packs.check': { params: v.strictObject({ name }), result: packTrialSchema },
} as const;

export type Methods = typeof methods;
export type MethodName = keyof Methods;
export type Params<M extends MethodName> = v.InferOutput<Methods[M]['params']>;
export type Result<M extends MethodName> = v.InferOutput<Methods[M]['result']>;
export type Handlers = {
  [M in MethodName]: (params: Params<M>) => Result<M> | Promise<Result<M>>;
};

/** Everything the engine says unasked; coalesced to at most four of a kind a second. */
export interface Events {
  'status.changed': Status;
  'photos.changed': Record<string, never>;
  'bench.progress': BenchProgress;
}
export type EventName = keyof Events;

/** What only the shell can do for the window. The same frames, over a port of its own. */
export const shellMethods = {
  'shell.state': { params: nothing, result: shellStateSchema },
  'shell.chooseFolders': { params: nothing, result: v.object({ paths: v.array(v.string()) }) },
  /** One file of a model pack; null: the person thought better of it. */
  'shell.choosePackFile': {
    params: v.strictObject({ what: v.picklist(['model', 'labels']) }),
    result: v.object({ path: v.nullable(v.string()) }),
  },
  /** Where the bundled sample photos lie, for `folders.add`. */
  'shell.samples': { params: nothing, result: v.object({ path: v.string() }) },
  'shell.reveal': { params: v.strictObject({ photo: id }), result: nothing },
  'shell.restartEngine': { params: nothing, result: nothing },
  /** Tells the native theme and menus; the window remembers both itself. */
  'shell.appearance': {
    params: v.strictObject({
      language: v.picklist(['zh', 'en']),
      theme: v.picklist(['light', 'dark', 'system']),
    }),
    result: nothing,
  },
} as const;
export interface ShellEvents {
  'shell.changed': ShellState;
  /** A menu item that the window carries out. */
  'shell.command': { command: 'settings' | 'search' | 'add-folder' | 'panel' };
}

/** How an engine process is started; passed as one JSON argument and checked like a call. */
export const engineOptionsSchema = v.strictObject({
  library: v.string(),
  /** Folders of the model packs that judge every photo, the main one first; null: the library's choice. */
  packs: v.nullable(v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(8))),
  /** A reader opens the catalog beside a running engine and changes nothing. */
  readOnly: v.boolean(),
  /** Watch the folders after their first scan. */
  watch: v.boolean(),
  /** Null: as the library's settings say. */
  gentle: v.nullable(v.boolean()),
  /** Null here, for decodeWorkers and in batch: as the library's settings say, else automatic. */
  device: v.nullable(deviceChoiceSchema),
  /** Connections to inference servers. */
  connections: v.strictObject({
    total: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
    perHost: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
  }),
  decodeWorkers: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64))),
  inferThreads: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  batch: v.strictObject({
    max: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(256))),
    preferred: v.array(v.pipe(v.number(), v.integer(), v.minValue(1))),
    maxDelayMs: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(10_000))),
  }),
});
export type EngineOptions = v.InferOutput<typeof engineOptionsSchema>;
