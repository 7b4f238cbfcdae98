/**
 * Chooses the part of a file that a typing session types: some lines of code that belong together, near the middle. Pure and deterministic.
 */
import { scanBrackets } from '../../completion/bracketScanner';
import { normalizeNewlines } from '../../completion/documentContext';
import { languageIdOf } from '../languageId';
import type { SessionLine } from './typingSession';

/** Enough for some suggestions, few enough for a run over many files. */
const PART = { minChars: 120, maxChars: 360, maxLines: 12, maxCommentLines: 1 } as const;

/** Undefined when the text has no such part. */
export function sessionOfText(path: string, rawText: string): SessionLine | undefined {
  const text = normalizeNewlines(rawText);
  const lines = text.split('\n');
  const middle = Math.floor(lines.length / 2);
  // From the middle to the end, then from the beginning.
  const starts = [...lines.keys()].map((index) => (index + middle) % lines.length);
  for (const start of starts) {
    const end = beginsHere(lines, start) ? endOfPart(lines, start, languageIdOf(path)) : undefined;
    if (end === undefined) continue;
    const indent = indentOf(lines[start] ?? '');
    const head = lines.slice(0, start).map((line) => `${line}\n`);
    const typed = lines.slice(start, end).join('\n').slice(indent.length);
    const before = head.join('') + indent;
    return { path, before, typed, after: text.slice(before.length + typed.length) };
  }
  return undefined;
}

/** After a blank line or an opener, where someone would begin to write. */
function beginsHere(lines: readonly string[], start: number): boolean {
  const line = lines[start] ?? '';
  const above = lines[start - 1];
  if (above === undefined || !/^\s*[\p{L}_@]/u.test(line) || isComment(line) || /^\s*(import|from|package|use|using)\b/.test(line))
    return false;
  return above.trim() === '' || /[{:]\s*$/.test(above) || isComment(above);
}

/** The line after the part; undefined when nothing balanced of a good length begins here. */
function endOfPart(lines: readonly string[], start: number, languageId: string): number | undefined {
  const depth = indentOf(lines[start] ?? '').length;
  for (let end = start + 2; end <= Math.min(start + PART.maxLines, lines.length); end += 1) {
    const part = lines.slice(start, end);
    const text = part.join('\n');
    if (text.length > PART.maxChars || part.filter(isComment).length > PART.maxCommentLines) return undefined;
    if (part.some((line) => line.trim() !== '' && indentOf(line).length < depth)) return undefined;
    const next = lines[end] ?? '';
    const goesOn = next.trim() !== '' && indentOf(next).length > depth;
    const { openers, closers } = scanBrackets(text, languageId);
    const complete = openers.length === 0 && closers.length === 0 && !goesOn && part.at(-1)?.trim() !== '';
    if (complete && text.length >= PART.minChars) return end;
  }
  return undefined;
}

function isComment(line: string): boolean {
  return /^\s*(\/\/|\/?\*|#)/.test(line);
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}
