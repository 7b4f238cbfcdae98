/**
 * Suggestions made lately, reused without asking the engine: at the same place, or after the user typed the beginning of one.
 * Owns nothing but a short list; which request is running is inFlightCompletion's matter.
 */
import type { DocumentContext } from './documentContext';
import { anchorOf, typedSince, type Anchor } from './typedThrough';

export interface CachedSuggestion {
  /** What is left to insert, not yet fitted to the rest of the line. */
  readonly unfittedText: string;
  readonly meanLogProb: number;
}

interface Entry extends CachedSuggestion {
  readonly anchor: Anchor;
}

export class CompletionCache {
  /** Most recently used first. */
  private entries: Entry[] = [];

  constructor(private readonly capacity = 64) {}

  lookup(context: DocumentContext): CachedSuggestion | undefined {
    for (const entry of this.entries) {
      const typed = typedSince(entry.anchor, context);
      if (typed === undefined || !entry.unfittedText.startsWith(typed)) continue;
      const rest = entry.unfittedText.slice(typed.length);
      if (rest.trim() === '') continue;
      this.entries = [entry, ...this.entries.filter((other) => other !== entry)];
      return { unfittedText: rest, meanLogProb: entry.meanLogProb };
    }
    return undefined;
  }

  store(context: DocumentContext, suggestion: CachedSuggestion): void {
    const { unfittedText, meanLogProb } = suggestion;
    this.entries = [{ anchor: anchorOf(context), unfittedText, meanLogProb }, ...this.entries].slice(0, this.capacity);
  }

  clear(): void {
    this.entries = [];
  }
}
