/**
 * What a collector is given and what it returns: pieces of other files that may help at one place of one document, with a score.
 */
import { identifiersOf } from './identifiers';
import type { FileRef } from './fileRef';
import type { ProjectFiles } from './projectFiles';
import type { WorkBudget } from './workBudget';

/** Why a snippet was taken, from what changes least to what changes most: this is also their order in the prompt. */
export const SNIPPET_SOURCES = ['imports', 'symbols', 'siblings', 'tabs', 'edits'] as const;
export type SnippetSource = (typeof SNIPPET_SOURCES)[number];

/** How much of a document a target holds: the imports, and as many lines around the cursor as windows are compared by. */
export const TARGET_LIMITS = { headLines: 200, headChars: 12_000, nearbyLines: 60, nearbyChars: 8000 } as const;

/** The place to find context for. */
export interface ContextTarget {
  readonly documentKey: string;
  readonly file: FileRef;
  /** The beginning of the document, where imports stand. */
  readonly head: string;
  /** Lines around the cursor. */
  readonly nearby: string;
}

export interface SnippetCandidate {
  readonly source: SnippetSource;
  readonly file: FileRef;
  readonly text: string;
  /** The higher the better; comparable between sources. */
  readonly score: number;
}

export interface CollectorInput {
  readonly target: ContextTarget;
  /** Identifiers around the cursor. */
  readonly reference: ReadonlySet<string>;
  readonly files: ProjectFiles;
  readonly budget: WorkBudget;
  readonly signal: AbortSignal;
}

export interface Collector {
  readonly source: SnippetSource;
  readonly collect: (input: CollectorInput) => Promise<SnippetCandidate[]>;
}

/** Whether a collector has to stop where it is. */
export function mustStop({ budget, signal }: Pick<CollectorInput, 'budget' | 'signal'>): boolean {
  return budget.exhausted || signal.aborted;
}

/** Shared identifiers over all identifiers, 0 to 1. */
export function similarity(text: string, reference: ReadonlySet<string>): number {
  const words = identifiersOf(text);
  let shared = 0;
  for (const word of words) if (reference.has(word)) shared += 1;
  return shared / (words.size + reference.size - shared || 1);
}
