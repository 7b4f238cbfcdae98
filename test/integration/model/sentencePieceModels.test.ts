/**
 * Text in and out of small models with SentencePiece vocabularies, in PowerInfer's form: Bamboo-7B's kind and ReluLLaMA's kind.
 * Every command line that takes text, without a tokenizer.json anywhere; ids and text are compared with SentencePiece's.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledModelFolder } from '../../../src/model/modelLocator';
import type { ReadMetadata } from '../../../src/model/modelMetadata';
import { loadModelText } from '../../../src/model/modelText';
import { createTokenizer } from '../../../src/model/tokenizer';
import { loadNativeBinding } from '../../../src/worker/nativeBinding';
import { packageEncode, REFERENCE_NAMES, referencePieces, vocabularyMetadata } from '../../unit/model/referenceTokenizers';
import { goldenTexts } from '../../unit/model/sentencePieceTexts';
import { REPOSITORY } from '../workerBundle';
import { runCommandLine } from './commandLine';
import { ADDON, withEngineChild } from './engineChild';
import { metadataOnlyGguf } from './ggufFile';
import { maxDifference, standardDeviation } from './logitsComparison';
import { makeTinyModels, makeTinyReluModels, referenceLogits, TINY_VOCAB_SIZE, tinyModelPath, tinyReluModelPath } from './reference';
import { vocabularyOf, type ModelVocabulary } from './sentencePieceOfModel';
import { scatteredTokens } from './tokenSequences';

interface Answer {
  readonly text: string;
  readonly stopReason: string;
  readonly tokens: readonly { readonly id: number }[];
  readonly timings: { readonly promptTokens: number };
}

const MODELS = [
  ['bamboo', tinyModelPath('q4_0', 'pwri')],
  ['ReluLLaMA', tinyReluModelPath('pwri')],
] as const;
const PROMPT = 'function add(a, b) {\n  return a';

let folder: string;
beforeAll(async () => {
  await Promise.all([makeTinyModels('q4_0'), makeTinyReluModels()]);
  folder = mkdtempSync(path.join(tmpdir(), 'bamboo-text-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommandLine(args);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

const readMetadata: ReadMetadata = (file, prefix) => loadNativeBinding(ADDON).readMetadata(file, prefix);

/** Made-up weights write bytes that are no text; a character that is broken off at the end is not shown. */
const shown = (text: string): string => text.replace(/\ufffd+$/, '');

const inFolder = (name: string, content: string): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};

