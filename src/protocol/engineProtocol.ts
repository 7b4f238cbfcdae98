/**
 * The messages between the extension host (or the CLI) and the worker process.
 * Types and constants only; this folder imports nothing from outside, both ends import it.
 *
 * Every generate request ends in exactly one answer: a result (finished) or an error (failed).
 * A cancelled request is answered by a result whose stopReason is 'cancelled'.
 */

import type { GenerateMetrics } from './metrics';

export const PROTOCOL_VERSION = 3;

/** JSON-RPC method names. */
export const METHOD = {
  hello: 'hello', // request: HelloParams -> HelloResult
  loadModel: 'loadModel', // request: LoadModelParams -> ModelDescription
  generate: 'generate', // request: GenerateRequest -> GenerateResult
  tokens: 'tokens', // notification worker -> host: TokensNotification
  cancel: 'cancel', // notification host -> worker: CancelParams
  setMode: 'setMode', // request: SetModeParams -> SetModeResult
  setPaused: 'setPaused', // request: SetPausedParams -> {}
  neuronActivity: 'neuronActivity', // request: {} -> NeuronActivity (metrics.ts)
  countTokens: 'countTokens', // request: CountTokensParams -> CountTokensResult
  inspectFile: 'inspectFile', // request: InspectFileParams -> ModelFile
  shadow: 'shadow', // notification worker -> host: ShadowCheck (metrics.ts), in idle time after a request
  ping: 'ping', // request: {} -> PingResult; the heartbeat
  shutdown: 'shutdown', // request: {} -> {}
} as const;

export interface HelloParams {
  readonly protocolVersion: number;
}

export interface HelloResult {
  readonly protocolVersion: number;
  readonly workerVersion: string;
  readonly pid: number;
  readonly nodeVersion: string;
}

export interface LoadModelParams {
  /** Path of a GGUF file. Without a SentencePiece vocabulary in it, tokenizer.json is looked for beside it. */
  readonly modelPath: string;
  /** Compute threads; 0 = number of physical cores. */
  readonly threads: number;
  /** Positions to allocate in the KV cache; 0 = what the model was trained with, at most 4096. */
  readonly contextLength: number;
  /** Element type of the KV cache; default: 'f16'. */
  readonly kvType?: KvType;
}

/**
 * What a model can be asked: 'infilling' models have the bundled model's special tokens around prefix and suffix;
 * 'continuation' models only go on with the text before the cursor.
 */
export type PromptForm = 'infilling' | 'continuation';

export const PROMPT_FORMS: readonly PromptForm[] = ['infilling', 'continuation'];

/** 'q8' is int8 with a scale for each position and head: half the memory of 'f16', with a small loss. */
export type KvType = 'f16' | 'q8';

export const KV_TYPES: readonly KvType[] = ['f16', 'q8'];

export interface ModelDescription {
  readonly name: string;
  readonly architecture: string;
  readonly modelPath: string;
  readonly fileBytes: number;
  readonly parameterCount: number;
  readonly contextLength: number;
  readonly vocabSize: number;
  readonly threads: number;
  readonly isa: string;
  readonly loadMs: number;
  readonly promptForm: PromptForm;
  /** How a conversation becomes a prompt; absent for models that were not trained to chat. */
  readonly chat?: ChatForm;
  /** Memory of the KV cache. */
  readonly kvBytes: number;
  readonly layers: number;
  readonly neuronsPerLayer: number;
  /** Weight bytes that one decoded token reads in dense mode. */
  readonly denseBytesPerToken: number;
  /** The modes that differ on this model. */
  readonly modes: readonly FfnMode[];
  /** What 'auto' means on this model, and why, in one sentence. */
  readonly autoMode: FfnMode;
  readonly autoModeReason: string;
}

export interface ChatForm {
  /** Jinja, as in the model's own file. */
  readonly template: string;
  /** What the template calls bos_token and eos_token; empty where the model has none. */
  readonly beginToken: string;
  readonly endToken: string;
}

/** Text is never parsed for special tokens: those are named explicitly, so a file that contains "<|fim_middle|>" is only text. */
export type PromptPart =
  | {
      readonly kind: 'special';
      readonly token: string;
      /** As of a text. */
      readonly dropRank?: number;
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Which end may be cut, in steps of 64 tokens, when the prompt is longer than maxPromptTokens. Default: it is not cut. */
      readonly trim?: 'start' | 'end';
      /** Before anything is cut, the parts with the highest number are left out together, then those with the next. Default: the part stays. */
      readonly dropRank?: number;
    }
  /** What a chat template wrote around the messages: the one text in which names of special tokens stand for the tokens. */
  | { readonly kind: 'template'; readonly text: string };

export interface SamplingOptions {
  /** 0 = greedy. */
  readonly temperature: number;
  readonly topK: number; // 0 = off
  readonly topP: number; // 1 = off
  readonly minP: number; // 0 = off
  readonly repetitionPenalty: number; // 1 = off
  readonly seed: number;
}

