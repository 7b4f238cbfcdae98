/**
 * The backend over the native library: prompt parts become tokens, names of stop tokens become ids, bytes become text.
 * It runs one generate call at a time; the request queue in front of it sees to that.
 */
import { loadModelText, type ModelText } from '../../model/modelText';
import { promptFormOf } from '../../model/promptForm';
import { autoModeOf, modesOf, resolveMode, type ModelSparsity } from '../../model/sparsityMode';
import { requireSpecialToken } from '../../model/tokenizer';
import { cancelledResult } from '../../protocol/cancelledResult';
import { EngineError } from '../../protocol/engineError';
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
import type { NeuronActivity } from '../../protocol/metrics';
import { inspectModelFile } from '../inspectModelFile';
import { loadEngine } from '../loadEngine';
import type { NativeBinding, NativeEngine, NativeGenerateParams, NativeGenerateResult } from '../nativeBinding';
import { activityOf } from '../neuronShares';
import { fitPrompt } from '../promptFit';
import { encodePrompt } from '../promptTokens';
import { modelNotLoaded } from '../workerErrors';
import type { Backend, ShadowFindings, TokenSequence } from './backend';
import { metricsOf } from './nativeMetrics';
import { answerProbe, findingsOf } from './shadowProbe';
import { TokenStream } from './tokenStream';

interface LoadedModel {
  readonly engine: NativeEngine;
  readonly sparsity: ModelSparsity;
  readonly text: ModelText;
}

const NO_TOKENS: TokenSequence = { ids: new Int32Array(), promptLength: 0 };

export class NativeBackend implements Backend {
  private model: LoadedModel | undefined;
  /** For requests that name no mode. */
  private sessionMode: ModeChoice = 'auto';
  /** Of the request that runs. */
  private runningMode: FfnMode = 'dense';
  private last = NO_TOKENS;
  private paused = false;

  /** `loadBinding` is called at the first load, so that a library that does not fit this machine is a typed failure of loadModel. */
  constructor(
    private readonly loadBinding: () => NativeBinding,
    private readonly nowMs: () => number,
  ) {}

  /** calibrationPath: default the file beside the model. */
  async loadModel(params: LoadModelParams, calibrationPath?: string): Promise<ModelDescription> {
    await this.dispose();
    const binding = this.loadBinding();
    const { engine, sparsity } = await loadEngine(binding, { ...params }, calibrationPath);
    try {
      const text = await loadModelText(params.modelPath, (path, prefix) => binding.readMetadata(path, prefix));
      const { bytes, offsets } = text.tokenizer.byteTable(engine.info.vocabSize);
      engine.setVocabulary(bytes, offsets);
      this.model = { engine, sparsity, text };
      this.sessionMode = 'auto';
      engine.setPaused(this.paused);
      return describeModel(params.modelPath, this.model);
    } catch (error) {
      engine.dispose();
      throw error;
    }
  }

  async generate(request: GenerateRequest, onTokens: (tokens: TokensNotification) => void, signal: AbortSignal): Promise<GenerateResult> {
    const { engine, sparsity, text } = this.requireModel();
    const startedAtMs = this.nowMs();
    const mode = resolveMode(request.mode ?? this.sessionMode, sparsity);
    const params = { ...nativeParams(request, text, engine.info.contextLength), mode };
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
    const { engine, sparsity } = this.requireModel();
    const mode = resolveMode(choice, sparsity);
    engine.setMode(mode);
    this.sessionMode = choice;
    this.runningMode = mode;
    return mode;
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.model?.engine.setPaused(paused);
  }

  neuronActivity(): NeuronActivity {
    const { engine } = this.requireModel();
    const { active, steps } = engine.neuronActivity();
    return activityOf(active, engine.info.layerCount, steps);
  }

  countTokens(texts: readonly string[]): readonly number[] {
    const { tokenizer } = this.requireModel().text;
    return texts.map((text) => tokenizer.encode(text).length);
  }

  inspectFile(modelPath: string): Promise<ModelFile> {
    return inspectModelFile(this.loadBinding(), modelPath);
  }

  lastSequence(): TokenSequence {
    return this.last;
  }

  async probe(sequence: TokenSequence, everyN: number, signal: AbortSignal): Promise<ShadowFindings> {
    const { engine } = this.requireModel();
    if (!engine.info.hasPredictors || sequence.ids.length <= sequence.promptLength) {
      return undefined;
    }
    const cancel = (): void => engine.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return findingsOf(await engine.probe(answerProbe(sequence, everyN)), everyN);
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

function describeModel(modelPath: string, { engine, sparsity, text }: LoadedModel): ModelDescription {
  const { name, architecture, fileBytes, parameterCount, contextLength, vocabSize, threads, isa, loadMs } = engine.info;
  const auto = autoModeOf(sparsity);
  return {
    ...{ name, architecture, modelPath, fileBytes, parameterCount, contextLength, vocabSize, threads, isa, loadMs },
    promptForm: promptFormOf(text.tokenizer),
    ...(text.chat !== undefined && { chat: text.chat }),
    kvBytes: engine.info.kvBytes,
    layers: engine.info.layerCount,
    neuronsPerLayer: engine.info.ffnWidth,
    denseBytesPerToken: engine.info.denseBytesPerToken,
    modes: modesOf(sparsity),
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
  const { stopReason, prefillMs, decodeMs, promptTokens, reusedTokens, generatedTokens, draftedTokens, acceptedTokens } = native;
  const counts = { promptTokens, reusedTokens, generatedTokens, draftedTokens, acceptedTokens };
  return { stopReason, timings: { queueMs: 0, tokenizeMs, prefillMs, decodeMs, ...counts } };
}

function nativeParams(request: GenerateRequest, text: ModelText, contextLength: number): Omit<NativeGenerateParams, 'mode'> {
  const promptTokens = fitPrompt(encodePrompt(request.prompt, text), promptLimit(request, contextLength));
  if (promptTokens.length === 0) {
    throw new EngineError('invalid-request', 'The prompt is empty. Send at least one token.');
  }
  const encoder = new TextEncoder();
  return {
    ...request.sampling,
    ...(request.maxDraftTokens !== undefined && { maxDraftTokens: request.maxDraftTokens }),
    promptTokens,
    maxTokens: request.maxTokens,
    stopTokens: Int32Array.from([...request.stop.tokens.map((name) => requireSpecialToken(text.tokenizer, name)), ...text.endTokens]),
    stopStrings: request.stop.strings.map((stop) => encoder.encode(stop)),
  };
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
