/**
 * A share of a count with its uncertainty. Pure.
 */
export interface Share {
  /** `null` when there was nothing to count. */
  readonly value: number | null;
  /** Wilson's score interval at 95 %, which stays inside 0..1; it takes the counted things as independent. */
  readonly interval95: readonly [low: number, high: number] | null;
}

const Z = 1.96;

export function share(hits: number, total: number): Share {
  if (total === 0) return { value: null, interval95: null };
  const value = hits / total;
  const scale = 1 + Z ** 2 / total;
  const center = (value + Z ** 2 / (2 * total)) / scale;
  const reach = (Z / scale) * Math.sqrt((value * (1 - value)) / total + Z ** 2 / (4 * total ** 2));
  return { value, interval95: [Math.max(0, center - reach), Math.min(1, center + reach)] };
}
