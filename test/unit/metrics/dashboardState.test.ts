import { describe, expect, test } from 'vitest';
import { dashboardState, type DashboardSources } from '../../../src/metrics/dashboardState';
import { metricsExport } from '../../../src/metrics/metricsExport';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import { LATENCY_BARS, SILENCE_REASONS, type DashboardState } from '../../../src/protocol/dashboard';
import { FAKE_MODEL } from '../engine/fakeWorker';
import { LAYERS, measured } from './measuredResults';

const SOURCES: Omit<DashboardSources, 'metrics'> = {
  engine: { kind: 'ready', restarts: 0 },
  model: FAKE_MODEL,
  mode: { chosen: 'sparse', strategy: 'auto', effective: 'exact', reason: 'No predictors.' },
  residentBytes: undefined,
  activity: undefined,
  comparison: { kind: 'none' },
  silenceSentence: (reason) => `Because of ${reason}.`,
  placement: 'All neurons on the CPU',
  backend: 'CPU',
};

function stateOf(metrics: MetricsStore, overrides: Partial<DashboardSources> = {}): DashboardState {
  return dashboardState({ ...SOURCES, metrics, ...overrides });
}

describe('the state of the view', () => {
  test('what was not measured is absent, not zero', () => {
    const { now, latency, sparsity, hotNeurons } = stateOf(new MetricsStore(), { model: undefined });
    expect(now).toEqual({});
    expect(latency).toEqual({ samples: 0, recent: [], reusedTokens: 0, computedTokens: 0 });
    expect(sparsity).toEqual({
      steps: { dense: 0, exact: 0, predicted: 0 },
      passes: 0,
      tokens: 0,
      strip: { layers: 0, steps: 0, computed: '', active: '' },
    });
    expect(hotNeurons).toBeUndefined();
  });

  test('says nothing of a model that is not loaded', () => {
    expect(stateOf(new MetricsStore(), { model: undefined }).model).toBeUndefined();
  });

  test('shows the model without where its file is', () => {
    const { model } = stateOf(new MetricsStore());
    expect(model).toMatchObject({ name: 'fake', isa: 'portable', backend: 'CPU', layers: 12, neuronsPerLayer: 3584 });
    expect(JSON.stringify(model)).not.toContain('/models');
  });

  test('memory is what the worker said', () => {
    const { now } = stateOf(new MetricsStore(), { residentBytes: 123_456 });
    expect(now).toEqual({ residentBytes: 123_456, kvBytes: FAKE_MODEL.kvBytes });
  });

  test('the numbers equal those that the runtime reported', () => {
    const metrics = new MetricsStore();
    const timings = { queueMs: 3, tokenizeMs: 1, prefillMs: 20, decodeMs: 50, promptTokens: 200, reusedTokens: 150, generatedTokens: 4 };
    const results = [measured('a b c', { timings })];
    metrics.recordRun(results);
    metrics.recordSuggestion(80, results);
    metrics.recordShown(false);
    metrics.recordShadowCheck({ requestId: 'r', everyN: 8, positions: 4, neuronRecall: [0.9, 0.8], massRecall: [0.99, 0.98] });
    const { now, latency, sparsity } = stateOf(metrics);
    expect(now).toMatchObject({ firstTokenMs: 24, tokensPerSecond: 80 });
    expect(latency).toMatchObject({ samples: 1, p50Ms: 80, p95Ms: 80, p99Ms: 80, reusedTokens: 150, computedTokens: 50 });
    expect(latency.recent).toEqual([
      {
        mode: 'predicted',
        queueMs: 3,
        prefillMs: 20,
        decodeMs: 50,
        otherMs: 7,
        reusedTokens: 150,
        computedTokens: 50,
        generatedTokens: 4,
        decodedTokens: 4,
      },
    ]);
    expect(sparsity).toMatchObject({
      steps: { dense: 0, exact: 0, predicted: 4 },
      passes: 4,
      tokens: 4,
      computedShare: 0.4,
      predictedShare: 0.2,
      activeShare: 0.05,
      recall: { positions: 4, neuronRecall: [0.9, 0.8], massRecall: [0.99, 0.98] },
      bytesPerToken: { attentionBytes: 0, predictorBytes: 0, feedForwardBytes: 100, headBytes: 0 },
      phasesPerToken: { attentionMs: 1, predictorMs: 0.25, feedForwardMs: 0.75, headMs: 0.25, samplingMs: 0.25 },
      denseBytesPerToken: FAKE_MODEL.denseBytesPerToken,
    });
    const { strip } = sparsity;
    expect([...Buffer.from(strip.computed, 'base64')]).toEqual(Array.from({ length: LAYERS * 4 }, () => 102));
    expect([...Buffer.from(strip.active, 'base64')]).toEqual(Array.from({ length: LAYERS * 4 }, () => 13));
  });

  test('hot neurons are shown once a token was counted', () => {
    const activity = { tokens: 0, hotShare: 0, hotShares: [0, 0] };
    expect(stateOf(new MetricsStore(), { activity }).hotNeurons).toBeUndefined();
    const counted = { tokens: 9, hotShare: 0.2, hotShares: [0.1, 0.3] };
    expect(stateOf(new MetricsStore(), { activity: counted }).hotNeurons).toEqual({
      tokens: 9,
      overallShare: 0.2,
      layerShares: [0.1, 0.3],
      placement: 'All neurons on the CPU',
    });
  });

  test('the most frequent reasons for silence come with their sentences', () => {
    const metrics = new MetricsStore();
    for (let reason = 0; reason < 20; reason++) {
      for (let times = 0; times <= reason; times++) metrics.recordSilence(`r${reason}`);
    }
    const { silences } = stateOf(metrics).usefulness;
    expect(silences).toHaveLength(SILENCE_REASONS);
    expect(silences[0]).toEqual({ reason: 'r19', sentence: 'Because of r19.', count: 20 });
  });

  test('10,000 requests leave a state of the same size as a few hundred', () => {
    const metrics = new MetricsStore();
    const record = (count: number): number => {
      for (let request = 0; request < count; request++) {
        const results = [measured('a b c', { steps: 64, timings: { queueMs: 1, decodeMs: 10 } })];
        metrics.recordRun(results);
        metrics.recordSuggestion(20, results);
        metrics.recordShown(false);
        metrics.recordAccepted(5, false);
        metrics.recordSilence(`reason ${request % 5}`);
        metrics.recordShadowCheck({ requestId: 'r', everyN: 8, positions: 1, neuronRecall: [1, 1], massRecall: [1, 1] });
      }
      return JSON.stringify({ ...stateOf(metrics), usefulness: undefined }).length;
    };
    const full = record(300);
    expect(Math.abs(record(10_000) - full)).toBeLessThan(100);
    expect(stateOf(metrics).latency.recent).toHaveLength(LATENCY_BARS);
    expect(stateOf(metrics).usefulness.accepted).toBe(10_300);
  });
});

