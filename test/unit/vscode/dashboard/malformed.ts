/**
 * Messages that went wrong, the same ones each time: good messages with a field changed, added, dropped or nested.
 */

/** mulberry32: a small generator with a seed, so that a failure can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const STRANGE: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  Number.NaN,
  '',
  'constructor',
  '__proto__',
  '<img src=x onerror=alert(1)>',
  'x'.repeat(10_000),
  [],
  {},
  ['ready'],
  { type: 'ready' },
];

export function malformed(valid: readonly object[], count: number, seed = 1): unknown[] {
  const random = randomFrom(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const mutate = (message: object): unknown => {
    const fields = Object.entries(message);
    const kind = random();
    if (kind < 0.1) return pick(STRANGE);
    if (kind < 0.2) return [message];
    if (kind < 0.4) return Object.fromEntries([...fields, [pick(['extra', 'args', 'mode', 'state']), pick(STRANGE)]]);
    const [name] = pick(fields);
    if (kind < 0.5) return Object.fromEntries(fields.filter(([key]) => key !== name));
    return Object.fromEntries(fields.map(([key, value]) => [key, key === name ? pick(STRANGE) : value]));
  };
  return Array.from({ length: count }, () => mutate(pick(valid)));
}
