/**
 * The shapes of Bamboo-7B and ReluLLaMA-7B at Q4_0 (4 GB of synthetic weights each, made here): they load, compute finite logits, give
 * the same bits for every thread count, chunk and mode, and text goes in and out. Part of `npm run test:long` only: it writes
 * 17 GB, one file at a time, and takes minutes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './commandLine';
import { EngineChild } from './engineChild';
import { sameBits } from './logitsComparison';
import { largeModelPath, makeLargeModel, removeLargeModel } from './reference';
import { vocabularyOf } from './sentencePieceOfModel';
import { scatteredTokens } from './tokenSequences';

const VOCAB_SIZE = 32_000;
const TEN_MINUTES_MS = 600_000;
const PROMPT = 'export function add(a: number, b: number): number {\n  return ';

const LONG = process.env.BAMBOO_LONG === '1';
const NOT_LONG = 'only npm run test:long makes models of 4 GB';

const FILES = [
  ['7b', 'pwri'],
  ['7b', 'dense'],
  ['7b', 'llama'],
  ['relullama7b', 'pwri'],
] as const;

describe.each(FILES)('a model of 7 billion parameters: %s.%s', (shape, form) => {
  const modelPath = largeModelPath(shape, form);
  const tokens = scatteredTokens(12, VOCAB_SIZE, 5);
  let child: EngineChild | undefined;

  beforeAll(async () => {
    if (!LONG) return;
    await makeLargeModel(shape, form);
    child = await EngineChild.start();
  }, TEN_MINUTES_MS);
  afterAll(async () => {
    await child?.stop();
    if (LONG) removeLargeModel(shape, form);
  });

  it('gives finite logits, the same bits for threads, chunks and modes', { timeout: TEN_MINUTES_MS }, async (context) => {
    if (child === undefined) return context.skip(NOT_LONG);
    const first = await child.logits({ modelPath, threads: 2, tokens, chunkSize: 0, mode: 'dense' });
    expect(first.every((logit) => Number.isFinite(logit))).toBe(true);
    for (const [threads, chunkSize, mode] of [
      [1, 5, 'dense'],
      [2, 1, 'exact'],
    ] as const) {
      const logits = await child.logits({ modelPath, threads, tokens, chunkSize, mode });
      expect(sameBits(logits, first), `${threads} threads, chunk ${chunkSize}, ${mode}`).toBe(true);
    }
  });

  it.for(form === 'pwri' ? ['exact', 'predicted'] : ['exact'])(
    'continues text in %s mode',
    { timeout: TEN_MINUTES_MS },
    async (mode, context) => {
      if (!LONG) return context.skip(NOT_LONG);
      const { sentencePiece, textOf } = await vocabularyOf(modelPath);
      const args = ['--model', modelPath, '--prompt', PROMPT, '--max-tokens', '16', '--mode', mode, '--json'];
      const { exitCode, stdout } = await runCommandLine(['generate', ...args]);
      expect(exitCode).toBe(0);
      const {
        text,
        tokens: generated,
        timings,
      } = JSON.parse(stdout) as {
        readonly text: string;
        readonly tokens: readonly { readonly id: number }[];
        readonly timings: { readonly promptTokens: number };
      };
      expect(timings.promptTokens).toBe(1 + sentencePiece.encodeIds(PROMPT).length);
      expect(generated).toHaveLength(16);
      expect(text).toBe(textOf(generated.map(({ id }) => id)));
    },
  );
});
