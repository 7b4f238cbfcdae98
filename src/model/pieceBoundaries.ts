/**
 * Where a text may be cut so that encoding the pieces one by one gives the same tokens as encoding the whole.
 * Every symbol that BPE makes is text of some vocabulary piece, so nothing is ever joined across two neighbours that stand side by side
 * in no piece: what lies left and right of them is encoded independently. In vocabularies for text these are mostly the starts of words
 * and of lines, which lets the tokenizer remember words.
 */

export class PieceBoundaries {
  /** Pairs of code units that some piece has side by side, as first << 16 | second. */
  private readonly joined = new Set<number>();

  constructor(pieces: Iterable<string>) {
    for (const piece of pieces) {
      for (let i = 1; i < piece.length; i++) {
        this.joined.add(pairAt(piece, i));
      }
    }
  }

  /** Concatenated, the chunks are the text. */
  split(text: string): string[] {
    const chunks: string[] = [];
    let start = 0;
    for (let i = 1; i < text.length; i++) {
      if (!this.joined.has(pairAt(text, i)) && !isLowSurrogate(text.charCodeAt(i))) {
        chunks.push(text.slice(start, i));
        start = i;
      }
    }
    if (start < text.length) {
      chunks.push(text.slice(start));
    }
    return chunks;
  }
}

function pairAt(text: string, second: number): number {
  return (text.charCodeAt(second - 1) << 16) | text.charCodeAt(second);
}

/** The second half of one character. */
function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
