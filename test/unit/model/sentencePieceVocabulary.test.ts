/**
 * Vocabularies in GGUF metadata that do not fit: each gets a typed error that names the file and what is wrong.
 */
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/protocol/engineError';
import { readSentencePieceVocabulary } from '../../../src/model/sentencePieceVocabulary';
import { referencePieces, stringArray, vocabularyMetadata } from './referenceTokenizers';

const pieces = referencePieces('llama2').slice(0, 400);
const good = vocabularyMetadata(pieces);
const texts = pieces.map((piece) => piece.text);

function problemWith(change: Record<string, unknown>): unknown {
  try {
    readSentencePieceVocabulary({ ...good, ...change } as typeof good, 'folder/m.gguf');
  } catch (error) {
    return error;
  }
  return undefined;
}

const withToken = (id: number, text: string | Uint8Array) => stringArray(texts.map((known, i) => (i === id ? text : known)));
const withNumber = (key: string, id: number, value: number): Float64Array => {
  const numbers = Float64Array.from(good[key] as Float64Array);
  numbers[id] = value;
  return numbers;
};

describe('a SentencePiece vocabulary', () => {
  it('is read when everything fits', () => {
    expect(problemWith({})).toBeUndefined();
  });

  it.each([
    ['no tokens', { 'tokenizer.ggml.tokens': undefined }, 'tokenizer.ggml.tokens is missing'],
    ['tokens that are numbers', { 'tokenizer.ggml.tokens': new Float64Array(400) }, 'not an array of strings'],
    ['no scores', { 'tokenizer.ggml.scores': undefined }, 'tokenizer.ggml.scores is missing'],
    ['too few scores', { 'tokenizer.ggml.scores': new Float64Array(399) }, '399 entries for 400 tokens'],
    ['a score that is no number', { 'tokenizer.ggml.scores': withNumber('tokenizer.ggml.scores', 300, Number.NaN) }, 'not finite'],
    ['no kinds', { 'tokenizer.ggml.token_type': undefined }, 'token_type is missing'],
    ['too many kinds', { 'tokenizer.ggml.token_type': new Float64Array(401).fill(1) }, '401 entries for 400 tokens'],
    ['an unknown kind', { 'tokenizer.ggml.token_type': withNumber('tokenizer.ggml.token_type', 300, 7) }, 'unknown type 7'],
    ['a token that is not UTF-8', { 'tokenizer.ggml.tokens': withToken(300, Uint8Array.of(0xff)) }, 'not UTF-8'],
    ['a token that ends inside a character', { 'tokenizer.ggml.tokens': withToken(300, Uint8Array.of(0xe2, 0x96)) }, 'not UTF-8'],
    ['too much text', { 'tokenizer.ggml.tokens': withToken(300, 'x'.repeat(2 ** 24)) }, 'the limits are'],
    ['the same piece twice', { 'tokenizer.ggml.tokens': withToken(300, 'er') }, 'two tokens are "er"'],
    ['an empty piece', { 'tokenizer.ggml.tokens': withToken(300, '') }, 'token 300 is empty'],
    ['a byte under another name', { 'tokenizer.ggml.tokens': withToken(13, '\n') }, 'token 13 is a byte'],
    [
      'a byte that is missing',
      { 'tokenizer.ggml.token_type': withNumber('tokenizer.ggml.token_type', 13, 1) },
      'no token for the byte 0x0a',
    ],
    ['a rule for blanks', { 'tokenizer.ggml.remove_extra_whitespaces': true }, 'not supported'],
    ['a table of characters', { 'tokenizer.ggml.precompiled_charsmap': new Float64Array(8) }, 'not supported'],
    ['a flag that is none', { 'tokenizer.ggml.add_space_prefix': 'yes' }, 'not a boolean'],
  ])('with %s is malformed', (_what, change, problem) => {
    const error = problemWith(change);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: 'malformed-tokenizer', message: expect.stringContaining(problem) as string });
    expect((error as EngineError).message).toContain('folder/m.gguf');
  });

  it('with two pieces that share a character between them is malformed, though their bytes together are UTF-8', () => {
    const tokens = stringArray(texts.map((text, i) => (i === 300 ? Uint8Array.of(0xe2) : i === 301 ? Uint8Array.of(0x96, 0x81) : text)));
    expect(problemWith({ 'tokenizer.ggml.tokens': tokens })).toMatchObject({ code: 'malformed-tokenizer' });
  });
});
