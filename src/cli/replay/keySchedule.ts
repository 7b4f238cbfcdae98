/**
 * When the next key is pressed: pauses drawn from a seed, the session and the place, so that every mode meets the same typist
 * and a skipped key changes no later pause. The medians are assumptions about a practised typist, not measurements.
 */

export type KeyKind = 'in-word' | 'new-word' | 'new-line' | 'after-accepting' | 'first';

export interface KeyPlace {
  readonly sessionId: string;
  /** In the typed part. */
  readonly offset: number;
}

/** The editor's own wait before it asks a provider. */
export const EDITOR_WAIT_MS = 50;
/** How long a right suggestion stands there before the typist takes it; until then they type on. */
export const NOTICE_MS = 400;

const MEDIAN_PAUSE_MS: Readonly<Record<KeyKind, number>> = {
  'in-word': 130,
  'new-word': 190,
  'new-line': 600,
  'after-accepting': 500,
  // Looking at the file that was opened.
  first: 1500,
};
/** Standard deviation of the logarithm. */
const SPREAD = 0.45;
const LIMITS_MS = { min: 25, max: 4000 } as const;

/** Log-normal around the median of its kind. */
export function pauseBeforeKeyMs(seed: number, kind: KeyKind, { sessionId, offset }: KeyPlace): number {
  const random = randomFrom(hashOf(`${seed}/${sessionId}/${offset}`));
  // Box and Muller: two even numbers make a normal one.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(Math.max(MEDIAN_PAUSE_MS[kind] * Math.exp(SPREAD * normal), LIMITS_MS.min), LIMITS_MS.max);
}

/** What kind of key comes after this text. */
export function kindOfKey(typed: string, next: string): KeyKind {
  if (/(^|\n)[ \t]*$/.test(typed)) return 'new-line';
  return /\w$/.test(typed) && /^\w/.test(next) ? 'in-word' : 'new-word';
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Mulberry32: even numbers in 0..1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
