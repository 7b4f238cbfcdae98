/**
 * The tokenizer: text stays text, chunked encoding equals whole encoding, bad files get a typed error.
 */
import { describe, expect, it } from 'vitest';
import type { TokenByteTable } from '../../../src/model/tokenByteTable';
import { createTokenizer, loadTokenizer, requireSpecialToken } from '../../../src/model/tokenizer';
import { lineTokenizerJson, SPECIAL_TOKENS } from './lineTokenizer';
import { randomTexts, TRICKY_TEXTS } from './trickyTexts';

const tokenizer = createTokenizer(lineTokenizerJson(), 'tokenizer.json');
/** The same vocabulary behind a pattern that is not recognised (an added group), so that text is encoded as a whole. */
const whole = createTokenizer(
  lineTokenizerJson((pattern) => `(?:${pattern})`),
  'tokenizer.json',
);

function bytesOf(table: TokenByteTable, id: number): Uint8Array {
  return table.bytes.subarray(table.offsets[id], table.offsets[id + 1]);
}

function textOf(ids: readonly number[], table: TokenByteTable): string {
  return Buffer.concat(ids.map((id) => bytesOf(table, id))).toString('utf8');
}

describe('encoding', () => {
  it('uses the merges', () => {
    const ids = tokenizer.encode('    return\n');
    expect(ids.length).toBeLessThan('    return\n'.length);
  });

  it('never makes special tokens out of text', () => {
    for (const name of SPECIAL_TOKENS) {
      const ids = tokenizer.encode(`a ${name} b`);
      expect(ids).not.toContain(tokenizer.specialToken(name));
    }
  });

  it('is the same in line chunks as on the whole text', () => {
    for (const text of [...TRICKY_TEXTS, ...randomTexts(500)]) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(whole.encode(text));
    }
  });

  it('loses nothing but lone surrogates, which have no UTF-8', () => {
    const table = tokenizer.byteTable(tokenizer.vocabSize);
    for (const text of TRICKY_TEXTS) {
      expect(textOf(tokenizer.encode(text), table)).toBe(text.toWellFormed());
    }
  });

  it('gives no tokens for no text', () => {
    expect(tokenizer.encode('')).toEqual([]);
  });
});

describe('special tokens', () => {
  it('are found by name', () => {
    expect(requireSpecialToken(tokenizer, '<|endoftext|>')).toBe(0);
  });

  it('that the model does not have are refused by name', () => {
    expect(() => requireSpecialToken(tokenizer, '<|nobody|>')).toThrow('"<|nobody|>"');
  });

  it('are no text: they have no bytes', () => {
    const table = tokenizer.byteTable(tokenizer.vocabSize);
    expect(bytesOf(table, 0)).toHaveLength(0);
  });
});

describe('the byte table', () => {
  it('pads a vocabulary that the model rounded up', () => {
    const table = tokenizer.byteTable(tokenizer.vocabSize + 7);
    expect(table.offsets).toHaveLength(tokenizer.vocabSize + 8);
    expect(bytesOf(table, tokenizer.vocabSize + 3)).toHaveLength(0);
  });

  it('refuses a model with fewer tokens', () => {
    expect(() => tokenizer.byteTable(tokenizer.vocabSize - 1)).toThrow(expect.objectContaining({ code: 'malformed-tokenizer' }) as Error);
  });
});

describe('files', () => {
  it.each([
    ['no JSON', '{'],
    ['another kind of model', lineTokenizerJson().replace('"BPE"', '"Unigram"')],
    ['another alphabet', lineTokenizerJson().replace('"decoder":{"type":"ByteLevel"}', '"decoder":{"type":"Metaspace"}')],
    [
      'a vocabulary that is a list',
      JSON.stringify({ ...(JSON.parse(lineTokenizerJson()) as object), model: { type: 'BPE', vocab: [], merges: [] } }),
    ],
    ['a fractional id', lineTokenizerJson().replace('"<|endoftext|>":0', '"<|endoftext|>":0.5')],
    ['a negative id', lineTokenizerJson().replace('"id":0', '"id":-1')],
    ['no merges', lineTokenizerJson().replace('"merges"', '"mergers"')],
    ['an array', '[]'],
    ['null', 'null'],
  ])('with %s are malformed', (_name, json) => {
    expect(() => createTokenizer(json, 'tokenizer.json')).toThrow(expect.objectContaining({ code: 'malformed-tokenizer' }) as Error);
  });

  it('that are absent are missing, by name', async () => {
    await expect(loadTokenizer('/nowhere/tokenizer.json')).rejects.toMatchObject({
      code: 'missing-tokenizer',
      message: expect.stringContaining('/nowhere/tokenizer.json') as string,
    });
  });
});
