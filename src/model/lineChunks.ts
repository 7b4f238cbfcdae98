/**
 * Where a text may be cut so that encoding the pieces gives the same tokens as encoding the whole.
 * Holds for one pre-tokenizer pattern, the bundled model's, and lets the tokenizer encode only the line that changed.
 *
 * Why a cut directly after "\n" is a token boundary when no "\r" or "\n" follows before the next non-whitespace character:
 * only two alternatives can match that "\n": ` ?[^\s\p{L}\p{N}]+[\r\n]*` and `\s*[\r\n]+`, both tried before `\s+`.
 * Both are greedy and both must end with the last line break of the whitespace run, which is this one.
 * No alternative looks behind, and the only look-ahead (`\s+(?!\S)`) is never used for a run that has a line break left, so the pieces match alone as they do together.
 */

/** The Split pattern of the tokenizer.json for which the argument above was made; \s there is Unicode's White_Space. */
export const LINE_BOUNDARY_PATTERN = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Concatenated, the chunks are the text. Linear time: a scan stops at the next line break. */
export function splitAtLineBoundaries(text: string): string[] {
  const chunks: string[] = [];
  let start = 0;
  for (let lineFeed = text.indexOf('\n'); lineFeed >= 0; lineFeed = text.indexOf('\n', lineFeed + 1)) {
    const cut = lineFeed + 1;
    if (cut < text.length && !lineBreakFollowsBeforeText(text, cut)) {
      chunks.push(text.slice(start, cut));
      start = cut;
    }
  }
  if (start < text.length) {
    chunks.push(text.slice(start));
  }
  return chunks;
}

function lineBreakFollowsBeforeText(text: string, from: number): boolean {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) {
      return true;
    }
    if (!isWhiteSpace(code)) {
      return false;
    }
  }
  return false;
}

/** Unicode's White_Space property (PropList.txt), which differs from JavaScript's \s in U+0085 and U+FEFF. */
function isWhiteSpace(code: number): boolean {
  return (
    code === 0x20 ||
    (code >= 0x09 && code <= 0x0d) ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}
