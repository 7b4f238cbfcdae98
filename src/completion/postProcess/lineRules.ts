/**
 * The rules that clean the first line of a suggestion, in the order in which they run.
 * Each takes the text and what surrounds the cursor and returns the text to keep; nothing left means silence with the rule's reason.
 */
import { matchesOpener, openQuoteOf, scanBrackets } from '../bracketScanner';
import type { SilenceReason } from '../silenceReason';
import { endsInLoop } from './repetition';
import { indentOf, type Surroundings } from './surroundings';

export interface LineRule {
  readonly name: string;
  readonly reason: SilenceReason;
  readonly apply: (text: string, around: Surroundings) => string;
}

/** Shorter lines (`}`, `else:`, `end`) come again legitimately. */
export const MIN_ECHO_CHARS = 8;
/** Shorter headers (`if (ready) {`) come again legitimately. */
const MIN_HEADER_CHARS = 20;
/** A shorter overlap with the visible rest of the line may be chance. */
const MIN_OVERLAP_CHARS = 3;

export const LINE_RULES: readonly LineRule[] = [
  { name: 'cutAtLineEnd', reason: 'empty-middle', apply: cutAtLineEnd },
  { name: 'cutAtBrokenCharacter', reason: 'empty-middle', apply: cutAtBrokenCharacter },
  { name: 'dropBlank', reason: 'whitespace-only', apply: dropBlank },
  { name: 'dropLoop', reason: 'repetition-loop', apply: dropLoop },
  { name: 'dropEchoOfLinesAbove', reason: 'repeats-prefix', apply: dropEchoOfLinesAbove },
  { name: 'dropRepeatOfNextLine', reason: 'repeats-suffix', apply: dropRepeatOfNextLine },
  { name: 'dropDuplicateCloser', reason: 'repeats-suffix', apply: dropDuplicateCloser },
  { name: 'cutTailOverlap', reason: 'repeats-suffix', apply: cutTailOverlap },
  { name: 'cutAtUnmatchedCloser', reason: 'unbalanced-closer', apply: cutAtUnmatchedCloser },
];

export function cutAtLineEnd(text: string): string {
  const end = text.search(/[\r\n]/);
  return end < 0 ? text : text.slice(0, end);
}

/** U+FFFD stands for bytes that are no character: the model ended inside one. NUL never belongs in source text. */
export function cutAtBrokenCharacter(text: string): string {
  const end = text.search(/[\uFFFD\0]/);
  return end < 0 ? text : text.slice(0, end);
}

export function dropBlank(text: string, around: Surroundings): string {
  if (text.trim() === '') return '';
  // Blanks before the visible rest of the line are meant; at the line's end nobody sees them.
  return around.visibleTail === '' ? text.trimEnd() : text;
}

export function dropLoop(text: string): string {
  return endsInLoop(text) ? '' : text;
}

export function dropEchoOfLinesAbove(text: string, around: Surroundings): string {
  const line = comparable(around.linePrefix + text + around.visibleTail);
  if (line.length < MIN_ECHO_CHARS) return text;
  return around.linesAbove.slice(0, 2).some((above) => comparable(above) === line) ? '' : text;
}

export function dropRepeatOfNextLine(text: string, around: Surroundings): string {
  const line = around.linePrefix + text + around.visibleTail;
  if (!/[\p{L}\p{N}]/u.test(line)) return text;
  // The header of a block that follows is a copy even from further away.
  const near = isLongHeader(line) ? around.linesBelow : around.linesBelow.slice(0, 1);
  return near.some((below) => repeatsLine(line, below)) ? '' : text;
}

function isLongHeader(line: string): boolean {
  return /[{:]\s*$/.test(line) && comparable(line).length >= MIN_HEADER_CHARS;
}

/** The same words as in a line below; a short line (`else:`) of an inner block is no repeat of an outer one. */
export function repeatsLine(line: string, below: string | undefined): boolean {
  if (below === undefined) return false;
  const text = comparable(line);
  return text === comparable(below) && (text.length >= MIN_ECHO_CHARS || indentOf(line) <= indentOf(below));
}

/** A line of closers only, when the next line is the same closer at the same depth: that bracket is closed already. */
export function dropDuplicateCloser(text: string, around: Surroundings): string {
  const line = around.linePrefix + text;
  const below = around.linesBelow[0];
  if (below === undefined || !isClosingLine(line) || !isClosingLine(below)) return text;
  return indentOf(line) <= indentOf(below) && below.trim().startsWith(line.trim().charAt(0)) ? '' : text;
}

/** Removes from the end of the text what the visible rest of the line begins with. */
export function cutTailOverlap(text: string, around: Surroundings): string {
  const tail = around.visibleTail;
  for (let length = Math.min(tail.length, text.length); length > 0; length -= 1) {
    const overlap = tail.slice(0, length);
    if (!text.endsWith(overlap)) continue;
    const kept = text.slice(0, text.length - length);
    const whole = overlap.trim().length >= MIN_OVERLAP_CHARS || overlap.trim() === tail.trim();
    if (whole && overlap.trim() !== '' && !closesOwnBracket(text, length, around)) return kept;
  }
  return text;
}

/** Cuts before the first closer for which no opener stands before the cursor, or whose opener is closed already right after it. */
export function cutAtUnmatchedCloser(text: string, around: Surroundings): string {
  const quote = openQuoteOf(around.linePrefix, around.languageId);
  const { closers } = scanBrackets(text, around.languageId, quote);
  if (closers.length === 0) return text;
  const open = [...scanBrackets(around.prefix, around.languageId).openers];
  const lineStart = around.prefix.length - around.linePrefix.length;
  const closedAfter = closersRightAfter(around);
  for (const closer of closers) {
    const openOnLine = open.filter((opener) => opener.index >= lineStart).length;
    const opener = open.pop();
    const missing = opener === undefined && around.prefixIsComplete;
    const wrongKind = opener !== undefined && !matchesOpener(closer.char, opener.char);
    const closedTwice = closedAfter > 0 && openOnLine <= closedAfter;
    if (missing || wrongKind || closedTwice) return text.slice(0, closer.index).trimEnd();
  }
  return text;
}

/** Brackets opened before the cursor that the visible rest of the line closes, or the next line if it stands at the cursor line's depth. */
function closersRightAfter(around: Surroundings): number {
  if (around.visibleTail !== '') return scanBrackets(around.visibleTail, around.languageId).closers.length;
  const below = around.linesBelow[0];
  const opensHere = scanBrackets(around.linePrefix, around.languageId).openers.length > 0;
  if (below === undefined || !opensHere || indentOf(below) !== indentOf(around.linePrefix)) return 0;
  return /^[)\]}]*/.exec(below.trimStart())?.[0].length ?? 0;
}

export function isClosingLine(line: string): boolean {
  return /^\s*[)\]}]+[;,)]*\s*$/.test(line);
}

/** A line without its blanks: indentation and alignment do not make two lines different. */
export function comparable(line: string): string {
  return line.replace(/\s+/g, '');
}

/** Whether the last `length` characters close a bracket that the text itself opens: then they are no repeat of the tail. */
function closesOwnBracket(text: string, length: number, around: Surroundings): boolean {
  const kept = scanBrackets(text.slice(0, text.length - length), around.languageId);
  return kept.openers.length > 0 && scanBrackets(text, around.languageId).openers.length < kept.openers.length;
}
