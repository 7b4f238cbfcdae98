/**
 * The backend over the native library: prompt parts become tokens, names of stop tokens become ids, bytes become text.
 * It runs one generate call at a time; the request queue in front of it sees to that.
 */
import { loadTokenizer, requireSpecialToken, type Tokenizer } from '../../model/tokenizer';
import { tokenizerPathOf } from '../../model/modelLocator';
import { autoModeOf, modesOf, resolveMode } from '../../model/sparsityMode';
import { cancelledResult } from '../../protocol/cancelledResult';
import { EngineError } from '../../protocol/engineError';
import type {
  FfnMode,
  GenerateRequest,
  GenerateResult,
  LoadModelParams,
  ModeChoice,
  ModelDescription,
  PromptPart,
  TokensNotification,
} from '../../protocol/engineProtocol';
import type { NativeBinding, NativeEngine, NativeGenerateParams, NativeGenerateResult, NativeModelInfo } from '../nativeBinding';
import { fitPrompt, type EncodedPart } from '../promptFit';
import { modelNotLoaded } from '../workerErrors';
import type { Backend, ShadowFindings, TokenSequence } from './backend';
import { metricsOf } from './nativeMetrics';
import { probeSequence } from './shadowProbe';
import { TokenStream } from './tokenStream';

interface LoadedModel {
  readonly engine: NativeEngine;
  readonly tokenizer: Tokenizer;
}

const NO_TOKENS: TokenSequence = { ids: new Int32Array(), promptLength: 0 };

export class NativeBackend implements Backend {
  private model: LoadedModel | undefined;
  /** For requests that name no mode. */
  private sessionMode: ModeChoice = 'auto';
  /** Of the request that runs. */
  private runningMode: FfnMode = 'dense';
  private last = NO_TOKENS;

  /** `loadBinding` is called at the first load, so that a library that does not fit this machine is a typed failure of loadModel. */
  constructor(
    private readonly loadBinding: () => NativeBinding,
    private readonly nowMs: () => number,
  ) {}

  async loadModel(params: LoadModelParams): Promise<ModelDescription> {
    await this.dispose();
    const engine = await this.loadBinding().load({ ...params });
    try {
      const tokenizer = await loadTokenizer(tokenizerPathOf(params.modelPath));
      const { bytes, offsets } = tokenizer.byteTable(engine.info.vocabSize);
      engine.setVocabulary(bytes, offsets);
      this.model = { engine, tokenizer };
      this.sessionMode = 'auto';
    } catch (error) {
      engine.dispose();
      throw error;
    }
    return describe(engine.info, params.modelPath);
  }

  async generate(request: GenerateRequest, onTokens: (tokens: TokensNotification) => void, signal: AbortSignal): Promise<GenerateResult> {
    const { engine, tokenizer } = this.requireModel();
    const startedAtMs = this.nowMs();
    const mode = resolveMode(request.mode ?? this.sessionMode, engine.info);
    const params = { ...nativeParams(request, tokenizer, engine.info.contextLength), mode };
    const tokenizeMs = this.nowMs() - startedAtMs;
    if (signal.aborted) {
      return cancelledResult(request.requestId, 0);
    }
    const stream = new TokenStream(request.requestId, (tokens) => {
      if (!signal.aborted) {
        onTokens(tokens);
      }
    });
    const cancel = (): void => engine.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    this.runningMode = mode;
    try {
      const native = await engine.generate(params, (batch) => stream.append(batch));
      const collected = stream.collected();
      this.last = sequenceOf(
        params.promptTokens,
        collected.tokens.map((token) => token.id),
      );
      const metrics = metricsOf(native, engine.info.ffnWidth);
      return { requestId: request.requestId, ...collected, ...outcomeOf(native, tokenizeMs), mode: this.runningMode, metrics };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  setMode(choice: ModeChoice): FfnMode {
    const { engine } = this.requireModel();
    const mode = resolveMode(choice, engine.info);
    engine.setMode(mode);
    this.sessionMode = choice;
    this.runningMode = mode;
    return mode;
  }

  lastSequence(): TokenSequence {
    return this.last;
  }

  async probe(sequence: TokenSequence, everyN: number, signal: AbortSignal): Promise<ShadowFindings> {
    const { engine } = this.requireModel();
    if (engine.probe === undefined || !engine.info.hasPredictors) {
      return undefined;
    }
    const probe = engine.probe.bind(engine);
    const cancel = (): void => engine.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await probeSequence(probe, sequence, everyN, signal);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  dispose(): Promise<void> {
    this.model?.engine.dispose();
    this.model = undefined;
    this.last = NO_TOKENS;
    return Promise.resolve();
  }

  private requireModel(): LoadedModel {
    if (this.model === undefined) {
      throw modelNotLoaded();
    }
    return this.model;
  }
}

function describe(info: NativeModelInfo, modelPath: string): ModelDescription {
  const { name, architecture, fileBytes, parameterCount, contextLength, vocabSize, threads, isa, loadMs } = info;
  const auto = autoModeOf(info);
  return {
    ...{ name, architecture, modelPath, fileBytes, parameterCount, contextLength, vocabSize, threads, isa, loadMs },
    modes: modesOf(info),
    autoMode: auto.mode,
    autoModeReason: auto.reason,
  };
}

function sequenceOf(prompt: Int32Array, answer: readonly number[]): TokenSequence {
  const ids = new Int32Array(prompt.length + answer.length);
  ids.set(prompt);
  ids.set(answer, prompt.length);
  return { ids, promptLength: prompt.length };
}

function outcomeOf(native: NativeGenerateResult, tokenizeMs: number): Pick<GenerateResult, 'stopReason' | 'timings'> {
  const { stopReason, prefillMs, decodeMs, promptTokens, reusedTokens, generatedTokens } = native;
  return { stopReason, timings: { queueMs: 0, tokenizeMs, prefillMs, decodeMs, promptTokens, reusedTokens, generatedTokens } };
}

function nativeParams(request: GenerateRequest, tokenizer: Tokenizer, contextLength: number): Omit<NativeGenerateParams, 'mode'> {
  const parts = request.prompt.map((part) => encodePart(part, tokenizer));
  const promptTokens = fitPrompt(parts, promptLimit(request, contextLength));
  if (promptTokens.length === 0) {
    throw new EngineError('invalid-request', 'The prompt is empty. Send at least one token.');
  }
  const encoder = new TextEncoder();
  return {
    ...request.sampling,
    promptTokens,
    maxTokens: request.maxTokens,
    stopTokens: Int32Array.from(request.stop.tokens, (name) => requireSpecialToken(tokenizer, name)),
    stopStrings: request.stop.strings.map((text) => encoder.encode(text)),
  };
}

function encodePart(part: PromptPart, tokenizer: Tokenizer): EncodedPart {
  if (part.kind === 'special') {
    return { ids: [requireSpecialToken(tokenizer, part.token)], trim: undefined };
  }
  return { ids: tokenizer.encode(part.text), trim: part.trim };
}

/** A limit that the request names may leave less room than maxTokens: generation then ends with 'context-full'. */
function promptLimit(request: GenerateRequest, contextLength: number): number {
  if (request.maxPromptTokens > 0) {
    return Math.min(request.maxPromptTokens, contextLength - 1);
  }
  const limit = contextLength - request.maxTokens;
  if (limit < 1) {
    throw new EngineError(
      'context-overflow',
      `${request.maxTokens} new tokens leave no room for a prompt in a context of ${contextLength}. Ask for fewer tokens.`,
    );
  }
  return limit;
}
