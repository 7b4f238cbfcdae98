/**
 * The backend over the native library: prompt parts become tokens, names of stop tokens become ids, bytes become text.
 * It runs one generate call at a time; the request queue in front of it sees to that.
 */
import { loadTokenizer, requireSpecialToken, type Tokenizer } from '../../model/tokenizer';
import { tokenizerPathOf } from '../../model/modelLocator';
import { cancelledResult } from '../../protocol/cancelledResult';
import { EngineError } from '../../protocol/engineError';
import type {
  GenerateRequest,
  GenerateResult,
  LoadModelParams,
  ModelDescription,
  PromptPart,
  TokensNotification,
} from '../../protocol/engineProtocol';
import type { NativeBinding, NativeEngine, NativeGenerateParams, NativeGenerateResult } from '../nativeBinding';
import { fitPrompt, type EncodedPart } from '../promptFit';
import { modelNotLoaded } from '../workerErrors';
import type { Backend } from './backend';
import { TokenStream } from './tokenStream';

interface LoadedModel {
  readonly engine: NativeEngine;
  readonly tokenizer: Tokenizer;
}

export class NativeBackend implements Backend {
  private model: LoadedModel | undefined;

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
    } catch (error) {
      engine.dispose();
      throw error;
    }
    const { name, architecture, fileBytes, parameterCount, contextLength, vocabSize, threads, isa, loadMs } = engine.info;
    return { name, architecture, modelPath: params.modelPath, fileBytes, parameterCount, contextLength, vocabSize, threads, isa, loadMs };
  }

  async generate(request: GenerateRequest, onTokens: (tokens: TokensNotification) => void, signal: AbortSignal): Promise<GenerateResult> {
    const { engine, tokenizer } = this.requireModel();
    const startedAtMs = this.nowMs();
    const params = nativeParams(request, tokenizer, engine.info.contextLength);
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
    try {
      const native = await engine.generate(params, (batch) => stream.append(batch));
      return { requestId: request.requestId, ...stream.collected(), ...outcomeOf(native, tokenizeMs) };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  dispose(): Promise<void> {
    this.model?.engine.dispose();
    this.model = undefined;
    return Promise.resolve();
  }

  private requireModel(): LoadedModel {
    if (this.model === undefined) {
      throw modelNotLoaded();
    }
    return this.model;
  }
}

function outcomeOf(native: NativeGenerateResult, tokenizeMs: number): Pick<GenerateResult, 'stopReason' | 'timings'> {
  const { stopReason, prefillMs, decodeMs, promptTokens, reusedTokens, generatedTokens, draftedTokens, acceptedTokens } = native;
  const counts = { promptTokens, reusedTokens, generatedTokens, draftedTokens, acceptedTokens };
  return { stopReason, timings: { queueMs: 0, tokenizeMs, prefillMs, decodeMs, ...counts } };
}

function nativeParams(request: GenerateRequest, tokenizer: Tokenizer, contextLength: number): NativeGenerateParams {
  const parts = request.prompt.map((part) => encodePart(part, tokenizer));
  const promptTokens = fitPrompt(parts, promptLimit(request, contextLength));
  if (promptTokens.length === 0) {
    throw new EngineError('invalid-request', 'The prompt is empty. Send at least one token.');
  }
  const encoder = new TextEncoder();
  return {
    ...request.sampling,
    ...(request.mode !== undefined && { mode: request.mode }),
    ...(request.maxDraftTokens !== undefined && { maxDraftTokens: request.maxDraftTokens }),
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
