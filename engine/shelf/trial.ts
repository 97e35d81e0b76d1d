/** Runs a pack on real pictures before anybody relies on it: alone, in company, and what it says of them. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ContractError,
  packRefused,
  type PackTrial,
  type TestedServer,
} from '../../common/contract.ts';
import { inputBytes, inputWriter } from '../decode/model-input.ts';
import { readHeader, render } from '../decode/picture.ts';
import { sniff } from '../decode/sniff.ts';
import { inputShape, type Pack } from '../infer/pack.ts';
import { openServerSession } from '../infer/remote/session.ts';
import { openSession, type Session } from '../infer/session.ts';

const samples = fileURLToPath(new URL('../../build/samples', import.meta.url));
/** A cat, a plane and fruit: whatever a model knows, it should have a word for one of them. */
const liked = ['cat-chelsea.jpg', 'airplane-biplane.jpg', 'citrus-fruit.jpg'];
const company = 8;
const shownLabels = 5;

export interface Tried extends PackTrial {
  /** The raw outputs of each picture alone. */
  values: Float32Array[];
}

/** Throws `pack-refused` with the model's own words when it cannot run. */
export async function tryPack(pack: Pack, threads: number): Promise<Tried> {
  const { places, pictures } = await placePictures(pack);
  const options = { pack, device: 'cpu' as const, places, threads, maxBatch: company };
  const session = await openSession(options, () => undefined).catch(refuse);
  try {
    return await tryOn(session, pack, pictures);
  } catch (error) {
    return refuse(error);
  } finally {
    await session.close();
  }
}

async function tryOn(session: Session, pack: Pack, pictures: string[]): Promise<Tried> {
  const everyone = Array.from({ length: company }, (_, place) => place);
  const alone: { values: Float32Array; ms: number }[] = [];
  for (const place of everyone) {
    const { outputs, ms } = await session.run([place]);
    const [values = new Float32Array()] = outputs;
    // What stands for an answer that was no numbers.
    if (values.every((value) => value === 0)) throw packRefused('cannot-run', 'no numbers');
    alone.push({ values, ms });
  }
  const together = await session.run(everyone);
  const values = together.outputs[0] ?? new Float32Array();
  const width = values.length / company;
  let difference = 0;
  alone.forEach((one, at) => {
    one.values.forEach((value, label) => {
      difference = Math.max(difference, Math.abs(value - (values[at * width + label] ?? NaN)));
    });
  });
  return {
    msAlone: median(alone.map(({ ms }) => ms)),
    msInCompany: together.ms / company,
    difference,
    pictures: pictures.map((file, at) => ({
      name: path.basename(file),
      labels: topLabels(pack, alone[at]?.values ?? new Float32Array()),
    })),
    values: alone.map((one) => one.values),
  };
}

function topLabels(pack: Pack, values: Float32Array): { name: string; score: number }[] {
  return pack.labels
    .map(({ name }, at) => ({ name, score: values[at] ?? 0 }))
    .sort((a, b) => b.score - a.score)
    .slice(0, shownLabels);
}

function samplePictures(): string[] {
  const found = readdirSync(samples).filter((name) => name.endsWith('.jpg'));
  const wanted = liked.filter((name) => found.includes(name));
  return (wanted.length === liked.length ? wanted : found.slice(0, liked.length)).map((name) =>
    path.join(samples, name),
  );
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function refuse(error: unknown): never {
  if (error instanceof ContractError && error.code === 'model-damaged')
    throw packRefused('cannot-run', error.detail);
  throw error;
}

const testPatienceMs = 15_000;

/** Asks servers once for what this pack makes of three pictures. */
export async function tryServers(
  pack: Pack,
  addresses: readonly string[],
  token: string | null,
): Promise<TestedServer[]> {
  const { places, pictures } = await placePictures(pack);
  const ask = async (address: string): Promise<TestedServer[]> => {
    const session = await openServerSession({
      pack,
      places,
      addresses: [address],
      limits: { total: 4, perHost: 4 },
      token,
      openLocal: null,
      timeoutMs: testPatienceMs,
    });
    try {
      const answer = session.run(pictures.map((_, place) => place));
      // Why it failed is in the server's trouble.
      const ms = await answer.then((inferred) => inferred.ms).catch(() => 0);
      return session.state.servers.map((server) => ({ ...server, ms }));
    } finally {
      await session.close();
    }
  };
  return (await Promise.all(addresses.map(ask))).flat();
}

/** Pictures as inputs of the pack, again and again until every place is taken. */
export async function placePictures(
  pack: Pack,
  pictures = samplePictures(),
): Promise<{ places: SharedArrayBuffer; pictures: string[] }> {
  const shape = inputShape(pack.manifest);
  const places = new SharedArrayBuffer(company * inputBytes(shape));
  const write = inputWriter(places, shape);
  for (let place = 0; place < company; place += 1) {
    const file = pictures[place % pictures.length];
    if (file === undefined) throw packRefused('no-samples', samples);
    const bytes = readFileSync(file);
    const sniffed = sniff(bytes);
    if (sniffed.kind !== 'readable') throw packRefused('no-samples', file);
    const header = await readHeader(bytes, sniffed.format);
    if ('code' in header) throw packRefused('no-samples', file);
    const rendered = await render(header, [shape]);
    if ('code' in rendered) throw packRefused('no-samples', file);
    for (const pixels of rendered.pixels) write(pixels, place);
  }
  return { places, pictures };
}
