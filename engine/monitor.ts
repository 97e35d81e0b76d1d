/** Counts what the pipeline does: rates and stage times over the last seconds. */

export type Stage = 'read' | 'decode' | 'infer' | 'save';

interface Sample {
  at: number;
  photos: number;
  /** Wall time of the work, ms. */
  ms: number;
}

export interface Monitor {
  /** `photos` went through `stage` together in `ms`. */
  record(stage: Stage, photos: number, ms: number): void;
  /** Mean wall ms a photo over the last seconds; 0 where nothing happened. */
  meanMs(stage: Stage): number;
  /** Mean photos a batch over the last seconds. */
  meanBatch(): number;
  photosPerSecond(): number;
}

const windowMs = 5_000;

export function createMonitor(now: () => number = () => performance.now()): Monitor {
  const samples: Record<Stage, Sample[]> = { read: [], decode: [], infer: [], save: [] };
  const recent = (stage: Stage): Sample[] => {
    const from = now() - windowMs;
    const list = samples[stage];
    let old = 0;
    while (old < list.length && (list[old]?.at ?? 0) < from) old += 1;
    if (old > 0) list.splice(0, old);
    return list;
  };
  const sum = (list: Sample[], key: 'photos' | 'ms') =>
    list.reduce((total, one) => total + one[key], 0);
  return {
    record: (stage, photos, ms) => {
      samples[stage].push({ at: now(), photos, ms });
    },
    meanMs: (stage) => {
      const list = recent(stage);
      const photos = sum(list, 'photos');
      return photos === 0 ? 0 : sum(list, 'ms') / photos;
    },
    meanBatch: () => {
      const list = recent('infer');
      return list.length === 0 ? 0 : sum(list, 'photos') / list.length;
    },
    photosPerSecond: () => {
      const list = recent('save');
      const first = list[0];
      if (!first) return 0;
      const seconds = Math.max(1, (now() - first.at) / 1000);
      return sum(list, 'photos') / seconds;
    },
  };
}
