/** The form of a model pack's manifest.json; docs/model-packs.md tells it in words. */
import * as v from 'valibot';
import { deviceSchema } from '../../common/contract.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Of a file beside the manifest, in any script. */
const fileName = v.pipe(v.string(), v.regex(/^[^./\\:][^/\\:]*$/));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const three = v.tuple([v.number(), v.number(), v.number()]);

const inputSchema = v.object({
  name: v.string(),
  layout: v.picklist(['NHWC', 'NCHW']),
  type: v.picklist(['uint8', 'float32', 'float16']),
  colour: v.picklist(['RGB', 'BGR']),
  /** Of a square, or width and height. */
  size: v.union([positive, v.object({ width: positive, height: positive })]),
  /** The graph's own batch size where it is fixed: other batches are cut and filled up to it. */
  batch: v.optional(positive),
  resize: v.variant('rule', [
    v.object({ rule: v.literal('shortest-side'), to: positive, crop: v.literal('centre') }),
    v.object({ rule: v.literal('squash') }),
    v.object({ rule: v.literal('pad'), colour: v.optional(three, [0, 0, 0]) }),
  ]),
  /** (byte / 255 - mean) / std, done before the model unless the graph does it itself. */
  normalisation: v.optional(
    v.object({
      insideModel: v.optional(v.boolean(), false),
      mean: v.optional(three, [0, 0, 0]),
      std: v.optional(three, [1, 1, 1]),
    }),
  ),
});

const values = v.picklist(['probabilities', 'logits']);
const outputSchema = v.variant('kind', [
  /** One label is right: the values add up to 1. */
  v.object({ kind: v.literal('softmax'), name: v.string(), values }),
  /** Any number of labels is right: each has a probability of its own. */
  v.object({ kind: v.literal('sigmoid'), name: v.string(), values }),
  /** A vector, compared with one vector a label: labels x dimensions float32, little endian. */
  v.object({
    kind: v.literal('embedding'),
    name: v.string(),
    dimensions: positive,
    vectors: fileName,
    /** Of scale x cosine + bias. */
    activation: v.picklist(['softmax', 'sigmoid']),
    scale: v.number(),
    bias: v.number(),
  }),
  /** The raw outputs of a face detector of the BlazeFace family. */
  v.object({
    kind: v.literal('faces'),
    /** Logits, one a box; then the boxes: centre, width and height in pixels, from the cell's centre. */
    names: v.tuple([v.string(), v.string()]),
    /** Cells in a row of each square grid, and boxes in each cell. */
    grids: v.pipe(v.array(v.object({ cells: positive, boxes: positive })), v.minLength(1)),
  }),
]);
export type OutputSpec = v.InferOutput<typeof outputSchema>;

export const manifestSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[\p{L}\p{N}_.-]+$/u)),
  version: v.string(),
  files: v.record(
    fileName,
    v.object({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), bytes: positive }),
  ),
  input: inputSchema,
  output: outputSchema,
  title: v.optional(v.object({ zh: v.string(), en: v.string() })),
  licence: v.optional(v.string()),
  /** In the order of the output; absent where the outputs are no labels. One a line, CSV or JSON. */
  labels: v.optional(fileName),
  /** Words above the labels: { "tags": [{ name, en, parents, synonyms }] }; parents may be the app's own. */
  concepts: v.optional(fileName),
  /**
   * From which score on a tag is believed; `labels`: a file with one threshold a line, a label each;
   * `tags` (softmax only): a JSON file, word -> threshold, for words that need another one.
   */
  thresholds: v.object({
    default: share,
    labels: v.optional(fileName),
    tags: v.optional(fileName),
  }),
  /** Model files by device, all with the same inputs and outputs. */
  variants: v.pipe(
    v.array(v.object({ file: fileName, precision: v.string(), devices: v.array(deviceSchema) })),
    v.minLength(1),
  ),
});
export type Manifest = v.InferOutput<typeof manifestSchema>;