export interface StopOptions {
  /** Generation ends before the first of these strings; the string itself is not part of the text. */
  readonly strings: readonly string[];
  /** Names of special tokens that end generation, besides the one that the model file names. */
  readonly tokens: readonly string[];
}

/** 'exact' skips neurons that do not fire: the same output as 'dense', bit for bit. 'predicted' skips what the model's predictors do not expect. */
export type FfnMode = 'dense' | 'exact' | 'predicted';

export const FFN_MODES: readonly FfnMode[] = ['exact', 'dense', 'predicted'];

/** 'auto': the fastest mode that meets the fidelity bar on the loaded model. */
export type ModeChoice = FfnMode | 'auto';

export const MODE_CHOICES: readonly ModeChoice[] = ['auto', ...FFN_MODES];

export type RequestPriority = 'completion' | 'chat';

export interface GenerateRequest {
  readonly requestId: string;
  /** A newer completion cancels an older one; completions go before chat. */
  readonly priority: RequestPriority;
  /** The token that the model file puts before every text is added where it is missing. */
  readonly prompt: readonly PromptPart[];
  readonly maxTokens: number;
  /** Upper limit of the prompt in tokens; 0 = context length minus maxTokens. */
  readonly maxPromptTokens: number;
  readonly sampling: SamplingOptions;
  readonly stop: StopOptions;
  /** Which feed-forward neurons are computed while decoding; default: what setMode said last, 'auto' before that. */
  readonly mode?: ModeChoice;
  /** Tokens that prompt lookup may guess ahead; 0 = off. Changes the time, never the output. Default: the library's choice. */
  readonly maxDraftTokens?: number;
}

export interface GeneratedToken {
  readonly id: number;
  /** Natural-log probability of the token under the model before sampling filters. */
  readonly logProb: number;
}

export interface TokensNotification {
  readonly requestId: string;
  /** Text added since the last notification; always whole Unicode characters. */
  readonly text: string;
  readonly tokens: readonly GeneratedToken[];
}

export interface CancelParams {
  readonly requestId: string;
}

/** Applies to the request that runs, from its next token on, and to later ones that name no mode. */
export interface SetModeParams {
  readonly mode: ModeChoice;
}

/** While paused, a running request waits within one layer's work, in its prompt too, and a new one before it begins; cancelling works. */
export interface SetPausedParams {
  readonly paused: boolean;
}

export interface CountTokensParams {
  readonly texts: readonly string[];
}

/** One count a text. */
export interface CountTokensResult {
  readonly counts: readonly number[];
}

export interface InspectFileParams {
  readonly modelPath: string;
}

/** dReLU and ReLU models have neurons that do not fire; SiLU ones ('none') compute every neuron in every mode. */
export type SparsityClass = 'dReLU' | 'ReLU' | 'none';

/** What a model file says of itself, read without loading it. */
export interface ModelFile {
  readonly modelPath: string;
  readonly name: string;
  readonly architecture: string;
  readonly fileBytes: number;
  readonly parameterCount: number;
  readonly contextLength: number;
  /** The tensor type of most weights, e.g. "Q4_0". */
  readonly quantization: string;
  readonly sparsity: SparsityClass;
  readonly hasPredictors: boolean;
  readonly canInfill: boolean;
  readonly canChat: boolean;
  /** Why the runtime cannot load it, and what to do. */
  readonly problem?: string;
}

export interface SetModeResult {
  readonly mode: FfnMode;
}

export type StopReason = 'end-token' | 'stop-string' | 'max-tokens' | 'context-full' | 'cancelled';

export interface GenerateTimings {
  /** Waiting behind other requests. */
  readonly queueMs: number;
  readonly tokenizeMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly promptTokens: number;
  /** Prompt tokens whose keys and values came from the cache. */
  readonly reusedTokens: number;
  readonly generatedTokens: number;
  /** Tokens that prompt lookup guessed, and how many of them were right. */
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
}

export interface GenerateResult {
  readonly requestId: string;
  readonly text: string;
  readonly tokens: readonly GeneratedToken[];
  readonly stopReason: StopReason;
  readonly timings: GenerateTimings;
  /** The mode that the request ended in; metrics say how many tokens ran in which. Both are absent when the model never saw the request. */
  readonly mode?: FfnMode;
  readonly metrics?: GenerateMetrics;
}

export interface PingResult {
  readonly residentBytes: number;
}

/** Carried in the data field of a JSON-RPC error. */
export interface EngineErrorData {
  readonly code: string;
  readonly message: string;
}

/** Limits enforced on both ends. */
export const LIMITS = {
  promptBytes: 1_000_000,
  promptParts: 256,
  maxTokens: 4096,
  maxDraftTokens: 15,
  stopStrings: 16,
  stopStringBytes: 256,
  queuedRequests: 16,
  countedTexts: 64,
  chatTemplateChars: 100_000,
} as const;

export const GREEDY: SamplingOptions = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 0,
};

/** The JSON-RPC error number of every EngineErrorData; outside the range that JSON-RPC reserves. */
export const ENGINE_ERROR_NUMBER = 1;
