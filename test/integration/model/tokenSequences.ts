/**
 * Token ids that look random and are the same on every machine.
 */

/** A linear congruential sequence (Numerical Recipes' constants); ids 3 and up, so that no control token is among them. */
export function scatteredTokens(count: number, vocabSize: number, seed: number): Int32Array {
  const first = 3;
  let state = seed;
  return Int32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return first + Math.floor((state / 2 ** 32) * (vocabSize - first));
  });
}

export function joined(...parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap((part) => [...part]));
}
