/**
 * The lines around the cursor in the form that the rules ask for, computed once per completion from the windows.
 */
import { linePrefix, lineTail, prefixIsComplete, type DocumentContext } from '../documentContext';

export interface Surroundings {
  readonly languageId: string;
  /** Text of the cursor's line before the cursor, generated lines not included. */
  readonly linePrefix: string;
  /** Rest of the line that the model saw; empty when it was blank or hidden from it. */
  readonly visibleTail: string;
  readonly prefix: string;
  readonly prefixIsComplete: boolean;
  /** Non-blank lines above, nearest first, at most LINES_KEPT. */
  readonly linesAbove: readonly string[];
  /** Non-blank lines below, nearest first, at most LINES_KEPT. */
  readonly linesBelow: readonly string[];
}

const LINES_KEPT = 8;

export function surroundingsOf(context: DocumentContext, hiddenTail: string): Surroundings {
  const current = linePrefix(context);
  const tail = lineTail(context);
  const above = context.prefix.slice(0, context.prefix.length - current.length);
  return {
    languageId: context.languageId,
    linePrefix: current,
    visibleTail: hiddenTail === tail ? '' : tail,
    prefix: context.prefix,
    prefixIsComplete: prefixIsComplete(context),
    linesAbove: nonBlankLinesFromEnd(above),
    linesBelow: nonBlankLinesFromStart(context.suffix.slice(tail.length)),
  };
}

/** Width of a line's leading white space in characters. */
export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function nonBlankLinesFromEnd(text: string): string[] {
  const lines: string[] = [];
  let end = text.length;
  while (end > 0 && lines.length < LINES_KEPT) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end);
    if (line.trim() !== '') lines.push(line);
    end = start - 1;
  }
  return lines;
}

function nonBlankLinesFromStart(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  while (start < text.length && lines.length < LINES_KEPT) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (line.trim() !== '') lines.push(line);
    start = end + 1;
  }
  return lines;
}
