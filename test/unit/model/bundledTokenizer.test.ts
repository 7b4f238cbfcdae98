/**
 * The bundled model's own tokenizer.json: ids made by another implementation (the one the model was trained with), and the line shortcut
 * on real source files. Skipped where the model is not there.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledModelFolder } from '../../../src/model/modelLocator';
import { createTokenizer, type Tokenizer } from '../../../src/model/tokenizer';
import { LINE_BOUNDARY_PATTERN } from '../../../src/model/lineChunks';
import { randomTexts, TRICKY_TEXTS } from './trickyTexts';

const REPOSITORY = path.resolve(__dirname, '../../..');
const tokenizerPath = path.join(bundledModelFolder(REPOSITORY), 'tokenizer.json');

/** Ids of the training tokenizer (Hugging Face tokenizers, Python) for the parts of one infilling prompt. */
const GOLDEN: readonly (readonly [string, readonly number[]])[] = [
  ['src/sum.ts\n', [1821, 1538, 379, 1934, 214]],
  ['\n  }\n  return total;\n}\n', [214, 236, 460, 236, 403, 3505, 289, 519]],
  [
    'export function sum(values: number[]): number {\n  let total = 0;\n  for (const value of values) {\n    total += ',
    [
      ...[626, 724, 3480, 10104, 41, 874, 6604, 874, 311, 236, 682, 3505, 287, 236, 31, 289],
      ...[236, 440, 330, 619, 624, 480, 1669, 24, 311, 274, 3505, 1872, 236],
    ],
  ],
  ['value;', [651, 42]],
];

describe.runIf(existsSync(tokenizerPath))('the bundled tokenizer', () => {
  const json = existsSync(tokenizerPath) ? readFileSync(tokenizerPath, 'utf8') : '';
  let tokenizer: Tokenizer;

  it('has the pattern for which the line shortcut holds, and all special tokens of the prompt', () => {
    tokenizer = createTokenizer(json, tokenizerPath);
    expect(json).toContain(JSON.stringify(LINE_BOUNDARY_PATTERN));
    const names = ['<|endoftext|>', '<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|fim_pad|>', '<|file_sep|>'];
    expect(names.map((name) => tokenizer.specialToken(name))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(tokenizer.vocabSize).toBe(16_384);
  });

  it.each(GOLDEN)('encodes %j as the training did', (text, ids) => {
    tokenizer = createTokenizer(json, tokenizerPath);
    expect(tokenizer.encode(text)).toEqual(ids);
  });

  it('gives the same tokens in lines as on the whole text, on real and on awkward text', () => {
    tokenizer = createTokenizer(json, tokenizerPath);
    const whole = createTokenizer(json.replace(JSON.stringify(LINE_BOUNDARY_PATTERN), JSON.stringify(`(?:${LINE_BOUNDARY_PATTERN})`)), '');
    const folder = path.join(REPOSITORY, 'src', 'engine');
    const sources = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
    for (const text of [...sources, ...sources.map((source) => source.replaceAll('\n', '\r\n')), ...TRICKY_TEXTS, ...randomTexts(300)]) {
      expect(tokenizer.encode(text)).toEqual(whole.encode(text));
    }
  });
});
