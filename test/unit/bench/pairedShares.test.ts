/**
 * The statistics of bench/quality: intervals against published values.
 */
import { describe, expect, it } from 'vitest';
import { pairedDifference, shareOf } from '../../../bench/quality/pairedShares.mjs';

const pairs = (both: number, first: number, second: number, none: number): [boolean, boolean][] => [
  ...Array.from({ length: both }, (): [boolean, boolean] => [true, true]),
  ...Array.from({ length: first }, (): [boolean, boolean] => [true, false]),
  ...Array.from({ length: second }, (): [boolean, boolean] => [false, true]),
  ...Array.from({ length: none }, (): [boolean, boolean] => [false, false]),
];

describe('shares', () => {
  it('have the interval of Wilson', () => {
    const { share, low, high } = shareOf(81, 263);
    expect([share, low, high].map((value) => value.toFixed(4))).toEqual(['0.3080', '0.2553', '0.3662']);
    expect(shareOf(0, 20)).toMatchObject({ share: 0, low: 0 });
    expect(shareOf(0, 0).share).toBeNaN();
  });

  it('are compared over pairs: only those that differ count', () => {
    const difference = pairedDifference(pairs(30, 9, 1, 60));
    expect(difference).toMatchObject({ onlyFirst: 9, onlySecond: 1, count: 100 });
    expect(difference.difference).toBeCloseTo(0.08, 9);
    expect(difference.low).toBeCloseTo(0.08 - 1.959964 * Math.sqrt(10 - 0.64) * 0.01, 6);
    // Two-sided binomial test of 1 in 10.
    expect(difference.p).toBeCloseTo(22 / 1024, 9);
    expect(pairedDifference(pairs(5, 2, 2, 5)).p).toBe(1);
  });
});
