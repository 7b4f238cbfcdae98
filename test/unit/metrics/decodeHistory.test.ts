import { describe, expect, test } from 'vitest';
import { DecodeHistory } from '../../../src/metrics/decodeHistory';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import { RingBuffer } from '../../../src/metrics/ringBuffer';
import type { GenerateMetrics } from '../../../src/protocol/metrics';
import { resultOf } from '../completion/scriptedEngine';

/** Two layers; one row of active shares a step. */
function metricsOf(rows: readonly [number, number][], attentionMs = 1): GenerateMetrics {
  const steps = rows.length;
  const phases = { attentionMs, predictorMs: 0, feedForwardMs: 2, headMs: 0, samplingMs: 0 };
  const base64 = (bytes: readonly number[]): string => Buffer.from(bytes).toString('base64');
  return {
    prefill: { computedTokens: 3, reusedTokens: 7, phases },
    decode: {
      steps: { dense: 0, exact: steps, predicted: 0 },
      phases,
      bytes: { attentionBytes: 10 * steps, predictorBytes: 0, feedForwardBytes: 20 * steps, headBytes: 5 * steps },
      neuronsPerLayer: 100,
      layers: { gateRows: [100, 100], predictedRows: [0, 0], upRows: [9, 9], activeNeurons: [5, 6] },
      trace: { steps, computed: base64(rows.flatMap(() => [255, 255])), active: base64(rows.flat()) },
    },
  };
}

/** A history of requests in which no token was guessed ahead, unless it is said. */
function recordingHistory() {
  const history = new DecodeHistory();
  return {
    record: (metrics: GenerateMetrics, guesses = { draftedTokens: 0, acceptedTokens: 0 }): void => history.record(metrics, guesses),
    recordShadowCheck: (shadow: ReturnType<typeof check>): void => history.recordShadowCheck(shadow),
    clear: (): void => history.clear(),
    snapshot: () => history.snapshot(),
  };
}

const check = (positions: number, massRecall: number[]) => ({
  requestId: 'r',
  everyN: 8,
  positions,
  neuronRecall: massRecall.map((recall) => recall / 2),
  massRecall,
});

describe('the history of decode steps', () => {
  test('before the first there is nothing', () => {
    const { phasesPerToken, bytesPerToken, strip, recall } = recordingHistory().snapshot();
    expect({ phasesPerToken, bytesPerToken, recall }).toEqual({});
    expect(strip).toMatchObject({ layers: 0, steps: 0 });
  });

  test('times and bytes are means over tokens, not over requests', () => {
    const history = recordingHistory();
    history.record(metricsOf([[1, 2]], 4));
    history.record(
      metricsOf(
        [
          [3, 4],
          [5, 6],
          [7, 8],
        ],
        4,
      ),
    );
    const { phasesPerToken, bytesPerToken, steps } = history.snapshot();
    expect(steps).toEqual({ dense: 0, exact: 4, predicted: 0 });
    expect(phasesPerToken).toMatchObject({ attentionMs: 2, feedForwardMs: 1 });
    expect(bytesPerToken).toEqual({ attentionBytes: 10, predictorBytes: 0, feedForwardBytes: 20, headBytes: 5 });
  });

  test('times and bytes are means over tokens written; wrong guesses and passes are told apart', () => {
    const history = recordingHistory();
    // Six steps in two passes: four guesses, one of them right, so three tokens.
    history.record(metricsOf(Array.from({ length: 6 }, () => [1, 2])), { draftedTokens: 4, acceptedTokens: 1 });
    expect(history.snapshot()).toMatchObject({ steps: { exact: 6 }, passes: 2, tokens: 3, bytesPerToken: { attentionBytes: 20 } });
  });

  test('the strip has the steps of all requests in order', () => {
    const history = recordingHistory();
    history.record(metricsOf([[1, 2]]));
    history.record(
      metricsOf([
        [3, 4],
        [5, 6],
      ]),
    );
    const { strip } = history.snapshot();
    expect(strip).toMatchObject({ layers: 2, steps: 3 });
    expect([...strip.active]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...strip.computed]).toEqual([255, 255, 255, 255, 255, 255]);
  });

  test('the strip is bounded and keeps the newest', () => {
    const history = recordingHistory();
    for (let step = 0; step < 1000; step++) history.record(metricsOf([[step % 256, 0]]));
    const { strip } = history.snapshot();
    expect(strip.steps).toBe(256);
    expect(strip.active[0]).toBe((1000 - 256) % 256);
    expect(strip.active[2 * 255]).toBe(999 % 256);
  });

  test('recall is weighted by the positions probed', () => {
    const history = recordingHistory();
    history.recordShadowCheck(check(1, [1, 1]));
    history.recordShadowCheck(check(3, [0.6, 0.8]));
    const recall = history.snapshot().recall;
    expect(recall?.positions).toBe(4);
    expect(recall?.massRecall[0]).toBeCloseTo(0.7);
    expect(recall?.massRecall[1]).toBeCloseTo(0.85);
    expect(recall?.neuronRecall[0]).toBeCloseTo(0.35);
  });

  test('another number of layers is another model: it begins anew', () => {
    const history = recordingHistory();
    history.record(metricsOf([[1, 2]]));
    history.recordShadowCheck(check(1, [1, 1, 1]));
    const { strip, steps, recall } = history.snapshot();
    expect(strip.steps).toBe(0);
    expect(steps.exact).toBe(0);
    expect(recall?.massRecall).toEqual([1, 1, 1]);
  });

  test('a ring hands its values out oldest first', () => {
    const ring = new RingBuffer<number>(3);
    ring.push(1);
    expect(ring.oldestFirst()).toEqual([1]);
    for (const value of [2, 3, 4]) ring.push(value);
    expect(ring.oldestFirst()).toEqual([2, 3, 4]);
  });
});

