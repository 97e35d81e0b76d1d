/**
 * transformers.js, its image-classification pipeline as its manual shows it; only tags.
 * transformers.mjs FOLDER MODELS BATCH -> one JSON line {photos, seconds, tags}. Started inside the folder
 * where @huggingface/transformers is installed.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const library = await import(pathToFileURL(require.resolve('@huggingface/transformers')).href);
const { pipeline, env } = library.default ?? library;

const [folder = '', models = '', batchText = '1'] = process.argv.slice(2);
const batch = Number(batchText);
env.allowRemoteModels = false;
env.localModelPath = models;
const classify = await pipeline('image-classification', 'efficientnet-lite2', { dtype: 'fp32' });
const photos = readdirSync(folder)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .map((name) => path.join(folder, name));
await classify(photos.slice(0, batch));

const started = performance.now();
const tags = [];
for (let at = 0; at < photos.length; at += batch) {
  const group = photos.slice(at, at + batch);
  const found = await classify(batch === 1 ? group[0] : group, { top_k: 1 });
  tags.push(...[found].flat(2).map(({ label }) => Number(label)));
}
const seconds = (performance.now() - started) / 1000;
process.stdout.write(`${JSON.stringify({ photos: photos.length, seconds, tags })}\n`);
