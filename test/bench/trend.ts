/** Whether a series of samples grows: a straight line through them, and how sure its slope is; pure. */

export interface Sample {
  hours: number;
  value: number;
}

export interface Trend {
  /** An hour. */
  slope: number;
  /** Standard error of the slope. */
  error: number;
}

/** Least squares; at least three samples. */
export function trendOf(samples: readonly Sample[]): Trend {
  const { length } = samples;
  if (length < 3) throw new Error('a trend needs three samples');
  const mean = (pick: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + pick(sample), 0) / length;
  const [hours, value] = [mean((one) => one.hours), mean((one) => one.value)];
  const spread = mean((one) => (one.hours - hours) ** 2) * length;
  const slope = (mean((one) => (one.hours - hours) * (one.value - value)) * length) / spread;
  const rest = mean((one) => (one.value - value - slope * (one.hours - hours)) ** 2) * length;
  return { slope, error: Math.sqrt(rest / (length - 2) / spread) };
}

/** Grows by more than `limit` an hour even if the slope is two of its errors too high. */
export function grows({ slope, error }: Trend, limit: number): boolean {
  return slope - 2 * error > limit;
}
