/**
 * Within one instruction set the same tokens give the same bits, whatever the threads, chunks, mode and cache.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FfnMode } from '../../../src/protocol/engineProtocol';
import { EngineChild } from './engineChild';
import type { Generated } from './engineProgram';
import { availableIsas, FAMILY_ISAS, skipWithout, TILE_ISAS } from './instructionSets';
import { sameBits } from './logitsComparison';
import { makeTinyModels, TINY_VOCAB_SIZE, tinyModelPath } from './reference';
import { joined, scatteredTokens } from './tokenSequences';

const MODELS = [
  ['f16', 'dense'],
  ['q4_0', 'dense'],
  ['q4_0', 'llama'],
] as const;
const THREADS = [1, 2];
const MODES = ['exact', 'dense'] as const;
/** 0: the engine's choice; 7: no multiple of a register tile; 49 leaves a last chunk of one token. */
const PREFILL_CHUNKS = [0, 7, 16, 49, 50];
const DECODE_CHUNKS = [1];

const tokens = scatteredTokens(50, TINY_VOCAB_SIZE, 11);
let available: ReadonlySet<string>;

beforeAll(async () => {
  available = await availableIsas();
  await Promise.all([makeTinyModels('f16'), makeTinyModels('q4_0')]);
});

describe.each([...FAMILY_ISAS, ...TILE_ISAS])('on %s', (isa) => {
  let child: EngineChild;

  beforeAll(async () => {
    child = await EngineChild.start(isa);
  });
  afterAll(() => child.stop());

  describe.each(MODELS)('%s %s', (type, form) => {
    const modelPath = tinyModelPath(type, form);

    it.for([
      ['prefilled logits', PREFILL_CHUNKS],
      ['decoded logits', DECODE_CHUNKS],
    ] as const)('%s are the same bits for every thread count, chunk size and mode', async ([, chunkSizes], context) => {
      skipWithout(isa, available, context);
      const first = await child.logits({ modelPath, threads: 1, tokens, chunkSize: chunkSizes[0] ?? 0, mode: 'dense' });
      const different: string[] = [];
      for (const threads of THREADS) {
        for (const chunkSize of chunkSizes) {
          for (const mode of MODES) {
            const logits = await child.logits({ modelPath, threads, tokens, chunkSize, mode });
            if (!sameBits(logits, first)) {
              different.push(`${threads} threads, chunk ${chunkSize}, ${mode}`);
            }
          }
        }
      }
      expect(different).toEqual([]);
    });

    it.for(THREADS)('a reused KV cache gives what an empty one gives, with %i threads', async (threads, context) => {
      skipWithout(isa, available, context);
      const ask = (prompts: readonly Int32Array[], mode: FfnMode): Promise<readonly Generated[]> =>
        child.generate({ modelPath, threads, requests: prompts.map((prompt) => ({ prompt, maxTokens: 8, mode })) });
      const [generated] = await ask([tokens], 'exact');
      const accepted = joined(tokens, generated?.ids ?? new Int32Array(), scatteredTokens(5, TINY_VOCAB_SIZE, 12));
      const retyped = joined(tokens.slice(0, 30), scatteredTokens(20, TINY_VOCAB_SIZE, 13));
      const reusing = await ask([tokens, accepted, retyped, retyped], 'exact');
      for (const [i, prompt] of [tokens, accepted, retyped, retyped].entries()) {
        const [fresh] = await ask([prompt], 'dense');
        expect(fresh?.reusedTokens).toBe(0);
        expect(fresh?.ids).toHaveLength(8);
        expect(reusing[i]?.ids).toEqual(fresh?.ids);
        expect(reusing[i]?.logProbs).toEqual(fresh?.logProbs);
      }
      // Rows that decoding wrote are computed again; the last prompt token always is.
      expect(reusing.map(({ reusedTokens }) => reusedTokens)).toEqual([0, tokens.length, 30, retyped.length - 1]);
    });
  });
});