describe('neurons', () => {
  const inMode = (mode: 'dense' | 'exact' | 'predicted', steps: number, gateRows: number): GenerateMetrics => {
    const { prefill, decode } = metricsOf(Array.from({ length: steps }, () => [1, 1]));
    const layers = { gateRows: [gateRows, gateRows], predictedRows: [gateRows, 0], upRows: [9, 9], activeNeurons: [5, 5] };
    return { prefill, decode: { ...decode, steps: { dense: 0, exact: 0, predicted: 0, [mode]: steps }, layers } };
  };

  test('shares are of all neurons of all layers and steps', () => {
    const history = recordingHistory();
    history.record(inMode('predicted', 2, 40));
    // Two layers of 100 neurons, two steps: 400 in all.
    expect(history.snapshot().shares).toEqual({ computedShare: 0.2, predictedShare: 0.1, activeShare: 0.025 });
  });

  test('before the first step there are no shares', () => {
    expect(recordingHistory().snapshot().shares).toBeUndefined();
  });

  test('after a switch the means are of the new mode', () => {
    const history = recordingHistory();
    history.record(inMode('dense', 3, 300));
    history.record(inMode('predicted', 2, 40));
    history.record(inMode('predicted', 2, 40));
    expect(history.snapshot()).toMatchObject({ steps: { dense: 0, predicted: 4 }, shares: { computedShare: 0.2 } });
    history.record(inMode('dense', 1, 100));
    expect(history.snapshot()).toMatchObject({ steps: { dense: 4, predicted: 0 }, shares: { computedShare: 1 } });
  });

  test('another width of the layers is another model', () => {
    const history = recordingHistory();
    history.record(inMode('exact', 2, 200));
    const wider = inMode('exact', 1, 150);
    history.record({ ...wider, decode: { ...wider.decode, neuronsPerLayer: 150 } });
    expect(history.snapshot()).toMatchObject({ steps: { exact: 1 }, strip: { steps: 1 } });
  });

  test('once cleared nothing is left', () => {
    const history = recordingHistory();
    history.record(inMode('exact', 2, 200));
    history.recordShadowCheck(check(1, [1, 1]));
    history.clear();
    expect(history.snapshot()).toMatchObject({ steps: { exact: 0 }, strip: { steps: 0 }, recall: undefined, shares: undefined });
  });
});

describe('the store', () => {
  test('hands the metrics of its requests to the history, and times a token', () => {
    const store = new MetricsStore();
    store.recordRun([{ ...resultOf('one'), metrics: metricsOf([[1, 2]]) }, resultOf('two')]);
    store.recordShadowCheck(check(2, [0.9, 1]));
    expect(store.decodeSnapshot()).toMatchObject({ steps: { exact: 1 }, recall: { positions: 2 } });
    expect(store.snapshot()).toMatchObject({ decodeMsPerTokenP50: 10, decodeMsPerTokenP95: 10 });
  });
});
