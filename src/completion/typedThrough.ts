/**
 * Whether a suggestion made for one position still serves at another: the same document and suffix, and only text typed in between.
 * Shared by the cache and by requests in flight.
 */
import { cursorShape } from './cursorShape';
import { lastChars, type DocumentContext } from './documentContext';

/** The place a suggestion was made for. */
export interface Anchor {
  readonly documentKey: string;
  readonly cursorOffset: number;
  readonly prefixTail: string;
  readonly suffixHead: string;
}

const TAIL_CHARS = 512;

export function anchorOf(context: DocumentContext): Anchor {
  return {
    documentKey: context.documentKey,
    cursorOffset: context.cursorOffset,
    prefixTail: lastChars(context.prefix, TAIL_CHARS),
    // Without the closers that the editor adds while the user types a suggestion's own brackets.
    suffixHead: cursorShape(context).suffix.slice(0, TAIL_CHARS),
  };
}

/** What was typed between the anchor and the context; undefined when they differ by anything else. */
export function typedSince(anchor: Anchor, context: DocumentContext): string | undefined {
  const typedChars = context.cursorOffset - anchor.cursorOffset;
  if (context.documentKey !== anchor.documentKey || typedChars < 0 || typedChars > TAIL_CHARS) return undefined;
  const start = context.prefix.length - typedChars;
  if (start < 0 || !context.prefix.slice(0, start).endsWith(anchor.prefixTail)) return undefined;
  if (cursorShape(context).suffix.slice(0, TAIL_CHARS) !== anchor.suffixHead) return undefined;
  return context.prefix.slice(start);
}
