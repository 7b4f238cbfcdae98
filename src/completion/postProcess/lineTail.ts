/**
 * Fits a suggestion that was generated for an empty rest of the line to the closers that really stand there.
 * `foo(|)` with the suggestion `a, b);` becomes: replace `)` by `a, b);`. Last step before the text is shown; the cache keeps the unfitted text.
 */
import { openQuoteOf, scanBrackets } from '../bracketScanner';

export interface FittedText {
  readonly text: string;
  /** Characters right of the cursor that the text replaces. */
  readonly tailLength: number;
}

export function fitToLineTail(text: string, linePrefix: string, tail: string, languageId: string): FittedText {
  const wanted = tail.trimEnd();
  if (wanted === '') return { text, tailLength: 0 };
  const closing = firstClosing(text, linePrefix, languageId);
  // The text leaves open what the tail closes: it goes in front of the tail.
  if (closing < 0) return { text, tailLength: 0 };
  if (text.endsWith(wanted)) return { text: text.slice(0, text.length - wanted.length), tailLength: 0 };
  if (holdsInOrder(text.slice(closing), wanted)) return { text, tailLength: tail.length };
  // The text closes something else than the tail does; what comes before that closer is still good.
  return { text: text.slice(0, closing).trimEnd(), tailLength: 0 };
}

/** Index of the first bracket or quote in `text` that closes one opened before it, or -1. */
function firstClosing(text: string, linePrefix: string, languageId: string): number {
  const quote = openQuoteOf(linePrefix, languageId);
  if (quote !== '') return indexOfUnescaped(text, quote);
  const closer = scanBrackets(text, languageId).closers[0];
  return closer === undefined ? -1 : closer.index;
}

function indexOfUnescaped(text: string, quote: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === quote) return index;
  }
  return -1;
}

/** Whether the characters of `wanted` appear in `text` in order, blanks aside: then the editor can show the difference as ghost text. */
function holdsInOrder(text: string, wanted: string): boolean {
  let at = 0;
  for (const char of wanted.replace(/\s/g, '')) {
    at = text.indexOf(char, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
