import { describe, expect, test } from 'vitest';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import { percentile, RingBuffer } from '../../../src/metrics/ringBuffer';
import { resultOf } from '../completion/scriptedEngine';

describe('percentiles', () => {
  test('nearest rank', () => {
    const values = [50, 10, 40, 20, 30];
    expect(percentile(values, 0)).toBe(10);
    expect(percentile(values, 50)).toBe(30);
    expect(percentile(values, 95)).toBe(50);
    expect(percentile(values, 100)).toBe(50);
  });

  test('of nothing there is none', () => {
    expect(percentile([], 50)).toBeUndefined();
  });

  test('a ring keeps the newest values', () => {
    const ring = new RingBuffer<number>(3);
    for (const value of [1, 2, 3, 4, 5]) ring.push(value);
    expect(ring.toArray().sort()).toEqual([3, 4, 5]);
  });
});

describe('the metrics of a session', () => {
  test('a fresh store has no latencies', () => {
    expect(new MetricsStore().snapshot()).toMatchObject({ requests: 0, shown: 0, latencyMsP50: undefined, reusedShare: undefined });
  });

  test('a completion of several requests is one sample with their times added up', () => {
    const store = new MetricsStore();
    store.recordRequest(42, [resultOf('one'), resultOf('two')]);
    const snapshot = store.snapshot();
    expect(snapshot).toMatchObject({ requests: 1, latencyMsP50: 42, prefillMsP50: 10, decodeMsP50: 20, reusedShare: 0.9 });
    // Two tokens in 20 ms.
    expect(snapshot.tokensPerSecond).toBeCloseTo(100);
  });

  test('a cancelled completion counts but leaves the latencies alone', () => {
    const store = new MetricsStore();
    store.recordRequest(5, [{ ...resultOf('x'), stopReason: 'cancelled' }]);
    expect(store.snapshot()).toMatchObject({ requests: 1, latencyMsP50: undefined });
  });

  test('old samples leave the percentiles', () => {
    const store = new MetricsStore(2);
    for (const totalMs of [1000, 10, 20]) store.recordRequest(totalMs, [resultOf('x')]);
    expect(store.snapshot().latencyMsP95).toBe(20);
  });

  test('shown and accepted are counted', () => {
    const store = new MetricsStore();
    store.recordShown(false);
    store.recordShown(true);
    store.recordAccepted();
    expect(store.snapshot()).toMatchObject({ shown: 2, shownFromCache: 1, accepted: 1 });
  });
});
