/**
 * Cutting a prompt to its limit: who gives first, in which steps, and what never gives.
 */
import { describe, expect, it } from 'vitest';
import { fitPrompt, TRIM_STEP_TOKENS, type EncodedPart } from '../../../src/worker/promptFit';

/** Ids that say where they came from: 1000 * part + position. */
function part(index: number, length: number, trim?: EncodedPart['trim']): EncodedPart {
  return { ids: Array.from({ length }, (_, i) => 1000 * index + i), trim };
}

function countOf(tokens: Int32Array, index: number): number {
  return tokens.filter((id) => Math.floor(id / 1000) === index).length;
}

describe('fitPrompt', () => {
  it('joins parts that fit, in order', () => {
    expect([...fitPrompt([part(1, 2), part(2, 1, 'end'), part(3, 2, 'start')], 5)]).toEqual([1000, 1001, 2000, 3000, 3001]);
  });

  it('cuts a part at its start in steps of 64 tokens and keeps its end', () => {
    const tokens = fitPrompt([part(1, 200, 'start')], 199);
    expect(tokens).toHaveLength(200 - TRIM_STEP_TOKENS);
    expect(tokens[0]).toBe(1000 + TRIM_STEP_TOKENS);
    expect(tokens.at(-1)).toBe(1199);
  });

  it('keeps the same start while a prefix grows by up to 64 tokens', () => {
    const starts = Array.from({ length: TRIM_STEP_TOKENS }, (_, typed) => fitPrompt([part(1, 201 + typed, 'start')], 200)[0]);
    expect(new Set(starts).size).toBe(1);
  });

  it('cuts what stands after the cursor before what stands before it', () => {
    const tokens = fitPrompt([part(1, 300, 'end'), part(2, 300, 'start')], 500);
    expect(countOf(tokens, 1)).toBe(300 - 2 * TRIM_STEP_TOKENS);
    expect(countOf(tokens, 2)).toBe(300);
    expect(tokens[0]).toBe(1000);
  });

  it('leaves the text after the cursor a quarter of the limit while the prefix can give', () => {
    const tokens = fitPrompt([part(1, 300, 'end'), part(2, 900, 'start')], 400);
    expect(countOf(tokens, 1)).toBeGreaterThanOrEqual(100);
    expect(countOf(tokens, 1)).toBeLessThan(100 + TRIM_STEP_TOKENS);
    expect(tokens.length).toBeLessThanOrEqual(400);
    expect(tokens.length).toBeGreaterThan(400 - TRIM_STEP_TOKENS);
    expect(tokens.at(-1)).toBe(2899);
  });

  it('gives up the text after the cursor entirely when nothing else can give', () => {
    const tokens = fitPrompt([part(1, 300, 'end'), part(2, 100)], 100);
    expect(countOf(tokens, 1)).toBe(0);
    expect(countOf(tokens, 2)).toBe(100);
  });

  it('never cuts parts that do not allow it', () => {
    expect(() => fitPrompt([part(1, 10), part(2, 5, 'start')], 9)).toThrow(expect.objectContaining({ code: 'context-overflow' }) as Error);
  });

  it('never exceeds the limit and never cuts more than a step per part too much', () => {
    for (let limit = 1; limit <= 700; limit += 13) {
      const tokens = fitPrompt([part(1, 250, 'end'), part(2, 130, 'end'), part(3, 320, 'start')], limit);
      expect(tokens.length).toBeLessThanOrEqual(limit);
      expect(tokens.length).toBeGreaterThan(Math.min(limit, 700) - 3 * TRIM_STEP_TOKENS);
    }
  });

  it('leaves out whole ranks, the highest first, before it cuts anything', () => {
    const parts = [
      { ...part(1, 100), dropRank: 1 },
      { ...part(2, 1), dropRank: 2 },
      { ...part(3, 100), dropRank: 2 },
      part(4, 200, 'start'),
    ];
    expect(fitPrompt(parts, 401)).toHaveLength(401);
    const tokens = fitPrompt(parts, 400);
    expect([1, 2, 3, 4].map((index) => countOf(tokens, index))).toEqual([100, 0, 0, 200]);
    expect([1, 4].map((index) => countOf(fitPrompt(parts, 180), index))).toEqual([0, 200 - TRIM_STEP_TOKENS]);
  });
});
