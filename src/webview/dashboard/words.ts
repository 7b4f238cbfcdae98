/**
 * Every text of the sparsity view, in one place so that it can be translated later.
 * Numbers come in written already (figures.ts).
 */
import type { DashboardEngine, SparsitySwitch } from '../../protocol/dashboard';
import type { FfnMode } from '../../protocol/engineProtocol';
import type { StepsByMode } from '../../protocol/metrics';
import { formatCount } from './figures';

export const WORDS = {
  title: 'Sparsity and latency',
  loading: 'Loading',
  notMeasured: 'Not measured yet',
  showTable: 'Show as table',
  showChart: 'Show as chart',

  switchLegend: 'Which neurons are computed',
  reasonLabel: 'Now running:',
  pending: 'From the next token on.',
  notRunning: 'Applies as soon as the engine runs.',

  engine: 'Engine',
  noModel: 'No model is loaded.',
  restart: 'Restart',
  start: 'Start',
  showLog: 'Show log',
  chooseModel: 'Choose model',
  tokensPerSecond: 'tokens/s',
  firstToken: 'first token',
  resident: 'memory',
  residentWhy: 'Resident memory of the engine’s process, with the part of the model file that is in memory.',
  kv: 'KV cache',
  vram: 'GPU memory',
  parameters: 'Parameters',
  fileSize: 'File',
  computesOn: 'Runs on',
  shape: 'Layers',
  context: 'Context',

  emptyTitle: 'Nothing measured yet',
  emptyText: 'Type somewhere: the first suggestion fills this view.',

  savings: 'What sparsity saves',
  ranDense: 'The newest completions ran dense. What sparsity saves is shown once one runs sparse.',
  denseBytes: 'Dense would read',
  readBytes: 'Read per token',
  compareNow: 'Compare now',
  comparePrompt: 'How much faster is that on this machine?',

  latency: 'Latency',
  requestsChart: 'Time of the last suggestions, ms',
  meanParts: 'On average',
  speedChart: 'Tokens a second',
  request: 'Suggestion',
  mode: 'Mode',
  total: 'Total',
  queue: 'Queue',
  prefill: 'Prefill',
  decode: 'Decode',
  other: 'Other',
  reused: 'Reused',
  computed: 'Computed',
  generated: 'Generated',
  promptTokens: 'Prompt tokens',
  reusedFromCache: 'Reused from the cache',
  computedAnew: 'Computed anew',
  p50: 'Half of the suggestions were faster than this.',
  p95: '95 of 100 suggestions were faster than this.',
  p99: '99 of 100 suggestions were faster than this.',

  sparsity: 'Sparsity',
  neurons: 'Neurons per token',
  computedShare: 'Computed',
  predictedShare: 'Predicted',
  activeShare: 'Truly active',
  exactNote: 'Exact mode reads the gate of every neuron to find those that fire, and skips the rest of the others.',
  strip: 'Layers by tokens',
  stripLegend: 'Share of the neurons',
  stripComputed: 'Computed',
  stripActive: 'Active',
  layer: 'Layer',
  mean: 'Mean',
  newest: 'Newest token',
  firstLayer: 'first layer',
  lastLayer: 'last layer',
  older: 'older',
  newer: 'newest token',
  recall: 'Shadow check',
  neuronRecall: 'Neurons found',
  massRecall: 'Weight of what they add',
  recallMissing:
    'Not measured yet. In predicted mode some tokens are computed again with every neuron, in idle time, to see what was left out.',
  bytesPerToken: 'Bytes per token',
  timePerToken: 'Time per token',
  attention: 'Attention',
  predictor: 'Predictor',
  feedForward: 'Feed-forward',
  head: 'Output head',
  sampling: 'Sampling',
  part: 'Part',
  amount: 'Amount',
  share: 'Share',

  hotNeurons: 'Hot neurons',
  hotLayers: 'By layer',

  usefulness: 'Usefulness',
  shown: 'shown (estimate)',
  shownWhy:
    'An estimate: VS Code does not tell extensions what it showed. Counted are the suggestions that were returned and not cancelled.',
  accepted: 'accepted',
  partlyAccepted: 'partly accepted',
  charactersSaved: 'characters saved',
  acceptedRate: 'Accepted of those shown (estimate)',
  silences: 'Why nothing was suggested',

  comparison: 'Comparison',
  comparisonIntro:
    'Runs the same prompt, from your own file, dense and sparse in turns. No tokens are guessed ahead, so that only the mode differs.',
  compareAgain: 'Compare again',
  cancel: 'Cancel',
  sameText: 'Both wrote the same text',
  differentText: 'The texts differ',
  noText: 'No text',
  measure: 'Measure',
  decodeSpeed: 'Tokens/s',
  firstTokenTime: 'First token',
  bytesRead: 'Bytes per token',
  tokens: 'Tokens',
  dense: 'Dense',
  sparse: 'Sparse',

  exportJson: 'Export JSON',
  reset: 'Reset',
  settings: 'Settings',
  privacy: 'Everything here stays on this machine.',
} as const;