describe('the export', () => {
  const AT = '2026-01-02T03:04:05.000Z';

  test('is versioned and holds the figures of the state', () => {
    const metrics = new MetricsStore();
    metrics.recordSuggestion(80, [measured('a')]);
    const state = stateOf(metrics);
    const exported = metricsExport(state, AT);
    expect(exported).toMatchObject({ format: 'bamboo-metrics', version: 1, exportedAt: AT, engine: { kind: 'ready', restarts: 0 } });
    expect(exported.latency).toEqual(state.latency);
    expect(exported.sparsity).toEqual(state.sparsity);
    expect(exported.usefulness).toEqual(state.usefulness);
    expect(JSON.parse(JSON.stringify(exported))).toEqual(exported);
  });

  test('holds no code, no paths and no messages', () => {
    const side = { text: 'secretCode()', firstTokenMs: 1, decodeMs: 2, generatedTokens: 3, decodedTokens: 2, bytesPerToken: 4 };
    const comparison = {
      kind: 'done',
      path: 'src/private.ts',
      runs: 5,
      dense: { mode: 'dense', ...side },
      sparse: { mode: 'exact', ...side },
      sameText: true,
    } as const;
    const engine = { kind: 'failed', error: { code: 'bad-magic', message: 'Not a model: /home/me/x.gguf' }, restarts: 1 } as const;
    const model = { ...FAKE_MODEL, name: '/home/me/models/private.gguf' };
    const json = JSON.stringify(metricsExport(stateOf(new MetricsStore(), { comparison, engine, model }), AT));
    for (const secret of ['secretCode', 'private.ts', '/home', '/models', 'Not a model']) expect(json).not.toContain(secret);
    expect(JSON.parse(json)).toMatchObject({
      engine: { kind: 'failed', errorCode: 'bad-magic', restarts: 1 },
      model: { name: 'private.gguf' },
      comparison: { kind: 'done', runs: 5, dense: { mode: 'dense', decodeMs: 2, decodedTokens: 2 }, sameText: true },
    });
  });
});
