/**
 * The part of a file that is most like the place the user is at: windows of lines, compared by the identifiers they share (Jaccard).
 */
import type { IndexedText } from './indexedText';

export interface WindowOptions {
  /** Lines of the windows that are compared. */
  readonly compareLines: number;
  /** Lines of the part that is kept of the best one. */
  readonly keepLines: number;
}

/** As many lines as are read around the cursor, and as many of them as a snippet had in the bundled model's training. */
export const WINDOWS: WindowOptions = { compareLines: 60, keepLines: 24 };

export interface SimilarWindow {
  readonly start: number;
  /** Line after the last one. */
  readonly end: number;
  /** Shared identifiers over all identifiers, 0 to 1. */
  readonly score: number;
}

/** Undefined when no window shares an identifier with the reference. */
export function mostSimilarWindow(
  text: IndexedText,
  reference: ReadonlySet<string>,
  options: WindowOptions = WINDOWS,
): SimilarWindow | undefined {
  const outer = bestWindow(text, reference, 0, text.lines.length, options.compareLines);
  if (!outer) return undefined;
  const inner = bestWindow(text, reference, outer.start, outer.end, options.keepLines);
  return inner && { start: inner.start, end: inner.end, score: outer.score };
}

/** Slides a window over lines `from` to `to`; what leaves and what enters is counted, nothing is counted twice. */
function bestWindow(text: IndexedText, reference: ReadonlySet<string>, from: number, to: number, size: number): SimilarWindow | undefined {
  const counts = new Map<string, number>();
  let shared = 0;
  const add = (line: number): void => {
    for (const word of text.lineIdentifiers[line] ?? []) {
      const count = counts.get(word) ?? 0;
      if (count === 0 && reference.has(word)) shared += 1;
      counts.set(word, count + 1);
    }
  };
  const remove = (line: number): void => {
    for (const word of text.lineIdentifiers[line] ?? []) {
      const count = counts.get(word) ?? 0;
      if (count > 1) counts.set(word, count - 1);
      else {
        counts.delete(word);
        if (reference.has(word)) shared -= 1;
      }
    }
  };
  let best: SimilarWindow | undefined;
  for (let end = from + 1; end <= to; end += 1) {
    add(end - 1);
    const start = end - size;
    if (start > from) remove(start - 1);
    if (start < from && end < to) continue;
    const score = shared / (counts.size + reference.size - shared || 1);
    if (score > 0 && (!best || score > best.score)) best = { start: Math.max(start, from), end, score };
  }
  return best;
}
