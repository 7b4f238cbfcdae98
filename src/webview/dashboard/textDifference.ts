/**
 * Where two completions of the same prompt part: what both begin with, what each has of its own, what both end with.
 * Cut between words, so that a changed name is marked whole; no alignment inside the changed part.
 */

export interface TextDifference {
  readonly before: string;
  readonly first: string;
  readonly second: string;
  readonly after: string;
}

export function textDifference(first: string, second: string): TextDifference {
  const a = words(first);
  const b = words(second);
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return {
    before: a.slice(0, start).join(''),
    first: a.slice(start, a.length - end).join(''),
    second: b.slice(start, b.length - end).join(''),
    after: a.slice(a.length - end).join(''),
  };
}

/** Runs of letters and digits, runs of blanks, and every other character by itself. */
function words(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];
}
