/**
 * SentencePiece vocabularies: the ids of Google's SentencePiece and of the npm tokenizers over the real vocabularies of Llama 2 and Mistral,
 * live and from golden files (UPDATE_GOLDEN=1 writes what SentencePiece gives), and text that comes back byte for byte.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SentencePieceProcessor } from '@agnai/sentencepiece-js';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSentencePieceTokenizer } from '../../../src/model/sentencePieceTokenizer';
import { PIECE_KIND, readSentencePieceVocabulary } from '../../../src/model/sentencePieceVocabulary';
import type { TokenByteTable } from '../../../src/model/tokenByteTable';
import type { Tokenizer } from '../../../src/model/tokenizer';
import { packageEncode, REFERENCE_NAMES, referencePieces, sentencePieceOver, vocabularyMetadata, type Piece } from './referenceTokenizers';
import { goldenTexts } from './sentencePieceTexts';
import { randomTexts } from './trickyTexts';

interface GoldenCase {
  readonly text: string;
  readonly ids: readonly number[];
}

function tokenizerOver(pieces: readonly Piece[], change = {}): Tokenizer {
  return createSentencePieceTokenizer(readSentencePieceVocabulary({ ...vocabularyMetadata(pieces), ...change }, 'm.gguf'), 'm.gguf');
}

/** The bytes of the tokens, less the blank that a text gets in front: what SentencePiece's decoder gives. */
function decode({ bytes, offsets }: TokenByteTable, ids: readonly number[]): string {
  const text = Buffer.concat(ids.map((id) => bytes.subarray(offsets[id], offsets[id + 1]))).toString('utf8');
  return text.startsWith(' ') ? text.slice(1) : text;
}

describe.each(REFERENCE_NAMES)('the vocabulary of %s', (name) => {
  const goldenPath = path.resolve(__dirname, `../../golden/sentencepiece/${name}.json`);
  let tokenizer: Tokenizer;
  let table: TokenByteTable;
  let sentencePiece: SentencePieceProcessor;
  const expectedIds = (text: string): number[] => sentencePiece.encodeIds(text.toWellFormed());

  beforeAll(async () => {
    const pieces = referencePieces(name);
    tokenizer = tokenizerOver(pieces);
    table = tokenizer.byteTable(pieces.length);
    sentencePiece = await sentencePieceOver(pieces);
    if (process.env.UPDATE_GOLDEN === '1') {
      const cases = goldenTexts().map((text) => JSON.stringify({ text, ids: expectedIds(text) }));
      writeFileSync(goldenPath, `[\n${cases.join(',\n')}\n]\n`);
    }
  });

  it('gives the golden ids', () => {
    expect(existsSync(goldenPath)).toBe(true);
    const golden = JSON.parse(readFileSync(goldenPath, 'utf8')) as GoldenCase[];
    expect(golden.map(({ text }) => text)).toEqual(goldenTexts());
    for (const { text, ids } of golden) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
    }
  });

  it('gives the ids of SentencePiece and of the npm package, live', () => {
    for (const text of [...goldenTexts(), ...randomTexts(2000)]) {
      const ids = tokenizer.encode(text);
      expect(ids, JSON.stringify(text)).toEqual(expectedIds(text));
      expect(ids, JSON.stringify(text)).toEqual(packageEncode(name, text));
    }
  });

  it('gives the ids of SentencePiece for random words in every script', () => {
    for (const text of randomTexts(1500, 40, pieceSample(referencePieces(name)))) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(expectedIds(text));
    }
  });

  it('gives every text back', () => {
    for (const text of [...goldenTexts(), ...randomTexts(500)]) {
      const ids = tokenizer.encode(text);
      // U+2581 is how the vocabulary writes a blank: the two cannot be told apart afterwards.
      expect(decode(table, ids)).toBe(text.toWellFormed().replaceAll('\u2581', ' '));
      // Its JavaScript side takes a byte order mark at the start for one, and ends at a NUL.
      if (!/^\ufeff|\0/.test(text)) expect(decode(table, ids)).toBe(sentencePiece.decodeIds(ids));
    }
  });

  it('puts no blank in front of text that goes on', () => {
    expect(tokenizer.encode('world', true)).not.toEqual(tokenizer.encode('world'));
    expect(tokenizer.encode(' world', true)).toEqual(tokenizer.encode('world'));
  });

  it('never makes control, unknown or byte tokens out of their names', () => {
    expect(decode(table, tokenizer.encode('<s></s><unk><0x41>'))).toBe('<s></s><unk><0x41>');
    expect(tokenizer.encode('<s></s><unk><0x41>').every((id) => id > 2)).toBe(true);
    expect([tokenizer.specialToken('<s>'), tokenizer.specialToken('</s>'), tokenizer.specialToken('<0x41>')]).toEqual([1, 2, undefined]);
  });

  it('encodes 100,000 characters without a boundary: quadratic time would run into the time limit', () => {
    for (const word of ['a', 'banana', '_']) {
      const long = word.repeat(100_000 / word.length);
      expect(tokenizer.encode(long)).toEqual(expectedIds(long));
    }
  });
});

