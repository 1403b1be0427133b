/** The least, the middle and the greatest of some figures. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Of an even number of figures, the middle is the mean of the two in the middle. @returns undefined for no figures */
export function spreadOf(figures: readonly number[]): Spread | undefined {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  if (sorted.length === 0) return undefined;
  const half = sorted.length / 2;
  const median = sorted.length % 2 === 0 ? (at(half - 1) + at(half)) / 2 : at(Math.floor(half));
  return { min: at(0), median, max: at(sorted.length - 1) };
}

/**
 * How many times the base's figures others are. Runs of one round are compared with each other, since what disturbs a machine
 * disturbs neighbours alike; with different numbers of runs, each is compared with the base's median.
 */
export function ratiosTo(base: readonly number[], figures: readonly number[]): Spread | undefined {
  const median = spreadOf(base)?.median;
  if (median === undefined) return undefined;
  const isPaired = base.length === figures.length;
  return spreadOf(figures.map((figure, round) => figure / (isPaired ? (base[round] ?? median) : median)));
}
