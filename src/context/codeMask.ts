/**
 * Blanks strings and comments out of source lines, so that what is left can be searched for brackets and keywords.
 * A rough reading: it may be wrong inside regular expressions, never in length.
 */

export interface MaskRules {
  readonly lineComment: string;
  /** Whether block comments are written as in C. */
  readonly blockComments: boolean;
  /** Whether an apostrophe begins a string of any length, or one character: elsewhere it may be a lifetime or separate digits. */
  readonly apostrophe: 'string' | 'character';
  /** Quotes whose strings go on over line ends. */
  readonly longQuotes: readonly string[];
}

const OPENERS = /["'`/#]/g;
const CHARACTER = /^'(?:\\[^']{1,9}|[^'\\])'/u;

interface MaskState {
  /** What ends the comment or string that the next line begins in; empty: none. */
  readonly until: string;
}

/** The lines in the same shape, with blanks for every character of strings and comments. */
export function maskLines(lines: readonly string[], rules: MaskRules): string[] {
  let state: MaskState = { until: '' };
  return lines.map((line) => {
    const masked = maskLine(line, state, rules);
    state = masked.state;
    return masked.code;
  });
}

function maskLine(line: string, { until }: MaskState, rules: MaskRules): { code: string; state: MaskState } {
  let code = '';
  let end = until;
  let index = 0;
  while (index < line.length) {
    const start = index;
    if (end !== '') {
      const closing = endOfQuoted(line, index, end);
      index = closing ?? line.length;
      code += ' '.repeat(index - start);
      if (closing === undefined) break;
      end = '';
    } else {
      index = nextOpener(line, index);
      code += line.slice(start, index);
      const opened = index < line.length ? openerAt(line, index, rules) : undefined;
      if (opened) {
        const length = opened.until === '\n' ? line.length - index : opened.length;
        end = opened.until === '\n' ? '' : opened.until;
        code += ' '.repeat(length);
        index += length;
      } else if (index < line.length) {
        code += line.charAt(index);
        index += 1;
      }
    }
  }
  const goesOn = end === '*/' || rules.longQuotes.includes(end);
  return { code, state: { until: goesOn ? end : '' } };
}

/** Where a comment or string of any language may begin. */
function nextOpener(line: string, from: number): number {
  OPENERS.lastIndex = from;
  return OPENERS.exec(line)?.index ?? line.length;
}

/** The index after what ends a comment or string; undefined when it goes on to the line's end. */
function endOfQuoted(line: string, from: number, end: string): number | undefined {
  for (let index = from; index < line.length; index += 1) {
    if (end !== '*/' && line[index] === '\\') index += 1;
    else if (line.startsWith(end, index)) return index + end.length;
  }
  return undefined;
}

/** What begins here, and what ends it: "\n" for a comment to the line's end. */
function openerAt(line: string, index: number, rules: MaskRules): { length: number; until: string } | undefined {
  const char = line.charAt(index);
  if (line.startsWith(rules.lineComment, index)) return { length: rules.lineComment.length, until: '\n' };
  if (rules.blockComments && line.startsWith('/*', index)) return { length: 2, until: '*/' };
  const long = rules.longQuotes.find((quote) => line.startsWith(quote, index));
  if (long !== undefined) return { length: long.length, until: long };
  if (char === '"') return { length: 1, until: '"' };
  if (char === "'" && rules.apostrophe === 'string') return { length: 1, until: "'" };
  if (char === "'" && CHARACTER.test(line.slice(index, index + 12))) return { length: 1, until: "'" };
  return undefined;
}