/** Texts of pieces, so that random mixtures of them meet many merges. */
function pieceSample(pieces: readonly Piece[]): string[] {
  return pieces.flatMap(({ text, kind }, id) => (kind === PIECE_KIND.normal && id % 37 === 0 ? [text.replaceAll('\u2581', ' ')] : []));
}

describe('what a vocabulary may hold', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
    score: 0,
    kind: PIECE_KIND.byte,
  }));
  const piece = (text: string, score: number, kind: number = PIECE_KIND.normal): Piece => ({ text, score, kind });
  const small = (...more: Piece[]): Piece[] => [
    piece('<unk>', 0, PIECE_KIND.unknown),
    piece('<s>', 0, PIECE_KIND.control),
    piece('</s>', 0, PIECE_KIND.control),
    ...bytes,
    ...more,
  ];
  const FIRST = 259;

  it('joins the leftmost of two pairs with the same score', async () => {
    const pieces = small(...['a', 'b', 'c', '\u2581'].map((text) => piece(text, -9)), piece('ab', -1), piece('bc', -1), piece('aa', -1));
    const tokenizer = tokenizerOver(pieces);
    const sentencePiece = await sentencePieceOver(pieces);
    for (const text of ['abc', 'bcab', 'aaa', 'aaaa', 'abcabcaab', 'cab']) {
      expect(tokenizer.encode(text)).toEqual(sentencePiece.encodeIds(text));
    }
  });

  it('finds user-defined pieces first, the longest one, and never joins them', async () => {
    const more = [...['\n', 'a', 'b', '\u2581'].map((text) => piece(text, -9)), piece('a\n', -1), piece('ab', -2)];
    const pieces = small(...more, piece('\n\n', 0, PIECE_KIND.userDefined), piece('\n\n\n', 0, PIECE_KIND.userDefined));
    const tokenizer = tokenizerOver(pieces);
    const sentencePiece = await sentencePieceOver(pieces);
    for (const text of ['a\nb', 'a\n\nb', '\n\n\n\n', 'ab\n\n\n\n\nab', 'a\n\n\n\n\n\n\nb']) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(sentencePiece.encodeIds(text));
    }
  });

  it('takes markers of chat templates for special tokens, also where a converter calls them user-defined', () => {
    const tokenizer = tokenizerOver(small(piece('<|im_start|>', 0, PIECE_KIND.userDefined)));
    expect(tokenizer.specialToken('<|im_start|>')).toBe(FIRST);
    expect(tokenizer.encode('<|im_start|>', true)).not.toContain(FIRST);
    expect(decode(tokenizer.byteTable(300), [FIRST])).toBe('');
  });

  it('leaves the blank in front out where the file says so', () => {
    const pieces = small(piece('\u2581', -1));
    expect(tokenizerOver(pieces).encode('a')).toEqual([FIRST, 3 + 0x61]);
    expect(tokenizerOver(pieces, { 'tokenizer.ggml.add_space_prefix': false }).encode('a')).toEqual([3 + 0x61]);
  });

  it('pads the byte table of a model with more tokens and refuses one with fewer', () => {
    const tokenizer = tokenizerOver(small());
    expect(tokenizer.byteTable(300).offsets).toHaveLength(301);
    expect(() => tokenizer.byteTable(258)).toThrow(expect.objectContaining({ code: 'malformed-tokenizer' }) as Error);
  });
});
