/**
 * Whether a message from the extension host is one that this view can draw: the whole shape, finite numbers, bounded lists and texts.
 * What is refused here is dropped by the connection; nothing behind this guard checks again.
 */
import {
  LATENCY_BARS,
  SILENCE_REASONS,
  SPARSITY_SWITCHES,
  type ComparisonSide,
  type DashboardComparison,
  type DashboardEngine,
  type DashboardHotNeurons,
  type DashboardLatency,
  type DashboardMode,
  type DashboardModel,
  type DashboardNow,
  type DashboardSparsity,
  type DashboardState,
  type DashboardStrip,
  type DashboardToView,
  type DashboardUsefulness,
  type LatencyBar,
  type SilenceCount,
} from '../../protocol/dashboard';
import { FFN_MODES, MODE_CHOICES, type EngineErrorData } from '../../protocol/engineProtocol';
import { MAX_LAYERS, type PhaseBytes, type PhaseTimes, type StepsByMode } from '../../protocol/metrics';
import { amount, both, byKind, flag, list, oneOf, optional, shape, share, text, wholeUpTo, type Check } from './checkers';

const MAX_STRIP_STEPS = 1024;
const name = text(500);
const sentence = text(4000);
const filePath = text(4096);
const completion = text(100_000);
const perLayer = list(share, MAX_LAYERS);
const ffnMode = oneOf(FFN_MODES);

const engine = shape<DashboardEngine>({
  kind: oneOf(['starting', 'ready', 'restarting', 'stopped', 'failed']),
  error: optional(shape<EngineErrorData>({ code: name, message: sentence })),
  restarts: amount,
});

const model = shape<DashboardModel>({
  name,
  parameterCount: amount,
  fileBytes: amount,
  contextLength: amount,
  threads: amount,
  backend: name,
  isa: name,
  layers: amount,
  neuronsPerLayer: amount,
});

const mode = shape<DashboardMode>({
  chosen: oneOf(SPARSITY_SWITCHES),
  strategy: oneOf(MODE_CHOICES),
  effective: ffnMode,
  reason: sentence,
});

const now = shape<DashboardNow>({
  tokensPerSecond: optional(amount),
  firstTokenMs: optional(amount),
  residentBytes: optional(amount),
  kvBytes: optional(amount),
  vramBytes: optional(amount),
});

const latencyBar = shape<LatencyBar>({
  mode: ffnMode,
  queueMs: amount,
  prefillMs: amount,
  decodeMs: amount,
  otherMs: amount,
  reusedTokens: amount,
  computedTokens: amount,
  generatedTokens: amount,
  decodedTokens: amount,
});

const latency = shape<DashboardLatency>({
  samples: amount,
  p50Ms: optional(amount),
  p95Ms: optional(amount),
  p99Ms: optional(amount),
  recent: list(latencyBar, LATENCY_BARS),
  reusedTokens: amount,
  computedTokens: amount,
});

/** Base64 of exactly as many bytes as there are cells. */
const filledStrip: Check = (value) => {
  const { layers, steps, computed, active } = value as DashboardStrip;
  const characters = 4 * Math.ceil((layers * steps) / 3);
  const bytes = [computed, active].map((cells) => (cells.length * 3) / 4 - (/=*$/.exec(cells)?.[0].length ?? 0));
  return computed.length === characters && active.length === characters && bytes.every((count) => count === layers * steps);
};
const base64: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
const strip = both(
  shape<DashboardStrip>({ layers: wholeUpTo(MAX_LAYERS), steps: wholeUpTo(MAX_STRIP_STEPS), computed: base64, active: base64 }),
  filledStrip,
);

const sparsity = shape<DashboardSparsity>({
  steps: shape<StepsByMode>({ dense: amount, exact: amount, predicted: amount }),
  passes: amount,
  tokens: amount,
  computedShare: optional(share),
  predictedShare: optional(share),
  activeShare: optional(share),
  recall: optional(shape<NonNullable<DashboardSparsity['recall']>>({ positions: amount, neuronRecall: perLayer, massRecall: perLayer })),
  strip,
  bytesPerToken: optional(
    shape<PhaseBytes>({ attentionBytes: amount, predictorBytes: amount, feedForwardBytes: amount, headBytes: amount }),
  ),
  phasesPerToken: optional(
    shape<PhaseTimes>({ attentionMs: amount, predictorMs: amount, feedForwardMs: amount, headMs: amount, samplingMs: amount }),
  ),
  denseBytesPerToken: optional(amount),
});

const hotNeurons = shape<DashboardHotNeurons>({ tokens: amount, overallShare: share, layerShares: perLayer, placement: sentence });

const usefulness = shape<DashboardUsefulness>({
  shown: amount,
  shownFromCache: amount,
  accepted: amount,
  partlyAccepted: amount,
  charactersSaved: amount,
  silences: list(shape<SilenceCount>({ reason: name, sentence, count: amount }), SILENCE_REASONS),
});

const side = shape<ComparisonSide>({
  mode: ffnMode,
  text: completion,
  firstTokenMs: amount,
  decodeMs: amount,
  generatedTokens: amount,
  decodedTokens: amount,
  bytesPerToken: amount,
});

type Comparison<Kind extends DashboardComparison['kind']> = Omit<Extract<DashboardComparison, { kind: Kind }>, 'kind'>;

const comparison = byKind(
  new Map([
    ['none', () => true],
    ['running', shape<Comparison<'running'>>({ done: amount, total: amount })],
    ['failed', shape<Comparison<'failed'>>({ message: sentence })],
    ['done', shape<Comparison<'done'>>({ path: filePath, runs: amount, dense: side, sparse: side, sameText: flag })],
  ]),
);

const state = shape<DashboardState>({
  engine,
  model: optional(model),
  mode,
  now,
  latency,
  sparsity,
  hotNeurons: optional(hotNeurons),
  usefulness,
  comparison,
});

const toView = shape<DashboardToView>({ type: oneOf(['state']), state });

export function isDashboardToView(message: unknown): message is DashboardToView {
  return toView(message);
}
