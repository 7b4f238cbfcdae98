/**
 * States as a host would send them, from nothing loaded to everything measured.
 */
import type { DashboardState, LatencyBar } from '../../../src/protocol/dashboard';

const LAYERS = 4;
const STEPS = 6;

/** Layer l of step s has the share (l + 1) × (s + 1) / 255 × scale. */
function strip(scale: number): string {
  const bytes = Array.from({ length: LAYERS * STEPS }, (_, index) => scale * ((index % LAYERS) + 1) * (Math.floor(index / LAYERS) + 1));
  return btoa(String.fromCharCode(...bytes));
}

const bar = (mode: LatencyBar['mode'], decodeMs: number): LatencyBar => ({
  mode,
  queueMs: 1,
  prefillMs: 22,
  decodeMs,
  otherMs: 3,
  reusedTokens: 812,
  computedTokens: 17,
  generatedTokens: 21,
  decodedTokens: 20,
});

export const FULL: DashboardState = {
  engine: { kind: 'ready', restarts: 0 },
  model: {
    name: 'bamboo-nano',
    parameterCount: 105_000_000,
    fileBytes: 64_200_000,
    contextLength: 2048,
    threads: 8,
    backend: 'CPU',
    isa: 'avx512vnni',
    layers: LAYERS,
    neuronsPerLayer: 3584,
  },
  mode: { chosen: 'sparse', strategy: 'auto', effective: 'predicted', reason: 'It meets the fidelity bar on this model.' },
  now: { tokensPerSecond: 104.3, firstTokenMs: 38.2, residentBytes: 212_000_000, kvBytes: 12_600_000, vramBytes: 3_500_000_000 },
  latency: {
    samples: 128,
    p50Ms: 48.3,
    p95Ms: 141,
    p99Ms: 312,
    recent: [bar('dense', 400), bar('predicted', 200)],
    reusedTokens: 84_120,
    computedTokens: 3211,
  },
  sparsity: {
    steps: { dense: 41, exact: 0, predicted: 215 },
    passes: 256,
    tokens: 256,
    computedShare: 0.382,
    predictedShare: 0.361,
    activeShare: 0.124,
    recall: { positions: 48, neuronRecall: [0.95, 0.96, 0.97, 0.98], massRecall: [0.99, 0.981, 0.995, 0.998] },
    strip: { layers: LAYERS, steps: STEPS, computed: strip(5), active: strip(2) },
    bytesPerToken: { attentionBytes: 9_100_000, predictorBytes: 1_600_000, feedForwardBytes: 7_400_000, headBytes: 5_900_000 },
    phasesPerToken: { attentionMs: 1.9, predictorMs: 0.42, feedForwardMs: 4.1, headMs: 1.2, samplingMs: 0.21 },
    denseBytesPerToken: 62_400_000,
  },
  hotNeurons: { tokens: 8123, overallShare: 0.117, layerShares: [0.08, 0.15, 0.12, 0.1], placement: 'All neurons on the CPU' },
  usefulness: {
    shown: 412,
    shownFromCache: 96,
    accepted: 131,
    partlyAccepted: 18,
    charactersSaved: 5230,
    silences: [{ reason: 'empty', sentence: 'The model had nothing to add.', count: 61 }],
  },
  comparison: {
    kind: 'done',
    path: 'src/app.ts',
    runs: 3,
    dense: {
      mode: 'dense',
      text: 'item.enabled);',
      firstTokenMs: 37.9,
      decodeMs: 402,
      generatedTokens: 21,
      decodedTokens: 21,
      bytesPerToken: 62_300_000,
    },
    sparse: {
      mode: 'predicted',
      text: 'item.visible);',
      firstTokenMs: 38.4,
      decodeMs: 196,
      generatedTokens: 21,
      decodedTokens: 21,
      bytesPerToken: 24_100_000,
    },
    sameText: false,
  },
};

const NOTHING_MEASURED = {
  now: {},
  latency: { samples: 0, recent: [], reusedTokens: 0, computedTokens: 0 },
  sparsity: { steps: { dense: 0, exact: 0, predicted: 0 }, passes: 0, tokens: 0, strip: { layers: 0, steps: 0, computed: '', active: '' } },
  usefulness: { shown: 0, shownFromCache: 0, accepted: 0, partlyAccepted: 0, charactersSaved: 0, silences: [] },
  comparison: { kind: 'none' },
} satisfies Partial<DashboardState>;

const { model, hotNeurons: _hotNeurons, ...withoutModelOrHotNeurons } = FULL;

/** The model is loaded and nothing was typed yet. */
export const UNUSED: DashboardState = { ...withoutModelOrHotNeurons, ...(model && { model }), ...NOTHING_MEASURED };

export const STARTING: DashboardState = { ...withoutModelOrHotNeurons, ...NOTHING_MEASURED, engine: { kind: 'starting', restarts: 0 } };

export const FAILED: DashboardState = {
  ...STARTING,
  engine: {
    kind: 'failed',
    restarts: 3,
    error: { code: 'file-not-found', message: 'The model file a.gguf does not exist. Choose another.' },
  },
};

export const DENSE: DashboardState = {
  ...FULL,
  mode: { chosen: 'dense', strategy: 'dense', effective: 'dense', reason: 'Dense was asked for.' },
  sparsity: { ...FULL.sparsity, steps: { dense: 88, exact: 0, predicted: 0 }, passes: 88, tokens: 88 },
  comparison: { kind: 'none' },
};