export const SWITCH_WORDS: Readonly<Record<SparsitySwitch, string>> = { sparse: 'Sparse', dense: 'Dense' };

export const MODE_WORDS: Readonly<Record<FfnMode, string>> = { dense: 'Dense', exact: 'Exact', predicted: 'Predicted' };

export const MODE_MEANINGS: Readonly<Record<FfnMode, string>> = {
  dense: 'every neuron is computed',
  exact: 'skips neurons that do not fire; the same text as dense',
  predicted: 'computes the neurons that its predictors expect; close to dense',
};

export const ENGINE_WORDS: Readonly<Record<DashboardEngine['kind'], string>> = {
  starting: 'Loading the model…',
  ready: 'Ready',
  restarting: 'Restarting…',
  stopped: 'Stopped',
  failed: 'Failed',
};

const plural = (count: number, one: string, many: string): string => `${formatCount(count)} ${count === 1 ? one : many}`;

export const restartsSentence = (restarts: number): string => plural(restarts, 'restart', 'restarts');

export const threadsWords = (threads: number): string => plural(threads, 'thread', 'threads');

export const layersWords = (layers: string, neurons: string): string => `${layers} × ${neurons} neurons`;

export const contextWords = (tokens: string): string => `${tokens} tokens`;

/** Tokens written, and in how many passes where tokens were guessed ahead. */
export const overPasses = (tokens: number, passes: number): string =>
  `Over ${plural(tokens, 'token', 'tokens')}${passes === tokens ? '' : ` in ${plural(passes, 'pass', 'passes')} over the weights; dense is counted with as many`}`;

/** "Over 210 tokens (180 exact, 30 dense), 20 of them guessed ahead and not used"; these were computed too. */
export function overTokens(steps: StepsByMode, wrongGuesses: number): string {
  const parts = (['exact', 'predicted', 'dense'] as const).filter((mode) => steps[mode] > 0);
  const total = parts.reduce((sum, mode) => sum + steps[mode], 0);
  const each = parts.map((mode) => `${formatCount(steps[mode])} ${MODE_WORDS[mode].toLowerCase()}`);
  const wrong = wrongGuesses > 0 ? `, ${formatCount(wrongGuesses)} of them guessed ahead and not used` : '';
  return `Over ${plural(total, 'token', 'tokens')} (${each.join(', ')})${wrong}`;
}

/** A ratio and what it is of; `ratio` is written already. */
export const BYTES_SENTENCES = {
  more: (ratio: string) => ({ figure: ratio, text: 'fewer bytes a token than dense' }),
  same: () => ({ figure: '1×', text: 'as many bytes a token as dense' }),
  less: (ratio: string) => ({ figure: ratio, text: 'more bytes a token than dense' }),
} as const;

export const SPEED_SENTENCES = {
  more: (ratio: string) => ({ figure: ratio, text: 'faster than dense on this machine' }),
  same: () => ({ figure: '1×', text: 'as fast as dense on this machine' }),
  less: (ratio: string) => ({ figure: ratio, text: 'slower than dense on this machine' }),
} as const;

export const overCompletions = (count: number): string => `Over ${plural(count, 'completion', 'completions')} that ran the model`;

export const requestSentence = (index: number, count: number): string =>
  index === count - 1 ? 'Newest' : `${formatCount(count - 1 - index)} earlier`;

/** `drawn`: how many of the newest tokens there is room for. */
export const stripSentence = (part: string, tokens: number, drawn: number, mean: string): string =>
  `${part}: ${mean} on average over ${plural(tokens, 'token', 'tokens')}${drawn < tokens ? `; the newest ${formatCount(drawn)} are drawn` : ''}`;

export const upTo = (share: string): string => `up to ${share}`;

export const cellSentence = (layer: number, tokensAgo: number, share: string): string =>
  `Layer ${formatCount(layer)}, ${tokensAgo === 0 ? 'newest token' : `${plural(tokensAgo, 'token', 'tokens')} before the newest`}: ${share}`;

export const recallPositions = (positions: number): string => `Over ${plural(positions, 'token', 'tokens')} computed again`;

export const weakestLayer = (layer: number, share: string): string => `least in layer ${formatCount(layer)}: ${share}`;

export const hotSentence = (share: string): string => `80 % of the activations come from ${share} of the neurons`;

export const hotTokens = (tokens: number): string => `Over ${plural(tokens, 'token', 'tokens')} since the model was loaded`;

export const fromCache = (count: number): string => `${formatCount(count)} of those shown came from the cache, without the model`;

export const progressSentence = (done: number, total: number): string =>
  `Comparing: run ${formatCount(Math.min(done + 1, total))} of ${formatCount(total)}`;

export const comparedFile = (file: string, runs: number): string => `${file}, median of ${plural(runs, 'run', 'runs')} each`;
