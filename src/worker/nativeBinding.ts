/**
 * The whole native surface as one TypeScript type, and the only place that casts it.
 * Loaded in the worker and the CLI only: the extension host never loads native code.
 */
import { createRequire } from 'node:module';
import type { Metadata } from '../model/modelMetadata';
import type { FfnMode, KvType } from '../protocol/engineProtocol';
import type { LayerCounts, PhaseBytes, PhaseTimes, StepsByMode } from '../protocol/metrics';

export interface NativeEngineOptions {
  modelPath: string;
  /** 0 = physical cores */
  threads: number;
  /** 0 = trained context, at most 4096 */
  contextLength: number;
  /** Element type of the KV cache; default: 'f16'. */
  kvType?: KvType;
}

export interface NativeModelInfo {
  name: string;
  architecture: string;
  fileBytes: number;
  parameterCount: number;
  contextLength: number;
  trainedContextLength: number;
  vocabSize: number;
  layerCount: number;
  modelWidth: number;
  ffnWidth: number;
  threads: number;
  isa: string;
  loadMs: number;
  /** The mode 'predicted' is possible. */
  hasPredictors: boolean;
  /** Its gate is a ReLU; false for SiLU, which computes every neuron in every mode. */
  hasSilentNeurons: boolean;
  /** Weight bytes one decoded token reads at most (every neuron computed). */
  denseBytesPerToken: number;
  /** Allocated for keys and values. */
  kvBytes: number;
}

export interface NativeGenerateParams {
  promptTokens: Int32Array;
  maxTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  repetitionPenalty: number;
  seed: number;
  stopTokens: Int32Array;
  stopStrings: Uint8Array[]; // UTF-8
  /** Default: 'exact'. 'predicted' needs a file with predictors. */
  mode?: FfnMode;
  /** Tokens that prompt lookup may guess ahead of a decode step, 0 = off, at most 15; changes the time, never the output. Default: the library's. */
  maxDraftTokens?: number;
}

export interface NativeTokenBatch {
  ids: Int32Array;
  logProbs: Float32Array;
  /** UTF-8 of the tokens of this batch that are safe to show: bytes that might begin a stop string are held back. */
  bytes: Uint8Array;
}

export interface NativeGenerateResult {
  stopReason: 'end-token' | 'stop-string' | 'max-tokens' | 'context-full' | 'cancelled';
  promptTokens: number;
  reusedTokens: number;
  generatedTokens: number;
  prefillMs: number;
  decodeMs: number;
  /** Weight and KV bytes read while decoding, over all generated tokens. */
  decodeBytes: number;
  /** Tokens guessed by prompt lookup, and how many of them were right. */
  draftedTokens: number;
  acceptedTokens: number;
  /** Share of feed-forward neurons computed because they were predicted, 0..1; 0 in other modes. */
  predictedShare: number;
  /** Share of feed-forward neurons with a non-zero activation while decoding, 0..1. */
  activeShare: number;
  metrics: NativeGenerateMetrics;
}

export interface NativeGenerateMetrics {
  prefill: PhaseTimes;
  decode: PhaseTimes;
  bytes: PhaseBytes;
  steps: StepsByMode;
  layers: LayerCounts;
  /** Of the newest steps: one byte a layer, round(255 × share), step after step, oldest first. */
  trace: { steps: number; computed: Uint8Array; active: Uint8Array };
}

export interface NativeProbeParams {
  tokens: Int32Array;
  /** Tokens before it are prefilled, the others go through the decode path. */
  first: number;
  /** Every how many decoded tokens are compared with dense mode. */
  every: number;
  /** Mode of the decode path: errors of 'predicted' compound as they do when generating. */
  mode: FfnMode;
}

/** What dense mode would have computed in one layer over the probed tokens, and what its predictor said. */
export interface NativeLayerProbe {
  gateRowBytes: number;
  upRowBytes: number;
  /** 0 where down is stored by output row. */
  downRowBytes: number;
  /** 0 without a predictor. */
  predictorBytes: number;
  positions: number;
  /** Sums over the probed tokens of neurons whose gate, up, or both are positive. */
  gateFires: number;
  upFires: number;
  active: number;
  /** Neurons whose score reaches the threshold, and those of them that are active. */
  predicted: number;
  hits: number;
  /** Sum of |activation| · ‖down row‖ over all active neurons, and over the hits. */
  mass: number;
  hitMass: number;
  /** [bins, 4] by score, ascending: neurons, gate fires, active, mass; empty without a predictor. Edges: scoreBinEdges(). */
  bins: Float64Array;
}

