/**
 * Keeps, per document, the snippets that its prompts begin with. Between two calls of `publish` a document's snippets stay the same bytes:
 * one changed token in front would throw away the KV cache of the whole prompt.
 */
import type { PromptSnippet } from '../prompt/promptSnippet';

/** A new set of which this share of the lines is shown already is not worth reading the whole prompt again. */
const SAME_ENOUGH_SHARE = 0.7;

const NONE: readonly PromptSnippet[] = [];

export class SnippetSets {
  /** Least recently used first. */
  private readonly byDocument = new Map<string, readonly PromptSnippet[]>();

  /** `capacity`: documents remembered. */
  constructor(private readonly capacity = 16) {}

  /** What the keystroke path reads: no work, the same array until something was published. */
  snippetsFor(documentKey: string): readonly PromptSnippet[] {
    return this.byDocument.get(documentKey) ?? NONE;
  }

  /**
   * Takes a new set unless it says much the same as the old one; true when the prompt changes by it.
   * Snippets that stay keep their places, so that the cache keeps as much as it can.
   */
  publish(documentKey: string, snippets: readonly PromptSnippet[]): boolean {
    const old = this.snippetsFor(documentKey);
    const next = inOldOrder(snippets, old);
    const changes = !sameSnippets(next, old) && (old.length === 0 || sharedLines(next, old) < SAME_ENOUGH_SHARE);
    this.byDocument.delete(documentKey);
    this.byDocument.set(documentKey, changes ? next : old);
    if (this.byDocument.size > this.capacity) this.byDocument.delete(this.byDocument.keys().next().value ?? '');
    return changes;
  }

  forget(documentKey: string): void {
    this.byDocument.delete(documentKey);
  }

  clear(): void {
    this.byDocument.clear();
  }
}

function inOldOrder(snippets: readonly PromptSnippet[], old: readonly PromptSnippet[]): PromptSnippet[] {
  const kept = old.filter((snippet) => snippets.some((other) => isSame(other, snippet)));
  return [...kept, ...snippets.filter((snippet) => !kept.some((other) => isSame(other, snippet)))].map(({ path, text }) => ({
    path,
    text,
  }));
}

function sameSnippets(a: readonly PromptSnippet[], b: readonly PromptSnippet[]): boolean {
  return a.length === b.length && a.every((snippet, index) => isSame(snippet, b[index]));
}

function isSame(a: PromptSnippet, b: PromptSnippet | undefined): boolean {
  return a.path === b?.path && a.text === b.text;
}

/** Of the lines of `next`, the share that `old` has; an empty set has nothing to add. */
function sharedLines(next: readonly PromptSnippet[], old: readonly PromptSnippet[]): number {
  const shown = new Set(old.flatMap(linesOf));
  const lines = next.flatMap(linesOf);
  return lines.length === 0 ? 1 : lines.filter((line) => shown.has(line)).length / lines.length;
}

function linesOf({ text }: PromptSnippet): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
