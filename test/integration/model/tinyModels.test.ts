/**
 * The whole forward pass on synthetic models, on every instruction set: against float64 arithmetic and against PowerInfer.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineChild } from './engineChild';
import { availableIsas, FAMILY_ISAS, skipWithout } from './instructionSets';
import { argMaxOfRows, maxDifference } from './logitsComparison';
import {
  makeTinyModels,
  peerGolden,
  referenceLogits,
  TINY_FORMS,
  TINY_VOCAB_SIZE,
  tinyModelPath,
  type TinyForm,
  type TinyType,
} from './reference';
import { joined, scatteredTokens } from './tokenSequences';

/**
 * Largest difference of one logit from float64; the logits' standard deviation is 1.3. Keys and values are kept in f16
 * (relative error 2^-11) and activations in 15 bits through 4 layers: 0.0012 is the most that was seen, for any type.
 */
const TOLERANCE = 0.005;

/**
 * From PowerInfer, whose own distance from float64 is 0.0023 (f16) and 0.044 (q4_0, where it rounds activations to 8 bits).
 */
const PEER_TOLERANCE = { f16: 0.005, q4_0: 0.06 } as const;

const TYPES = ['f16', 'f32', 'q4_0'] as const;
const GOLDEN_TYPES = ['f16', 'q4_0'] as const;
const MODELS = TYPES.flatMap((type) => TINY_FORMS.map((form) => [type, form] as const));

/** 1 takes the decode path; 0 prefills in chunks of the engine's choice. */
const PATHS = [
  ['prefill', 0],
  ['decode', 1],
] as const;

const golden = { f16: peerGolden('f16'), q4_0: peerGolden('q4_0') };
const scattered = scatteredTokens(48, TINY_VOCAB_SIZE, 7);
const references = new Map<string, Float32Array>();
let available: ReadonlySet<string>;

beforeAll(async () => {
  available = await availableIsas();
  await Promise.all(TYPES.map(makeTinyModels));
  for (const [type, form] of MODELS) {
    const modelPath = tinyModelPath(type, form);
    references.set(modelPath, await referenceLogits(modelPath, [scattered]));
  }
});

function referenceOf(type: TinyType, form: TinyForm): Float32Array {
  return references.get(tinyModelPath(type, form)) ?? new Float32Array();
}

describe.each(FAMILY_ISAS)('on %s', (isa) => {
  let child: EngineChild;

  beforeAll(async () => {
    child = await EngineChild.start(isa);
  });
  afterAll(() => child.stop());

  describe.each(PATHS)('%s', (_path, chunkSize) => {
    const logitsOf = (type: TinyType, form: TinyForm, tokens: Int32Array): Promise<Float32Array> =>
      child.logits({ modelPath: tinyModelPath(type, form), threads: 1, tokens, chunkSize, mode: 'dense' });

    it.for(MODELS)('%s %s: every logit is that of a float64 forward pass', async ([type, form], context) => {
      skipWithout(isa, available, context);
      const logits = await logitsOf(type, form, scattered);
      expect(maxDifference(logits, referenceOf(type, form))).toBeLessThanOrEqual(TOLERANCE);
    });

    it.for(GOLDEN_TYPES)("%s: the logits of PowerInfer's prompt and continuation are PowerInfer's", async (type, context) => {
      skipWithout(isa, available, context);
      const { prompt, continuation, logits: expected } = golden[type];
      for (const form of ['dense', 'pwri'] as const) {
        const logits = await logitsOf(type, form, joined(prompt, continuation));
        const afterPrompt = logits.subarray((prompt.length - 1) * TINY_VOCAB_SIZE);
        expect(maxDifference(afterPrompt, expected)).toBeLessThanOrEqual(PEER_TOLERANCE[type]);
        expect([...argMaxOfRows(afterPrompt, TINY_VOCAB_SIZE)].slice(0, -1)).toEqual([...continuation]);
      }
    });
  });

  it.for(GOLDEN_TYPES)("%s: masked by the predictors, the logits are those of PowerInfer's sparse run", async (type, context) => {
    skipWithout(isa, available, context);
    const { prompt, continuation, logits: expected } = peerGolden(type, 'pwri');
    const modelPath = tinyModelPath(type, 'pwri');
    const tokens = joined(prompt, continuation);
    const logits = await child.logits({ modelPath, threads: 2, tokens, chunkSize: 1, mode: 'predicted' });
    const afterPrompt = logits.subarray((prompt.length - 1) * TINY_VOCAB_SIZE);
    expect(maxDifference(afterPrompt, expected)).toBeLessThanOrEqual(PEER_TOLERANCE[type]);
    expect([...argMaxOfRows(afterPrompt, TINY_VOCAB_SIZE)].slice(0, -1)).toEqual([...continuation]);
  });

  it.for(GOLDEN_TYPES)("%s: the greedy continuation is PowerInfer's", async (type, context) => {
    skipWithout(isa, available, context);
    const { prompt, continuation } = golden[type];
    const modelPath = tinyModelPath(type, 'dense');
    const requests = [{ prompt, maxTokens: continuation.length, mode: 'exact' as const }];
    const [result] = await child.generate({ modelPath, threads: 2, requests });
    expect(result?.ids).toEqual(continuation);
  });
});