/** How predicted mode treats one layer. */
export interface NativeLayerPolicy {
  mode: FfnMode;
  threshold: number;
  /** Compute up before gate (dReLU only): better where up fires less often. */
  upFirst: boolean;
}

/** Over the decode steps since the model was loaded. */
export interface NativeNeuronActivity {
  steps: number;
  /** [layers, neurons of a layer]: steps in which the neuron was not zero. */
  active: Uint32Array;
}

export interface NativeEngine {
  readonly info: NativeModelInfo;
  /** The UTF-8 bytes of every token, needed for text and stop strings: concatenated, with vocabSize + 1 offsets. */
  setVocabulary(bytes: Uint8Array, offsets: Uint32Array): void;
  /** One at a time. onTokens is called on the JavaScript thread, in order, before the promise settles. */
  generate(params: NativeGenerateParams, onTokens: (batch: NativeTokenBatch) => void): Promise<NativeGenerateResult>;
  /** Ends the running generate within one layer's work; it resolves with stopReason 'cancelled'. */
  cancel(): void;
  /** The mode of the running generate from its next token on. Throws invalid-argument for a mode that the model lacks. */
  setMode(mode: FfnMode): void;
  /** While paused, the running generate waits within one layer's work, and a new one before it begins; cancel() wakes it. */
  setPaused(paused: boolean): void;
  /** Also while a request runs. */
  neuronActivity(): NativeNeuronActivity;
  /** float32 logits [n_tokens, vocab_size], row-major, computed on a fresh KV cache. */
  logits(tokens: Int32Array, chunkSize: number, mode?: FfnMode): Promise<Float32Array>;
  /** Decodes tokens[first..] and compares every so many of them with dense mode. cancel() ends it early with what it has. */
  probe(params: NativeProbeParams): Promise<NativeLayerProbe[]>;
  /** One entry a layer; takes effect at the next request. */
  setPolicy(policy: readonly NativeLayerPolicy[]): void;
  /** Forgets the KV cache. */
  reset(): void;
  dispose(): void;
}

export interface NativeConvertOptions {
  /** Folder with model.safetensors, config.json and, for predictors, predictors.safetensors. */
  input: string;
  output: string;
  format: 'bamboo' | 'powerinfer';
  /** Tensor type of attention, embedding and predictors, and of the feed-forward matrices: f32 f16 bf16 q8_0 q5_0 q4_0. */
  attentionType: string;
  embeddingType: string;
  ffnType: string;
  predictorType: string;
  name: string;
}

export interface NativeTensorSummary {
  name: string;
  type: string;
  shape: number[];
  bytes: number;
}

export interface NativeFileSummary {
  magic: string;
  version: number;
  fileBytes: number;
  /** Metadata values; arrays longer than 16 are named "[type; length]", strings longer than 4096 bytes "[string of N bytes]". */
  metadata: Record<string, string | number | boolean | (string | number | boolean)[]>;
  tensors: NativeTensorSummary[];
}

export interface NativeBinding {
  readonly version: string;
  /** The instruction set the kernels were compiled for and chosen at load. Throws unknown-isa / unsupported-isa. */
  isa(): string;
  load(options: NativeEngineOptions): Promise<NativeEngine>;
  /** Lower edges of the score bins of a probe, ascending. */
  scoreBinEdges(): Float32Array;
  inspect(path: string): NativeFileSummary;
  /** What load() would say of the file, with 0 for what depends on its options; throws what load() would throw for the file. */
  describe(path: string): NativeModelInfo;
  /** The metadata whose keys begin with `prefix`, in full. */
  readMetadata(path: string, prefix: string): Metadata;
  convert(options: NativeConvertOptions, onProgress: (line: string) => void): void;
  /** Read bandwidth of main memory in bytes per second with the given number of threads (a STREAM-like sum over 1 GiB). */
  measureReadBandwidth(threads: number): number;
}

/** Loads the addon. Errors thrown by the addon carry a `code` from protocol/errorCodes. */
export function loadNativeBinding(addonPath: string): NativeBinding {
  const require = createRequire(__filename);
  return require(addonPath) as NativeBinding;
}
