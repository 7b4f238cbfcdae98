/**
 * Where a model's tokenizer is found: inside the GGUF file or beside it, and what is said when there is none that fits.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Metadata } from '../../../src/model/modelMetadata';
import { loadModelText, type ModelText } from '../../../src/model/modelText';
import { promptFormOf } from '../../../src/model/promptForm';
import { encodePrompt } from '../../../src/worker/promptTokens';
import { lineTokenizerJson } from './lineTokenizer';
import { referencePieces, vocabularyMetadata } from './referenceTokenizers';

const SENTENCE_PIECE = vocabularyMetadata(referencePieces('mistral'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bamboo-model-text-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (metadata: Metadata): Promise<ModelText> => loadModelText(path.join(folder, 'm.gguf'), () => metadata);
const putTokenizerJson = (json: string): void => writeFileSync(path.join(folder, 'tokenizer.json'), json);

describe('the tokenizer of a model', () => {
  it('is the SentencePiece vocabulary in its file, whatever lies beside it', async () => {
    putTokenizerJson('{}');
    const { tokenizer, beginTokens, endTokens } = await load(SENTENCE_PIECE);
    expect(tokenizer.vocabSize).toBe(32_000);
    expect([beginTokens, endTokens]).toEqual([[1], [2]]);
    expect(promptFormOf(tokenizer)).toBe('continuation');
  });

  it('is the tokenizer.json beside it otherwise', async () => {
    putTokenizerJson(lineTokenizerJson());
    const { tokenizer, beginTokens, endTokens } = await load({});
    expect([beginTokens, endTokens]).toEqual([[], []]);
    expect(promptFormOf(tokenizer)).toBe('infilling');
  });

  it('is the tokenizer.json inside the file when none lies beside it', async () => {
    const metadata = {
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.huggingface.json': lineTokenizerJson(),
      'tokenizer.ggml.eos_token_id': 0,
    };
    const { tokenizer, beginTokens, endTokens } = await load(metadata);
    expect(tokenizer.encode('    return\n').length).toBeLessThan('    return\n'.length);
    expect([beginTokens, endTokens]).toEqual([[], [0]]);
    await expect(load({ ...metadata, 'tokenizer.huggingface.json': '{' })).rejects.toMatchObject({
      code: 'malformed-tokenizer',
      message: expect.stringContaining('tokenizer.huggingface.json') as string,
    });
  });

  it('is missing when there is none at all', async () => {
    await expect(load({})).rejects.toMatchObject({ code: 'missing-tokenizer' });
  });

  it.each(['gpt2', 'bert', 't5'])('is missing when the file holds a %s vocabulary only, and the kind is named', async (kind) => {
    await expect(load({ 'tokenizer.ggml.model': kind })).rejects.toMatchObject({
      code: 'missing-tokenizer',
      message: expect.stringMatching(new RegExp(`"${kind}".*tokenizer\\.json`)) as string,
    });
  });

  it.each([
    ['tokenizer.ggml.bos_token_id', 32_000],
    ['tokenizer.ggml.eos_token_id', -1],
    ['tokenizer.ggml.eos_token_id', 1.5],
    ['tokenizer.ggml.eos_token_id', '</s>'],
    ['tokenizer.ggml.add_bos_token', 1],
  ])('is malformed when %s is %s', async (key, value) => {
    await expect(load({ ...SENTENCE_PIECE, [key]: value })).rejects.toMatchObject({
      code: 'malformed-tokenizer',
      message: expect.stringContaining(key) as string,
    });
  });
});

describe('the begin token', () => {
  const ids = (text: ModelText, ...prompt: Parameters<typeof encodePrompt>[0]): number[] =>
    encodePrompt(prompt, text).flatMap((part) => [...part.ids]);

  it('stands before every prompt, once', async () => {
    const text = await load(SENTENCE_PIECE);
    const hello = text.tokenizer.encode('Hello');
    expect(ids(text, { kind: 'text', text: 'Hello' })).toEqual([1, ...hello]);
    expect(ids(text, { kind: 'special', token: '<s>' }, { kind: 'text', text: 'Hello' })).toEqual([1, ...hello]);
  });

  it('is added to Llama-like vocabularies that do not say, and left out where the file says so', async () => {
    const { 'tokenizer.ggml.add_bos_token': _said, ...silent } = SENTENCE_PIECE;
    expect((await load(silent)).beginTokens).toEqual([1]);
    expect((await load({ ...SENTENCE_PIECE, 'tokenizer.ggml.add_bos_token': false })).beginTokens).toEqual([]);
  });

  it('text that goes on from text is encoded as if it were one, text after a special token begins', async () => {
    const text = await load(SENTENCE_PIECE);
    const whole = ids(text, { kind: 'text', text: '// a.ts\nconst a' });
    expect(ids(text, { kind: 'text', text: '// a.ts\n' }, { kind: 'text', text: 'const a' })).toEqual(whole);
    expect(ids(text, { kind: 'text', text: '' }, { kind: 'text', text: '// a.ts\nconst a' })).toEqual(whole);
    expect(ids(text, { kind: 'special', token: '</s>' }, { kind: 'text', text: 'a' })).toEqual([1, 2, ...text.tokenizer.encode('a')]);
  });
});
