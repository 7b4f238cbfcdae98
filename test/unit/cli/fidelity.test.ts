import { describe, expect, it } from 'vitest';
import { compareRows, measureFidelity, meetsBar } from '../../../src/cli/fidelity';
import { FakeEngine } from '../worker/fakeBinding';

describe('the comparison of two rows of logits', () => {
  it('gives losses, the first choice and the divergence', () => {
    const a = Float32Array.of(0, Math.log(2), 0); // 1/4, 1/2, 1/4
    const b = Float32Array.of(Math.log(2), 0, 0); // 1/2, 1/4, 1/4
    const row = compareRows(a, b, 2);
    expect(row.lossA).toBeCloseTo(Math.log(4), 6);
    expect(row.lossB).toBeCloseTo(Math.log(4), 6);
    expect(row.sameFirst).toBe(false);
    expect(row.kl).toBeCloseTo(0.25 * Math.log(2), 6);
  });

  it('finds equal rows equal, however large the numbers', () => {
    const a = Float32Array.of(1000, 999, -1000);
    const row = compareRows(a, a, 0);
    expect(row).toMatchObject({ sameFirst: true, kl: 0 });
    expect(row.lossA).toBe(row.lossB);
  });
});

describe('fidelity', () => {
  it('counts every position but the last of each window', async () => {
    const engine = new FakeEngine(() => Promise.resolve({}));
    engine.logits = (_tokens, _chunk, mode) =>
      Promise.resolve(mode === 'exact' ? Float32Array.of(3, 0, 0, 3, 0, 0, 3, 0, 0) : Float32Array.of(3, 0, 0, 0, 3, 0, 0, 0, 3));
    const policies = [
      [{ mode: 'predicted', threshold: 1, upFirst: false }],
      [{ mode: 'predicted', threshold: 0, upFirst: false }],
    ] as const;
    const [fidelity, second] = await measureFidelity(engine, [Int32Array.of(1, 0, 0)], policies);
    expect(fidelity).toMatchObject({ tokens: 2, top1Agreement: 0.5 });
    expect(fidelity?.predictedLoss).toBeGreaterThan(fidelity?.denseLoss ?? Infinity);
    expect(fidelity?.meanKl).toBeGreaterThan(0);
    expect(second).toEqual(fidelity);
    expect(engine.policies).toEqual(policies);
  });

  it('has a bar on loss and on the first choice', () => {
    expect(meetsBar({ lossChange: 0.005, top1Agreement: 0.99 })).toBe(true);
    expect(meetsBar({ lossChange: 0.0051, top1Agreement: 0.999 })).toBe(false);
    expect(meetsBar({ lossChange: 0, top1Agreement: 0.9899 })).toBe(false);
  });
});
