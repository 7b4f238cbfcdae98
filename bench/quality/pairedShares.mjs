// Shares of successes with 95 % confidence intervals, and the difference of two shares over the same samples.

const Z = 1.959964;

/** Wilson's interval of `successes` in `count`. */
export function shareOf(successes, count) {
  if (count === 0) return { successes, count, share: NaN, low: NaN, high: NaN };
  const share = successes / count;
  const scale = 1 + (Z * Z) / count;
  const middle = (share + (Z * Z) / (2 * count)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  return { successes, count, share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** `pairs`: [first succeeded, second succeeded] of each sample. The interval is Wald's for paired samples, p McNemar's exact test (two-sided). */
export function pairedDifference(pairs) {
  const onlyFirst = pairs.filter(([first, second]) => first && !second).length;
  const onlySecond = pairs.filter(([first, second]) => !first && second).length;
  const count = pairs.length;
  const difference = (onlyFirst - onlySecond) / count;
  const half = (Z * Math.sqrt(onlyFirst + onlySecond - (onlyFirst - onlySecond) ** 2 / count)) / count;
  return { onlyFirst, onlySecond, count, difference, low: difference - half, high: difference + half, p: exactP(onlyFirst, onlySecond) };
}

/** Probability of a split at least as uneven when both sides are equally likely. */
function exactP(a, b) {
  const count = a + b;
  let term = 0.5 ** count;
  let tail = 0;
  for (let k = 0; k <= Math.min(a, b); k += 1) {
    tail += term;
    term = (term * (count - k)) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}
