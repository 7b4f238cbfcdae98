import { describe, expect, test } from 'vitest';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import { percentile, RingBuffer } from '../../../src/metrics/ringBuffer';
import { LATENCY_BARS } from '../../../src/protocol/dashboard';
import type { FfnMode, GenerateResult, StopReason } from '../../../src/protocol/engineProtocol';
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

/** As the worker answers: with the mode, and the times of two phases. */
function answer(text: string, mode: FfnMode = 'exact', timings: Partial<GenerateResult['timings']> = {}): GenerateResult {
  const result = resultOf(text);
  return { ...result, mode, timings: { ...result.timings, queueMs: 1, tokenizeMs: 2, ...timings } };
}

describe('the metrics of a session', () => {
  test('a fresh store has no latencies', () => {
    const store = new MetricsStore();
    expect(store.snapshot()).toMatchObject({ requests: 0, shown: 0, latencyMsP50: undefined, reusedShare: undefined });
    expect(store.latency()).toEqual({ samples: 0, recent: [], reusedTokens: 0, computedTokens: 0 });
    expect(store.now()).toEqual({});
  });

  test('a completion of several requests is one sample with their times added up', () => {
    const store = new MetricsStore();
    store.recordRun([resultOf('one'), resultOf('two')]);
    const snapshot = store.snapshot();
    expect(snapshot).toMatchObject({ requests: 1, prefillMsP50: 10, decodeMsP50: 20, reusedShare: 0.9 });
    // Two tokens in 20 ms.
    expect(snapshot.tokensPerSecond).toBeCloseTo(100);
  });

  test('latencies are of suggestions, from the call of the provider to the item', () => {
    const store = new MetricsStore();
    store.recordRun([resultOf('one')]);
    expect(store.snapshot().latencyMsP50).toBeUndefined();
    store.recordSuggestion(42, [resultOf('one')]);
    expect(store.snapshot().latencyMsP50).toBe(42);
  });

  test('percentiles are nearest rank over the suggestions kept', () => {
    const store = new MetricsStore();
    for (let totalMs = 1; totalMs <= 200; totalMs++) store.recordSuggestion(totalMs, [resultOf('x')]);
    expect(store.latency()).toMatchObject({ samples: 200, p50Ms: 100, p95Ms: 190, p99Ms: 198 });
  });

  test('a bar adds up to the whole of its completion', () => {
    const store = new MetricsStore();
    store.recordSuggestion(50, [answer('one'), answer('two')]);
    expect(store.latency().recent).toEqual([
      {
        mode: 'exact',
        queueMs: 2,
        prefillMs: 10,
        decodeMs: 20,
        otherMs: 18,
        reusedTokens: 180,
        computedTokens: 20,
        generatedTokens: 2,
        decodedTokens: 2,
      },
    ]);
  });

  test('a bar has no negative part where two clocks disagree', () => {
    const store = new MetricsStore();
    store.recordSuggestion(14.9, [answer('one')]);
    expect(store.latency().recent[0]?.otherMs).toBe(0);
  });

  test('only the newest completions have bars, oldest first', () => {
    const store = new MetricsStore();
    for (let count = 1; count <= 100; count++) store.recordSuggestion(1000, [answer('x', 'exact', { generatedTokens: count })]);
    const { recent, reusedTokens, computedTokens } = store.latency();
    expect(recent).toHaveLength(LATENCY_BARS);
    expect(recent.map((bar) => bar.generatedTokens)).toEqual(Array.from({ length: LATENCY_BARS }, (_, at) => 101 - LATENCY_BARS + at));
    expect({ reusedTokens, computedTokens }).toEqual({ reusedTokens: 9000, computedTokens: 1000 });
  });

  test('the time to the first token is of the newest run: queue, tokenizer and prefill of its first request', () => {
    const store = new MetricsStore();
    store.recordRun([answer('one')]);
    store.recordRun([answer('one', 'exact', { queueMs: 4, prefillMs: 30 }), answer('two')]);
    expect(store.now().firstTokenMs).toBe(36);
  });

  test('tokens per second follow a switch at once', () => {
    const store = new MetricsStore();
    store.recordRun([answer('x', 'exact', { decodeMs: 100, generatedTokens: 50 })]);
    store.recordRun([answer('x', 'dense', { decodeMs: 100, generatedTokens: 10 })]);
    expect(store.now().tokensPerSecond).toBe(100);
    store.recordRun([answer('x', 'exact', { decodeMs: 100, generatedTokens: 30 })]);
    expect(store.now().tokensPerSecond).toBe(400);
  });

  test.each<[StopReason, number]>([
    ['end-token', 110],
    ['max-tokens', 100],
    ['stop-string', 100],
    ['context-full', 100],
  ])('the last token costs decode time only before an end token: %s', (stopReason, tokensPerSecond) => {
    const store = new MetricsStore();
    const run = { ...answer('x', 'exact', { decodeMs: 100, generatedTokens: 11 }), stopReason };
    store.recordRun([run]);
    store.recordSuggestion(200, [run]);
    expect(store.now().tokensPerSecond).toBe(tokensPerSecond);
    expect(store.latency().recent).toMatchObject([{ generatedTokens: 11, decodedTokens: tokensPerSecond / 10 }]);
  });

  test('an answer without tokens decoded none', () => {
    const store = new MetricsStore();
    store.recordRun([{ ...answer('x', 'exact', { decodeMs: 100, generatedTokens: 0 }), stopReason: 'context-full' }]);
    expect(store.now().tokensPerSecond).toBeUndefined();
  });

  test('a cancelled completion counts but leaves the latencies alone', () => {
    const store = new MetricsStore();
    const cancelled = { ...resultOf('x'), stopReason: 'cancelled' } as const;
    store.recordRun([cancelled]);
    store.recordSuggestion(5, [cancelled]);
    expect(store.snapshot()).toMatchObject({ requests: 1, latencyMsP50: undefined, prefillMsP50: undefined });
  });

  test('old samples leave the percentiles', () => {
    const store = new MetricsStore(2);
    for (const totalMs of [1000, 10, 20]) store.recordSuggestion(totalMs, [resultOf('x')]);
    expect(store.snapshot().latencyMsP95).toBe(20);
  });
});

