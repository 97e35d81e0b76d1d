/**
 * Which provider ran each node of a model, by onnxruntime's own profile, and whether the driver lists this
 * process on a card. Prints one line of JSON. Started with the engine's environment.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type * as Onnxruntime from 'onnxruntime-node';
import { runtimeVariable } from '../../engine/gpu-runtime/place.ts';
import { inputDims, readPack, variantFor } from '../../engine/infer/pack.ts';
import type { Device } from '../../common/contract.ts';

export interface Profile {
  /** Nodes run, and the time in them, ms, by provider. */
  providers: Record<string, { nodes: number; ms: number }>;
  /** This process as the driver lists it; null where it does not (a container may hide it). */
  onCard: string | null;
}

interface Event {
  cat: string;
  dur: number;
  args?: { provider?: string };
}

const [folder = '', device = 'cpu'] = process.argv.slice(2);
const runtime = process.env[runtimeVariable];
const require = createRequire(runtime === undefined ? import.meta.url : path.join(runtime, 'x.js'));
const ort = require('onnxruntime-node') as typeof Onnxruntime;
const place = mkdtempSync(path.join(os.tmpdir(), 'wanwu-profile-'));
const pack = readPack(folder);
const session = await ort.InferenceSession.create(variantFor(pack, device as Device) ?? '', {
  executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
  enableProfiling: true,
  profileFilePrefix: path.join(place, 'profile'),
});
const dims = [8, ...inputDims(pack.manifest)];
const pixels = new Uint8Array(dims.reduce((product, side) => product * side, 1));
const feeds = { [pack.manifest.input.name]: new ort.Tensor('uint8', pixels, dims) };
for (let run = 0; run < 3; run += 1) await session.run(feeds);
const apps = await promisify(execFile)('nvidia-smi', [
  '--query-compute-apps=pid,process_name,used_memory',
  '--format=csv,noheader',
]).catch(() => ({ stdout: '' }));
session.endProfiling();

const providers: Profile['providers'] = {};
for (const name of readdirSync(place)) {
  const events = JSON.parse(readFileSync(path.join(place, name), 'utf8')) as Event[];
  for (const { cat, dur, args } of events) {
    if (cat !== 'Node' || args?.provider === undefined) continue;
    const sum = (providers[args.provider] ??= { nodes: 0, ms: 0 });
    sum.nodes += 1;
    sum.ms += dur / 1000;
  }
}
rmSync(place, { recursive: true });
const onCard = apps.stdout.split('\n').find((line) => line.startsWith(`${String(process.pid)},`));
console.log(JSON.stringify({ providers, onCard: onCard ?? null } satisfies Profile));
