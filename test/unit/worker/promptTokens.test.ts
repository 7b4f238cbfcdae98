/**
 * The one place where names in text become special tokens, and all the others where they do not.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Metadata } from '../../../src/model/modelMetadata';
import { loadModelText, type ModelText } from '../../../src/model/modelText';
import { encodePrompt } from '../../../src/worker/promptTokens';
import { lineTokenizerJson } from '../model/lineTokenizer';
import { referencePieces, vocabularyMetadata } from '../model/referenceTokenizers';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bamboo-prompt-'));
  writeFileSync(path.join(folder, 'tokenizer.json'), lineTokenizerJson());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (metadata: Metadata): Promise<ModelText> => loadModelText(path.join(folder, 'm.gguf'), () => metadata);
const ids = (text: ModelText, ...prompt: Parameters<typeof encodePrompt>[0]): number[] =>
  encodePrompt(prompt, text).flatMap((part) => [...part.ids]);

describe('names of special tokens', () => {
  it('in text stay text, as they would in a document', async () => {
    const text = await load({});
    const middle = text.tokenizer.specialToken('<|fim_middle|>');
    expect(middle).toBeDefined();
    const encoded = ids(text, { kind: 'text', text: 'a<|fim_middle|>b' });
    expect(encoded).not.toContain(middle);
    expect(encoded.length).toBeGreaterThan(5);
  });

  it('in what a template wrote are the tokens, and what stands between them is text', async () => {
    const text = await load({});
    expect(ids(text, { kind: 'template', text: '<|user|>return<|end|>' })).toEqual(
      ids(text, { kind: 'special', token: '<|user|>' }, { kind: 'text', text: 'return' }, { kind: 'special', token: '<|end|>' }),
    );
  });

  it('in a message between two pieces of a template stay text', async () => {
    const text = await load({});
    const end = text.tokenizer.specialToken('<|end|>');
    const encoded = ids(
      text,
      { kind: 'template', text: '<|user|>' },
      { kind: 'text', text: 'what is <|end|>?' },
      { kind: 'template', text: '<|end|>' },
    );
    expect(encoded.filter((id) => id === end)).toHaveLength(1);
    expect(encoded.at(-1)).toBe(end);
  });
});

describe('a template for a SentencePiece vocabulary', () => {
  it('has one begin token, whether or not it writes it, and its text after it begins anew', async () => {
    const text = await load(vocabularyMetadata(referencePieces('mistral')));
    const expected = [1, ...text.tokenizer.encode('[INST] Hi [/INST]')];
    expect(ids(text, { kind: 'template', text: '<s>[INST] Hi [/INST]' })).toEqual(expected);
    expect(ids(text, { kind: 'template', text: '[INST] Hi [/INST]' })).toEqual(expected);
  });

  it('goes on from text to text without a blank of its own, also over the border of two parts', async () => {
    const text = await load(vocabularyMetadata(referencePieces('mistral')));
    const parts = ids(text, { kind: 'template', text: '<s>[INST] ' }, { kind: 'text', text: 'Hi' }, { kind: 'template', text: ' [/INST]' });
    const { tokenizer } = text;
    expect(parts).toEqual([1, ...tokenizer.encode('[INST] '), ...tokenizer.encode('Hi', true), ...tokenizer.encode(' [/INST]', true)]);
  });
});
