/**
 * The shape of Bamboo-7B at Q4_0 (4 GB of synthetic weights, made here): loads, computes finite logits, and gives the same bits
 * for every thread count, chunk and mode. Part of `npm run test:long` only: it writes 13 GB and takes minutes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineChild } from './engineChild';
import { sameBits } from './logitsComparison';
import { largeModelPath, makeLargeModels, removeLargeModels } from './reference';
import { scatteredTokens } from './tokenSequences';

const VOCAB_SIZE = 32_000;
const TEN_MINUTES_MS = 600_000;

const LONG = process.env.BAMBOO_LONG === '1';

describe('a model of 7 billion parameters', () => {
  const tokens = scatteredTokens(12, VOCAB_SIZE, 5);
  let child: EngineChild | undefined;

  beforeAll(async () => {
    if (!LONG) return;
    await makeLargeModels();
    child = await EngineChild.start();
  }, TEN_MINUTES_MS);
  afterAll(async () => {
    await child?.stop();
    if (LONG) removeLargeModels();
  });

  it.for(['pwri', 'dense', 'llama'] as const)(
    '%s: finite logits, the same bits for threads, chunks and modes',
    { timeout: TEN_MINUTES_MS },
    async (form, context) => {
      if (child === undefined) return context.skip('only npm run test:long makes 13 GB of models');
      const modelPath = largeModelPath(form);
      const first = await child.logits({ modelPath, threads: 2, tokens, chunkSize: 0, mode: 'dense' });
      expect(first.every((logit) => Number.isFinite(logit))).toBe(true);
      for (const [threads, chunkSize, mode] of [
        [1, 5, 'dense'],
        [2, 1, 'exact'],
      ] as const) {
        const logits = await child.logits({ modelPath, threads, tokens, chunkSize, mode });
        expect(sameBits(logits, first), `${threads} threads, chunk ${chunkSize}, ${mode}`).toBe(true);
      }
    },
  );
});
