/** The story's first steps on our engine: the same photos with one decode thread or several, alone or in batches. */
import { median } from '../../engine/bench/ceiling.ts';
import type { PhotoSet } from '../../engine/bench/photos.ts';
import { runPipeline } from '../../engine/bench/pipeline-run.ts';
import { engineOptions } from '../../engine/options.ts';

const batched = { max: 32, preferred: [4, 8, 16], maxDelayMs: 100 };
const single = { max: 1, preferred: [], maxDelayMs: 0 };
const steps = [
  { name: 'one decode thread, one picture at a time', decodeWorkers: 1, batch: single },
  { name: 'one decode thread, dynamic batches', decodeWorkers: 1, batch: batched },
  { name: 'four decode threads, one picture at a time', decodeWorkers: 4, batch: single },
  { name: 'four decode threads, dynamic batches', decodeWorkers: 4, batch: batched },
];

/** Photos a second of each, median of `rounds`; by turns, so that what disturbs the machine disturbs all. */
export async function measureSteps(
  { photos, warmUp }: PhotoSet,
  packs: string[],
  rounds: number,
): Promise<{ name: string; photosPerSecond: number }[]> {
  const rates = new Map(steps.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, ...setting } of steps) {
      const options = engineOptions({ library: '', packs, ...setting });
      rates.get(name)?.push((await runPipeline(photos, warmUp, options)).photosPerSecond);
    }
  return [...rates].map(([name, all]) => ({ name, photosPerSecond: median(all) }));
}
