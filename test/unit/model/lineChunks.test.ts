/**
 * Cutting at line boundaries must never change tokens: checked against the library's own pre-tokenizer, which sees the whole text.
 */
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { LINE_BOUNDARY_PATTERN, splitAtLineBoundaries } from '../../../src/model/lineChunks';
import { randomTexts, TRICKY_TEXTS } from './trickyTexts';

const library = new Tokenizer(
  {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Split', pattern: { Regex: LINE_BOUNDARY_PATTERN }, behavior: 'Isolated', invert: false },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
  },
  {},
);

function preTokens(text: string): string[] {
  return library.pre_tokenizer?.pre_tokenize(text) ?? [];
}

describe('splitAtLineBoundaries', () => {
  it('cuts ordinary code after every line break', () => {
    expect(splitAtLineBoundaries('if (a) {\n  b();\n}\n')).toEqual(['if (a) {\n', '  b();\n', '}\n']);
  });

  it('keeps blank lines with the line before them, because they are one run of white space', () => {
    expect(splitAtLineBoundaries('a\n\n  \n  b')).toEqual(['a\n\n  \n', '  b']);
  });

  it('cuts Windows line ends only after the line feed', () => {
    expect(splitAtLineBoundaries('a\r\nb\r\n\r\nc')).toEqual(['a\r\n', 'b\r\n\r\n', 'c']);
  });

  it('does not cut where a lone carriage return follows in the same white space', () => {
    expect(splitAtLineBoundaries('a\n \rb')).toEqual(['a\n \rb']);
  });

  it('takes U+0085 for white space and U+FEFF for text, as the pattern does', () => {
    expect(splitAtLineBoundaries('a\n\u0085\nb')).toEqual(['a\n\u0085\n', 'b']);
    expect(splitAtLineBoundaries('a\n\ufeff\nb')).toEqual(['a\n', '\ufeff\n', 'b']);
  });

  it('gives no chunk for no text', () => {
    expect(splitAtLineBoundaries('')).toEqual([]);
  });

  it.each(TRICKY_TEXTS)('leaves the pre-tokens of %j as they are', (text) => {
    const chunks = splitAtLineBoundaries(text);
    expect(chunks.join('')).toBe(text);
    expect(chunks.flatMap(preTokens)).toEqual(preTokens(text));
  });

  it('leaves the pre-tokens of 3000 random mixtures of awkward characters as they are', () => {
    for (const text of randomTexts(3000)) {
      const chunks = splitAtLineBoundaries(text);
      expect(chunks.join('')).toBe(text);
      expect(chunks.flatMap(preTokens), JSON.stringify(text)).toEqual(preTokens(text));
    }
  });
});
