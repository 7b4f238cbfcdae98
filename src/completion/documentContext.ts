/**
 * The text around the cursor, as every later step sees it: newlines are "\n", positions are offsets in that text.
 * First stop after the keystroke. It decides nothing and knows no editor; src/vscode/documentReader.ts fills it from a document.
 */

export interface DocumentContext {
  /** Identifies the document between requests; never shown to the model. */
  readonly documentKey: string;
  /** Relative to the workspace, forward slashes; goes into the prompt's header. */
  readonly path: string;
  readonly languageId: string;
  /** What the document uses; completions are converted back to it on insertion. */
  readonly eol: '\n' | '\r\n';
  /** A window of text that ends at the cursor. */
  readonly prefix: string;
  /** A window of text that begins at the cursor. */
  readonly suffix: string;
  /** Characters before the cursor in the whole document, every line break counted as one. */
  readonly cursorOffset: number;
}

/** Characters kept on either side of the cursor: more than any prompt uses, so that a window costs the same in every document. */
export const WINDOW = { prefixChars: 8192, suffixChars: 4096 } as const;

export function normalizeNewlines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

export function toDocumentEol(text: string, eol: DocumentContext['eol']): string {
  return eol === '\n' ? text : text.replaceAll('\n', eol);
}

/** Moves an index that stands between the two halves of a surrogate pair to the pair's end. */
export function afterSurrogatePair(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index + 1 : index;
}

/** The context at `offset` (UTF-16 units) of a text held in memory; offsets beyond the ends are clamped. */
export function documentContextFromText(text: string, offset: number, path: string, languageId: string): DocumentContext {
  let cursor = Math.min(Math.max(Math.trunc(offset), 0), text.length);
  if (text[cursor] === '\n' && text[cursor - 1] === '\r') cursor -= 1;
  const before = normalizeNewlines(text.slice(0, cursor));
  const after = normalizeNewlines(text.slice(cursor));
  return {
    documentKey: path,
    path: path.replaceAll('\\', '/'),
    languageId,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    prefix: lastChars(before, WINDOW.prefixChars),
    suffix: firstChars(after, WINDOW.suffixChars),
    cursorOffset: before.length,
  };
}

/** The text of the cursor's line before the cursor. */
export function linePrefix(context: Pick<DocumentContext, 'prefix'>): string {
  return context.prefix.slice(context.prefix.lastIndexOf('\n') + 1);
}

/** The text of the cursor's line after the cursor, without the line break. */
export function lineTail(context: Pick<DocumentContext, 'suffix'>): string {
  const end = context.suffix.indexOf('\n');
  return end < 0 ? context.suffix : context.suffix.slice(0, end);
}

/** Whether the prefix window reaches back to the first character of the document. */
export function prefixIsComplete(context: Pick<DocumentContext, 'prefix' | 'cursorOffset'>): boolean {
  return context.prefix.length === context.cursorOffset;
}

export function lastChars(text: string, count: number): string {
  if (text.length <= count) return text;
  return text.slice(afterSurrogatePair(text, text.length - count));
}

export function firstChars(text: string, count: number): string {
  if (text.length <= count) return text;
  const end = afterSurrogatePair(text, count);
  return text.slice(0, end === count ? count : count - 1);
}
