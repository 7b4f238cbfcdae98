/**
 * What the worker asks of whatever computes tokens.
 * One interface, several implementations: native now, ONNX and OpenAI-compatible servers later.
 */
import type {
  FfnMode,
  GenerateRequest,
  GenerateResult,
  LoadModelParams,
  ModeChoice,
  ModelDescription,
  ModelFile,
  TokensNotification,
} from '../../protocol/engineProtocol';
import type { NeuronActivity, ShadowCheck } from '../../protocol/metrics';

/** A prompt and its answer as token ids. */
export interface TokenSequence {
  readonly ids: Int32Array;
  readonly promptLength: number;
}

/** What a shadow check found so far; undefined when it looked at no position. */
export type ShadowFindings = Omit<ShadowCheck, 'requestId'> | undefined;

export interface Backend {
  loadModel(params: LoadModelParams): Promise<ModelDescription>;
  /** Resolves with stopReason 'cancelled' soon after the signal aborts. queueMs of the result is filled in by the caller. */
  generate(request: GenerateRequest, onTokens: (tokens: TokensNotification) => void, signal: AbortSignal): Promise<GenerateResult>;
  /** Applies to the request that runs, from its next token on, and to later ones that name no mode. Returns the mode that was meant. */
  setMode(choice: ModeChoice): FfnMode;
  /** While paused, a request waits between any two layers' work, a new one before it begins; it can be cancelled. Holds for models loaded later too. */
  setPaused(paused: boolean): void;
  /** Also while a request runs. */
  neuronActivity(): NeuronActivity;
  /** One count a text, each by itself. */
  countTokens(texts: readonly string[]): readonly number[];
  /** Needs no loaded model. A file that cannot be used is described with its problem, not thrown. */
  inspectFile(modelPath: string): Promise<ModelFile>;
  /** Of the last request. */
  lastSequence(): TokenSequence;
  /**
   * Compares predicted mode with dense at every Nth token of an answer, in slices of one token; undefined when there is nothing to compare.
   * Resolves with what it has soon after the signal aborts. Must not run beside generate.
   */
  probe(sequence: TokenSequence, everyN: number, signal: AbortSignal): Promise<ShadowFindings>;
  dispose(): Promise<void>;
}
