/**
 * The messages between the sidebar's sparsity view and the extension host.
 * Types and limits only. The host sends the whole state, at most four times a second and only while the view is visible;
 * the view keeps nothing of its own but what is unfolded.
 */
import type { EngineErrorData, FfnMode, ModeChoice } from './engineProtocol';
import type { PhaseBytes, PhaseTimes, StepsByMode } from './metrics';

/** What the user switches: `bamboo.mode`. Which sparse mode serves is the strategy's matter. */
export type SparsitySwitch = 'sparse' | 'dense';

export const SPARSITY_SWITCHES: readonly SparsitySwitch[] = ['sparse', 'dense'];

export interface DashboardEngine {
  readonly kind: 'starting' | 'ready' | 'restarting' | 'stopped' | 'failed';
  readonly error?: EngineErrorData;
  readonly restarts: number;
}

export interface DashboardModel {
  readonly name: string;
  readonly parameterCount: number;
  readonly fileBytes: number;
  readonly contextLength: number;
  readonly threads: number;
  /** Where it computes, e.g. "CPU". */
  readonly backend: string;
  readonly isa: string;
  readonly layers: number;
  readonly neuronsPerLayer: number;
}

export interface DashboardMode {
  readonly chosen: SparsitySwitch;
  readonly strategy: ModeChoice;
  /** The mode that the next token runs in. */
  readonly effective: FfnMode;
  /** Why, in one sentence. */
  readonly reason: string;
}

export interface DashboardNow {
  readonly tokensPerSecond?: number;
  /** Of the newest request that ran the model: queue, tokenizer and prefill. */
  readonly firstTokenMs?: number;
  readonly residentBytes?: number;
  readonly kvBytes?: number;
  /** Absent without a GPU. */
  readonly vramBytes?: number;
}

/** One completion that ran the model; times in milliseconds, together the whole of it. */
export interface LatencyBar {
  readonly mode: FfnMode;
  readonly queueMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  /** Tokenizing, messages between processes, cleaning the text. */
  readonly otherMs: number;
  readonly reusedTokens: number;
  readonly computedTokens: number;
  readonly generatedTokens: number;
  /** Of those, the tokens that decodeMs was spent on. */
  readonly decodedTokens: number;
}

export interface DashboardLatency {
  /** Completions that ran the model, over the samples kept. */
  readonly samples: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** Oldest first, at most LATENCY_BARS. */
  readonly recent: readonly LatencyBar[];
  readonly reusedTokens: number;
  readonly computedTokens: number;
}

/** Layers by tokens: base64 of one byte a layer, round(255 × share), step after step, oldest first. */
export interface DashboardStrip {
  readonly layers: number;
  readonly steps: number;
  /** Share of the gate's rows that were read. */
  readonly computed: string;
  readonly active: string;
}

export interface DashboardSparsity {
  /** Decode steps that the shares are taken over, with those of tokens that were guessed ahead and not used. */
  readonly steps: StepsByMode;
  /** Over the weights in these steps; fewer than tokens where guesses were right. */
  readonly passes: number;
  /** Tokens that the steps gave: what bytes and times are means over. */
  readonly tokens: number;
  /** Means over all layers and the steps kept, 0..1. */
  readonly computedShare?: number;
  readonly predictedShare?: number;
  readonly activeShare?: number;
  /** From shadow checks, over the probed positions, 0..1. */
  readonly recall?: { readonly positions: number; readonly neuronRecall: readonly number[]; readonly massRecall: readonly number[] };
  readonly strip: DashboardStrip;
  readonly bytesPerToken?: PhaseBytes;
  readonly phasesPerToken?: PhaseTimes;
  /** Of one pass over the weights. */
  readonly denseBytesPerToken?: number;
}

/** Which share of the neurons produces 80 % of the activations, 0..1, since the model was loaded. */
export interface DashboardHotNeurons {
  readonly tokens: number;
  readonly overallShare: number;
  readonly layerShares: readonly number[];
  /** E.g. "All neurons on the CPU". */
  readonly placement: string;
}

export interface SilenceCount {
  readonly reason: string;
  readonly sentence: string;
  readonly count: number;
}

export interface DashboardUsefulness {
  /** Returned to the editor and not cancelled, each once however long it is typed along: an estimate, since VS Code does not say what it showed. */
  readonly shown: number;
  readonly shownFromCache: number;
  readonly accepted: number;
  readonly partlyAccepted: number;
  readonly charactersSaved: number;
  /** Most frequent first, at most SILENCE_REASONS. */
  readonly silences: readonly SilenceCount[];
}

export interface ComparisonSide {
  readonly mode: FfnMode;
  readonly text: string;
  readonly firstTokenMs: number;
  readonly decodeMs: number;
  readonly generatedTokens: number;
  /** Of those, the tokens that decodeMs was spent on. */
  readonly decodedTokens: number;
  readonly bytesPerToken: number;
}

/** The same prompt, dense and sparse, in turns; the figures of a side are medians over its runs. */
export type DashboardComparison =
  | { readonly kind: 'none' }
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'failed'; readonly message: string }
  | {
      readonly kind: 'done';
      readonly path: string;
      readonly runs: number;
      readonly dense: ComparisonSide;
      readonly sparse: ComparisonSide;
      readonly sameText: boolean;
    };

export interface DashboardState {
  readonly engine: DashboardEngine;
  readonly model?: DashboardModel;
  readonly mode: DashboardMode;
  readonly now: DashboardNow;
  readonly latency: DashboardLatency;
  readonly sparsity: DashboardSparsity;
  readonly hotNeurons?: DashboardHotNeurons;
  readonly usefulness: DashboardUsefulness;
  readonly comparison: DashboardComparison;
}

export interface DashboardToView {
  readonly type: 'state';
  readonly state: DashboardState;
}

export const DASHBOARD_ACTIONS = ['compare', 'cancelCompare', 'reset', 'export', 'showLog', 'restart', 'settings', 'chooseModel'] as const;

export type DashboardAction = (typeof DASHBOARD_ACTIONS)[number];

export type DashboardToHost =
  /** The view is drawn and wants the state. */
  | { readonly type: 'ready' }
  | { readonly type: 'setMode'; readonly mode: SparsitySwitch }
  | { readonly type: 'action'; readonly action: DashboardAction };

export const LATENCY_BARS = 32;
export const SILENCE_REASONS = 12;
/** The shortest time between two states. */
export const DASHBOARD_INTERVAL_MS = 250;
