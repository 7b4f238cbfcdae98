/**
 * What a request measured about itself, from the native library to whoever shows it.
 * Types only, like the rest of this folder: units stand last in the names, "per layer" means one entry a layer.
 */

/** Together the phases cover the whole of a prefill or of the decode steps. */
export interface PhaseTimes {
  /** With its norm, the KV cache and both projections. */
  readonly attentionMs: number;
  readonly predictorMs: number;
  /** With its norm. */
  readonly feedForwardMs: number;
  /** The last norm and the logits. */
  readonly headMs: number;
  /** And handing the token on. */
  readonly samplingMs: number;
}

/** Weights, keys and values read. */
export interface PhaseBytes {
  readonly attentionBytes: number;
  readonly predictorBytes: number;
  readonly feedForwardBytes: number;
  readonly headBytes: number;
}

/** Tokens that went through the decode path, by the mode they ran in: it may change between two tokens. */
export interface StepsByMode {
  readonly dense: number;
  readonly exact: number;
  readonly predicted: number;
}

/** Neurons per layer, added up over the decode steps. Each is at most the number of steps times `neuronsPerLayer`. */
export interface LayerCounts {
  /** Rows of the gate that were read: all of them in dense and exact mode. */
  readonly gateRows: readonly number[];
  /** Of those, read because the predictor asked; 0 in the other modes. */
  readonly predictedRows: readonly number[];
  readonly upRows: readonly number[];
  /** With a non-zero activation. */
  readonly activeNeurons: readonly number[];
}

/**
 * The newest decode steps as a picture, layer by token: base64 of one byte a layer, round(255 × share), step after step, oldest first.
 * At most TRACE_STEPS steps.
 */
export interface LayerTrace {
  readonly steps: number;
  /** Share of the gate's rows that were read. */
  readonly computed: string;
  readonly active: string;
}

export interface PrefillMetrics {
  readonly computedTokens: number;
  /** Their keys and values came from the cache. */
  readonly reusedTokens: number;
  readonly phases: PhaseTimes;
}

export interface DecodeMetrics {
  readonly steps: StepsByMode;
  readonly phases: PhaseTimes;
  readonly bytes: PhaseBytes;
  readonly neuronsPerLayer: number;
  readonly layers: LayerCounts;
  readonly trace: LayerTrace;
}

export interface GenerateMetrics {
  readonly prefill: PrefillMetrics;
  readonly decode: DecodeMetrics;
}

/**
 * What predicted mode left out of a request, found out afterwards in idle time: at some of its tokens every neuron was computed beside those predicted.
 * Both figures are per layer, 0..1, over the probed positions.
 */
export interface ShadowCheck {
  readonly requestId: string;
  /** Every how many tokens one was probed. */
  readonly everyN: number;
  /** Probed positions; fewer than asked for when a new request came in between. */
  readonly positions: number;
  /** Of the neurons that would have been active, the share that was predicted. */
  readonly neuronRecall: readonly number[];
  /** Of Σ |activation| · ‖row of down‖ over those neurons, the share that was predicted. */
  readonly massRecall: readonly number[];
}

/** How the activations of decode steps spread over the neurons since the model was loaded. */
export interface NeuronActivity {
  /** Decode steps counted. */
  readonly tokens: number;
  /** The smallest share of a layer's neurons that produced 80 % of its activations, 0..1 per layer; all 0 before the first token. */
  readonly hotShares: readonly number[];
  /** The same over all layers together. */
  readonly hotShare: number;
}

export const TRACE_STEPS = 64;
/** More layers than any model has; both ends refuse longer lists. */
export const MAX_LAYERS = 1024;
