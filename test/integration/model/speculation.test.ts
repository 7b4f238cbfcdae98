/**
 * Guessing tokens ahead by prompt lookup changes no token and no log-probability, whatever the model, mode, threads and
 * instruction set.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledModelPath, tokenizerPathOf } from '../../../src/model/modelLocator';
import { loadTokenizer, requireSpecialToken } from '../../../src/model/tokenizer';
import { FFN_MODES } from '../../../src/protocol/engineProtocol';
import { REPOSITORY } from '../workerBundle';
import { EngineChild } from './engineChild';
import type { Generated } from './engineProgram';
import { availableIsas, FAMILY_ISAS, skipWithout } from './instructionSets';
import { makeTinyModels, TINY_VOCAB_SIZE, tinyModelPath } from './reference';
import { joined, scatteredTokens } from './tokenSequences';

const THREADS = [1, 2];
const DRAFT_LIMITS = [3, 8, 15];
/** A tiny random model repeats itself only after a while. */
const MAX_TOKENS = { tiny: 64, nano: 32 } as const;
/** The portable kernels are slow. */
const SLOW_ISAS = ['portable', 'neon'];

let available: ReadonlySet<string>;
let nanoPath: string;
let code: Int32Array;

beforeAll(async () => {
  available = await availableIsas();
  await Promise.all([makeTinyModels('f16'), makeTinyModels('q4_0')]);
  nanoPath = await bundledModelPath(REPOSITORY);
  const tokenizer = await loadTokenizer(tokenizerPathOf(nanoPath));
  const text = readFileSync(path.join(REPOSITORY, 'test/fixtures/sample-text/orderBook.ts'), 'utf8');
  code = Int32Array.from([requireSpecialToken(tokenizer, '<|file_sep|>'), ...tokenizer.encode(`orderBook.ts\n${text}`)]).slice(0, 70);
});

describe.each(FAMILY_ISAS)('on %s', (isa) => {
  let child: EngineChild;

  beforeAll(async () => {
    child = await EngineChild.start(isa);
  });
  afterAll(() => child.stop());

  /** Limits whose output differs from plain decoding's with one thread, and how many guesses were right in all. */
  async function compare(
    model: keyof typeof MAX_TOKENS,
    modelPath: string,
    prompt: Int32Array,
    limits: readonly number[],
    threads: readonly number[],
  ) {
    const different: string[] = [];
    let accepted = 0;
    for (const mode of FFN_MODES) {
      let plain: Generated | undefined;
      for (const count of threads) {
        const requests = [0, ...limits].map((maxDraftTokens) => ({ prompt, maxTokens: MAX_TOKENS[model], mode, maxDraftTokens }));
        const results = await child.generate({ modelPath, threads: count, requests });
        plain ??= results[0];
        expect(results[0]).toMatchObject({ acceptedTokens: 0 });
        for (const [i, { ids, logProbs, acceptedTokens }] of results.entries()) {
          accepted += acceptedTokens;
          if (ids.join() !== plain?.ids.join() || logProbs.join() !== plain.logProbs.join()) {
            different.push(`${mode}, ${count} threads, limit ${String(requests[i]?.maxDraftTokens)}`);
          }
        }
      }
    }
    return { different, accepted };
  }

  it.for(['f16', 'q4_0'] as const)('nothing changes with a tiny %s model', async (type, context) => {
    skipWithout(isa, available, context);
    const once = scatteredTokens(20, TINY_VOCAB_SIZE, 17);
    const { different, accepted } = await compare('tiny', tinyModelPath(type, 'pwri'), joined(once, once, once), DRAFT_LIMITS, THREADS);
    expect(different).toEqual([]);
    expect(accepted).toBeGreaterThan(0);
  });

  it('nothing changes with the bundled model on code that repeats itself', async (context) => {
    skipWithout(isa, available, context);
    const slow = SLOW_ISAS.includes(isa);
    const { different, accepted } = await compare('nano', nanoPath, joined(code, code), slow ? [8] : DRAFT_LIMITS, slow ? [2] : THREADS);
    expect(different).toEqual([]);
    expect(accepted).toBeGreaterThan(MAX_TOKENS.nano / 2);
  });
});