describe.each(MODELS)('a small model of the kind of %s', (_kind, modelPath) => {
  let vocabulary: ModelVocabulary;
  const generate = async (...args: string[]): Promise<Answer> =>
    JSON.parse(await run('generate', '--model', modelPath, '--max-tokens', '24', '--json', ...args)) as Answer;

  beforeAll(async () => {
    vocabulary = await vocabularyOf(modelPath);
  });

  it.each(['exact', 'dense', 'predicted'])('continues a text in %s mode, after the begin token', async (mode) => {
    const { text, tokens, timings } = await generate('--prompt', PROMPT, '--mode', mode);
    expect(timings.promptTokens).toBe(1 + vocabulary.sentencePiece.encodeIds(PROMPT).length);
    expect(tokens).toHaveLength(24);
    expect(text).toBe(vocabulary.textOf(tokens.map(({ id }) => id)));
  });

  it('streams the same text', async () => {
    const { text } = await generate('--prompt', PROMPT);
    expect(await run('generate', '--model', modelPath, '--max-tokens', '24', '--prompt', PROMPT)).toBe(`${text}\n`);
  });

  it('reads the path of a file as a comment', async () => {
    const { timings } = await generate('--prompt', PROMPT, '--path', 'src/add.js');
    expect(timings.promptTokens).toBe(1 + vocabulary.sentencePiece.encodeIds(`// src/add.js\n${PROMPT}`).length);
  });

  it('stops before a text inside and across tokens', async () => {
    const { text } = await generate('--prompt', PROMPT);
    const [stop = ''] = /[!-~]{3}/.exec(text.slice(5)) ?? [];
    const stopped = await generate('--prompt', PROMPT, '--stop', stop);
    expect(stopped.stopReason).toBe('stop-string');
    expect(shown(stopped.text)).toBe(shown(text.slice(0, text.indexOf(stop))));
  });

  it('fills in middles up to where the suffix begins', async () => {
    const output = path.join(folder, 'out.jsonl');
    const infill = async (suffix: string): Promise<string> => {
      const input = inFolder('in.jsonl', `${JSON.stringify({ path: 'a.js', prefix: PROMPT, suffix })}\n`);
      await run('infill', '--model', modelPath, '--input', input, '--output', output, '--max-tokens', '24');
      return (JSON.parse(readFileSync(output, 'utf8')) as { completion: string }).completion;
    };
    const free = await infill('');
    const [suffix = ''] = /[!-~]{2}/.exec(free.slice(4)) ?? [];
    expect(shown(await infill(suffix))).toBe(shown(free.slice(0, free.indexOf(suffix))));
  });

  it('answers at a place in a file', async () => {
    const file = inFolder('place.ts', 'const total = add(1, 2);\nconst twice = \n');
    const answer = JSON.parse(await run('complete', '--model', modelPath, '--at', `${file}:2:15`, '--json')) as { kind: string };
    expect(['suggestion', 'none']).toContain(answer.kind);
  });

  it('measures the loss of every token of a text but the begin token', async () => {
    const text = 'let x = 1;\nlet y = "竹";\n';
    const input = inFolder('texts.jsonl', `${JSON.stringify({ lang: 'js', path: 'a.js', text })}\n`);
    const { js } = JSON.parse(await run('loss', '--model', modelPath, '--input', input, '--json')) as {
      js: { tokens: number; bytes: number; natsPerToken: number };
    };
    expect(js.tokens).toBe(vocabulary.sentencePiece.encodeIds(`// a.js\n${text}`).length);
    // The blank that a text gets in front counts as its first byte.
    expect(js.bytes).toBe(Buffer.byteLength(` // a.js\n${text}`));
    expect(js.natsPerToken).toBeGreaterThan(0);
  });

  it('is measured on code', async () => {
    const args = ['--prompt-tokens', '16', '--tokens', '4', '--repeat', '1', '--mode', 'predicted', '--json'];
    const report = JSON.parse(await run('bench', '--model', modelPath, ...args)) as { promptKind: string; predictedShare: number };
    expect(report.promptKind).toBe('code');
    expect(report.predictedShare).toBeGreaterThan(0);
  });
});

describe("a model of ReluLLaMA's form", () => {
  it.each(['pwri', 'dense'] as const)('%s: every logit is that of a float64 forward pass, prefilled and decoded', async (form) => {
    const modelPath = tinyReluModelPath(form);
    const tokens = scatteredTokens(40, TINY_VOCAB_SIZE, 11);
    const reference = await referenceLogits(modelPath, [tokens]);
    await withEngineChild(undefined, async (child) => {
      for (const chunkSize of [0, 1]) {
        const logits = await child.logits({ modelPath, threads: 2, tokens, chunkSize, mode: 'exact' });
        // As in formatVariants.test.ts: keys and values are kept in f16.
        expect(maxDifference(logits, reference) / standardDeviation(reference)).toBeLessThanOrEqual(0.005);
      }
    });
  });
});

describe('a tokenizer.json inside a GGUF file', () => {
  it('serves a file that lies alone', async () => {
    const json = readFileSync(path.join(bundledModelFolder(REPOSITORY), 'tokenizer.json'), 'utf8');
    const modelPath = path.join(folder, 'alone.gguf');
    writeFileSync(modelPath, metadataOnlyGguf({ 'tokenizer.ggml.model': 'gpt2', 'tokenizer.huggingface.json': json }));
    const { tokenizer } = await loadModelText(modelPath, readMetadata);
    const bundled = createTokenizer(json, 'tokenizer.json');
    for (const text of goldenTexts()) {
      expect(tokenizer.encode(text)).toEqual(bundled.encode(text));
    }
  });
});

describe.each(REFERENCE_NAMES)('the vocabulary of %s in a GGUF file', (name) => {
  it('gives the ids of the npm package', async () => {
    const modelPath = path.join(folder, `${name}.gguf`);
    writeFileSync(modelPath, metadataOnlyGguf(vocabularyMetadata(referencePieces(name))));
    const { tokenizer, beginTokens, endTokens } = await loadModelText(modelPath, readMetadata);
    expect([beginTokens, endTokens]).toEqual([[1], [2]]);
    for (const text of goldenTexts()) {
      expect(tokenizer.encode(text)).toEqual(packageEncode(name, text));
    }
  });
});