describe('usefulness', () => {
  test('shown and accepted are counted', () => {
    const store = new MetricsStore();
    store.recordShown(false);
    store.recordShown(true);
    store.recordAccepted(12, false);
    store.recordPartlyAccepted(5, true);
    store.recordPartlyAccepted(4, false);
    expect(store.snapshot()).toMatchObject({ shown: 2, shownFromCache: 1, accepted: 1 });
    expect(store.usefulness()).toMatchObject({ shown: 2, shownFromCache: 1, accepted: 1, partlyAccepted: 1, charactersSaved: 21 });
  });

  test('a suggestion accepted in parts and then to its end is one accepted suggestion', () => {
    const store = new MetricsStore();
    store.recordPartlyAccepted(5, true);
    store.recordAccepted(7, true);
    expect(store.usefulness()).toMatchObject({ accepted: 1, partlyAccepted: 0, charactersSaved: 12 });
  });

  test('reasons for silence are counted, most frequent first', () => {
    const store = new MetricsStore();
    for (const reason of ['cancelled', 'empty-middle', 'cancelled']) store.recordSilence(reason);
    expect(store.usefulness().silences).toEqual([
      { reason: 'cancelled', count: 2 },
      { reason: 'empty-middle', count: 1 },
    ]);
  });

  test('there is room for so many reasons and no more', () => {
    const store = new MetricsStore();
    for (let reason = 0; reason < 1000; reason++) store.recordSilence(`reason ${reason}`);
    expect(store.usefulness().silences).toHaveLength(64);
  });
});

describe('the store', () => {
  test('tells its listeners of every change, until they have heard enough', () => {
    const store = new MetricsStore();
    let heard = 0;
    const end = store.onDidChange(() => (heard += 1));
    store.recordRun([resultOf('x')]);
    store.recordSuggestion(1, [resultOf('x')]);
    store.recordShown(false);
    store.recordSilence('cancelled');
    expect(heard).toBe(4);
    end();
    store.recordShown(false);
    expect(heard).toBe(4);
  });

  test('a reset forgets everything', () => {
    const store = new MetricsStore();
    const fresh = [store.snapshot(), store.latency(), store.now(), store.usefulness()];
    store.recordRun([answer('x')]);
    store.recordSuggestion(1, [answer('x')]);
    store.recordShown(true);
    store.recordAccepted(3, false);
    store.recordSilence('cancelled');
    store.reset();
    expect([store.snapshot(), store.latency(), store.now(), store.usefulness()]).toEqual(fresh);
  });

  test('another model begins with no times, but what was accepted stays counted', () => {
    const store = new MetricsStore();
    store.recordSuggestion(1, [answer('x')]);
    store.recordAccepted(3, false);
    store.modelChanged();
    expect(store.latency().samples).toBe(0);
    expect(store.usefulness().accepted).toBe(1);
  });
});
