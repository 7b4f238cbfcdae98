import { describe, expect, it } from 'vitest';
import { compared, decodeTokensPerSecond, savingsOf, speedupOf } from '../../../src/webview/dashboard/savings';
import { FULL, UNUSED } from './sampleStates';

describe('savings', () => {
  it('are the dense bytes over the bytes read, added up over the phases', () => {
    expect(savingsOf(FULL.sparsity)).toMatchObject({ bytesPerToken: 24_000_000, ratio: 2.6 });
  });

  it('count dense with as many passes over the weights: guessing ahead is no saving of sparsity', () => {
    // 256 steps of which 100 were guesses, 60 of them right.
    const guessed = { ...FULL.sparsity, passes: 156, tokens: 216, denseBytesPerToken: (24_000_000 * 216) / 156 };
    expect(savingsOf(guessed)?.ratio).toBeCloseTo(1);
    expect(savingsOf(guessed)?.denseBytesPerToken).toBeCloseTo(24_000_000);
  });

  it('are not known before the first token', () => {
    expect(savingsOf(UNUSED.sparsity)).toBeUndefined();
    expect(savingsOf({ ...FULL.sparsity, denseBytesPerToken: 0 })).toBeUndefined();
    expect(savingsOf({ ...FULL.sparsity, passes: 0, tokens: 0 })).toBeUndefined();
  });

  it('in time come from a comparison only', () => {
    expect(speedupOf(FULL.comparison)).toBeCloseTo(402 / 196);
    expect(speedupOf({ kind: 'none' })).toBeUndefined();
    expect(speedupOf({ kind: 'running', done: 5, total: 6 })).toBeUndefined();
  });

  it('are not claimed from a comparison that generated nothing', () => {
    if (FULL.comparison.kind !== 'done') throw new Error('The sample holds a comparison.');
    const { dense } = FULL.comparison;
    expect(speedupOf({ ...FULL.comparison, dense: { ...dense, generatedTokens: 0, decodedTokens: 0, decodeMs: 0 } })).toBeUndefined();
  });

  it('count only the tokens that the decode time was spent on', () => {
    const bar = { ...FULL.latency.recent[0], generatedTokens: 11, decodedTokens: 10, decodeMs: 100 };
    expect(decodeTokensPerSecond(bar)).toBe(100);
  });

  it('call a small difference none', () => {
    expect([compared(1.04), compared(0.96), compared(1.2), compared(0.8)]).toEqual(['same', 'same', 'more', 'less']);
  });
});
