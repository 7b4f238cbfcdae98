/**
 * Which closers an editor puts behind the cursor while a text is typed: those of brackets and quotes that the text itself closes later.
 * A closer that the text never has, or has where an editor would not leave it, is not put there, so the typed document always ends as the text.
 */
export interface CloserPair {
  readonly open: number;
  readonly close: number;
  /** A line break was typed right after the opener, so the closer stands on a line of its own; otherwise undefined. */
  readonly ownLine: { readonly breakAt: number; readonly indent: string } | undefined;
}

const CLOSER_OF: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const QUOTES = '"\'`';

/** Properly nested pairs of offsets in `text`, in the order of their closers. Strays (regular expressions, prose) pair with nothing. */
export function closerPairs(text: string): CloserPair[] {
  const pairs: CloserPair[] = [];
  const open: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    const quoteEnd = QUOTES.includes(char) ? endOfQuoted(text, index) : undefined;
    if (quoteEnd !== undefined) {
      pairs.push({ open: index, close: quoteEnd, ownLine: undefined });
      index = quoteEnd;
    } else if (char in CLOSER_OF) open.push(index);
    else if (')]}'.includes(char)) {
      const depth = open.findLastIndex((at) => CLOSER_OF[text.charAt(at)] === char);
      if (depth < 0) continue;
      const pair = pairOf(text, open[depth] ?? 0, index);
      if (pair) pairs.push(pair);
      open.length = depth;
    }
  }
  return pairs;
}

/** Undefined when other text stands before the closer on a later line: the editor's closer would not have stayed there. */
function pairOf(text: string, open: number, close: number): CloserPair | undefined {
  const lineStart = text.lastIndexOf('\n', close) + 1;
  if (lineStart <= open) return { open, close, ownLine: undefined };
  const before = text.slice(lineStart, close);
  if (!/^\s*[)\]}]*$/.test(before)) return undefined;
  const ownLine = text[open + 1] === '\n' && before.trim() === '' ? { breakAt: lineStart - 1, indent: before } : undefined;
  return { open, close, ownLine };
}

/** Where a string that begins here ends on its line; undefined for an apostrophe and for a string that the line does not end. */
function endOfQuoted(text: string, start: number): number | undefined {
  if (start > 0 && /\w/.test(text.charAt(start - 1))) return undefined;
  for (let index = start + 1; index < text.length && text[index] !== '\n'; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === text[start]) return index;
  }
  return undefined;
}
