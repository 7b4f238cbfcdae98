/**
 * A rough reading of brackets in source text: strings and line comments are skipped, nothing is parsed.
 * Used by the rules that keep suggestions balanced; where it may be wrong (regular expressions, nested templates) the rules stay lenient.
 */

export interface Bracket {
  readonly index: number;
  readonly char: string;
}

export interface BracketScan {
  /** Openers that nothing in the text closes, outermost first. */
  readonly openers: readonly Bracket[];
  /** Closers whose opener is not in the text, in order. */
  readonly closers: readonly Bracket[];
  /** The quote that is still open at the end, or empty. */
  readonly openQuote: string;
}

const OPENER_OF: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const HASH_COMMENTS: ReadonlySet<string> = new Set([
  'python',
  'ruby',
  'shellscript',
  'yaml',
  'toml',
  'perl',
  'r',
  'makefile',
  'dockerfile',
  'elixir',
  'julia',
  'coffeescript',
]);

export function matchesOpener(closer: string, opener: string): boolean {
  return OPENER_OF[closer] === opener;
}

/** `openQuote`: the quote that the text begins inside of, or empty. Strings end at the line's end at the latest. */
export function scanBrackets(text: string, languageId: string, openQuote = ''): BracketScan {
  const openers: Bracket[] = [];
  const closers: Bracket[] = [];
  let quote = openQuote;
  let index = 0;
  while (index < text.length) {
    const char = text.charAt(index);
    if (char === '\n') quote = '';
    else if (quote !== '') {
      if (char === '\\') index += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (char === "'") index = endOfSingleQuoted(text, index);
    else if (startsComment(text, index, languageId)) index = endOfLine(text, index) - 1;
    else if (char === '(' || char === '[' || char === '{') openers.push({ index, char });
    else if (char in OPENER_OF) {
      const opener = openers.findLastIndex((open) => open.char === OPENER_OF[char]);
      // Openers above the matching one are strays (a regular expression, a half-typed line): they must not spoil all that follows.
      if (opener >= 0) openers.length = opener;
      else closers.push({ index, char });
    }
    index += 1;
  }
  return { openers, closers, openQuote: quote };
}

/** The quote that is open at the end of a line's beginning, or empty. */
export function openQuoteOf(linePrefix: string, languageId: string): string {
  let quote = '';
  for (let index = 0; index < linePrefix.length; index += 1) {
    const char = linePrefix.charAt(index);
    if (quote !== '') {
      if (char === '\\') index += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (char === "'" && !/\w$/.test(linePrefix.slice(0, index))) quote = char;
    else if (startsComment(linePrefix, index, languageId)) return '';
  }
  return quote;
}

/** An apostrophe that nothing closes on its line (a lifetime, a word in a comment) is no string. */
function endOfSingleQuoted(text: string, start: number): number {
  for (let index = start + 1; index < text.length && text[index] !== '\n'; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === "'") return index;
  }
  return start;
}

function startsComment(text: string, index: number, languageId: string): boolean {
  if (text[index] === '#') return HASH_COMMENTS.has(languageId);
  return text[index] === '/' && text[index + 1] === '/' && !HASH_COMMENTS.has(languageId);
}

function endOfLine(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  return end < 0 ? text.length : end;
}
