/**
 * What stands right of the cursor on its line, and what that means for the prompt and for the length of the suggestion.
 * Closers, quotes and a semicolon were mostly put there by the editor while typing: the prompt leaves them out, so that typing "("
 * does not change the suffix (and with it the whole KV cache), and postProcess/lineTail fits the suggestion back in.
 */
import { lineTail, type DocumentContext } from './documentContext';

export type CompletionMode = 'single-line' | 'block';

export interface CursorShape {
  readonly mode: CompletionMode;
  /** Rest of the line that the prompt leaves out: blank or only closers; empty when the prompt holds the exact rest. */
  readonly hiddenTail: string;
  /** The suffix that the prompt begins with. */
  readonly suffix: string;
}

/** Closing brackets and quotes, then at most one opener of a block or separator. */
const CLOSERS_ONLY = /^\s*[)>}\]"'`]*\s*[:{;,]?\s*$/;

export function isClosersOnly(tail: string): boolean {
  return CLOSERS_ONLY.test(tail);
}

export function cursorShape(context: Pick<DocumentContext, 'suffix'>): CursorShape {
  const tail = lineTail(context);
  if (!isClosersOnly(tail)) return { mode: 'single-line', hiddenTail: '', suffix: context.suffix };
  const mode = tail.trim() === '' ? 'block' : 'single-line';
  return { mode, hiddenTail: tail, suffix: context.suffix.slice(tail.length) };
}
