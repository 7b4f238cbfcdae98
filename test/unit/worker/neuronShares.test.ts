/**
 * How few neurons do most of the work.
 */
import { describe, expect, it } from 'vitest';
import { activityOf } from '../../../src/worker/neuronShares';

describe('the share of hot neurons', () => {
  it('is that of the fewest neurons with 80 % of the activations, per layer and over all', () => {
    // 80 of 100 from one neuron of four; 20 each, so four of five.
    const counts = Uint32Array.of(5, 80, 5, 10, 0, 20, 20, 20, 20, 20);
    expect(activityOf(counts, 2, 80)).toEqual({ tokens: 80, hotShares: [0.2, 0.8], hotShare: 0.5 });
  });

  it('is nothing before the first token', () => {
    expect(activityOf(new Uint32Array(8), 2, 0)).toEqual({ tokens: 0, hotShares: [0, 0], hotShare: 0 });
  });

  it('of neurons that are all alike is 80 %', () => {
    expect(activityOf(new Uint32Array(1000).fill(7), 1, 7).hotShares).toEqual([0.8]);
  });

  it('leaves the counts as they were', () => {
    const counts = Uint32Array.of(3, 1, 2);
    activityOf(counts, 1, 3);
    expect([...counts]).toEqual([3, 1, 2]);
  });

  it('holds for sums beyond 32 bits', () => {
    expect(activityOf(new Uint32Array(10).fill(4_000_000_000), 1, 1).hotShare).toBe(0.8);
  });
});
