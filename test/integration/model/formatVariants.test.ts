/**
 * Everything a model file may choose (tensor types, activations, RoPE layouts, head widths, a tied output) on small random
 * models, against float64 arithmetic.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineChild } from './engineChild';
import { availableIsas, FAMILY_ISAS, skipWithout } from './instructionSets';
import { maxDifference, standardDeviation } from './logitsComparison';
import { makeVariantModels, referenceLogits, variantPath } from './reference';
import { scatteredTokens } from './tokenSequences';

/** As test/fixtures/make_variant_models.py writes them. */
const VARIANTS = [
  ...['f32', 'f16', 'bf16', 'q8_0', 'q5_0', 'q4_0', 'q6_k', 'q8_0_down', 'q5_0_down', 'q4_0_down', 'q6_k_down'],
  ...['relu', 'relu_powerinfer', 'silu', 'rope_halves', 'rope_partial', 'narrow_heads', 'tied'],
];

/**
 * Largest error over the standard deviation of the logits. Keys and values in f16 are off by up to 2^-11; the largest of
 * 9,600 errors is some 5 times their root mean square. 0.0009 is the most that was seen.
 */
const MAX_RELATIVE_ERROR = 0.003;

const tokens = scatteredTokens(60, 160, 21);
const references = new Map<string, Float32Array>();
let available: ReadonlySet<string>;

beforeAll(async () => {
  available = await availableIsas();
  expect((await makeVariantModels()).sort()).toEqual([...VARIANTS].sort());
  for (const variant of VARIANTS) {
    references.set(variant, await referenceLogits(variantPath(variant), [tokens]));
  }
});

describe.each(FAMILY_ISAS)('on %s', (isa) => {
  let child: EngineChild;

  beforeAll(async () => {
    child = await EngineChild.start(isa);
  });
  afterAll(() => child.stop());

  it.for(VARIANTS)('%s: every logit is that of a float64 forward pass, prefilled and decoded', async (variant, context) => {
    skipWithout(isa, available, context);
    const reference = references.get(variant) ?? new Float32Array();
    for (const chunkSize of [0, 1]) {
      const logits = await child.logits({ modelPath: variantPath(variant), threads: 2, tokens, chunkSize, mode: 'exact' });
      expect(maxDifference(logits, reference) / standardDeviation(reference)).toBeLessThanOrEqual(MAX_RELATIVE_ERROR);
    }
  });
});
