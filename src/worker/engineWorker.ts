/**
 * One message from the host, one backend call: validates, queues, answers.
 * It knows neither the transport (main.ts) nor how tokens are computed (backends/).
 */
import { cancelledResult } from '../protocol/cancelledResult';
import { protocolMismatch } from '../protocol/engineError';
import {
  LIMITS,
  METHOD,
  PROTOCOL_VERSION,
  type CountTokensResult,
  type GenerateRequest,
  type GenerateResult,
  type HelloResult,
  type ModelDescription,
  type ModelFile,
  type PingResult,
  type SetModeResult,
  type TokensNotification,
} from '../protocol/engineProtocol';
import type { NeuronActivity, ShadowCheck } from '../protocol/metrics';
import type { Backend } from './backends/backend';
import { RequestQueue } from './requestQueue';
import {
  parseCancel,
  parseCountTokens,
  parseGenerate,
  parseHello,
  parseInspectFile,
  parseLoadModel,
  parseNothing,
  parseSetMode,
  parseSetPaused,
} from './requestSchemas';
import { SHADOW_LIMITS, ShadowScheduler, type ShadowLimits } from './shadowScheduler';
import { invalidRequest, modelNotLoaded } from './workerErrors';

export interface EngineWorkerParts {
  readonly backend: Backend;
  readonly identity: Omit<HelloResult, 'protocolVersion'>;
  readonly sendTokens: (tokens: TokensNotification) => void;
  readonly sendShadowCheck: (check: ShadowCheck) => void;
  readonly warn: (error: unknown) => void;
  readonly residentBytes: () => number;
  readonly nowMs: () => number;
  /** Calls the task once, later; returns a function that prevents it. */
  readonly after: (delayMs: number, task: () => void) => () => void;
  readonly shadowLimits?: ShadowLimits;
}

export class EngineWorker {
  private readonly queue: RequestQueue<GenerateResult>;
  private readonly shadow: ShadowScheduler;
  private greeted = false;
  private model: ModelDescription | undefined;
  private paused = false;

  constructor(private readonly parts: EngineWorkerParts) {
    this.queue = new RequestQueue(LIMITS.queuedRequests, parts.nowMs);
    this.shadow = new ShadowScheduler(parts.shadowLimits ?? SHADOW_LIMITS, {
      probe: (sequence, everyN, signal) => parts.backend.probe(sequence, everyN, signal),
      report: parts.sendShadowCheck,
      failed: parts.warn,
      after: parts.after,
    });
  }

  /** The handshake: nothing else is answered before it, and nothing at all when the versions differ. */
  hello(params: unknown): HelloResult {
    const { protocolVersion } = parseHello(params);
    if (protocolVersion !== PROTOCOL_VERSION) {
      throw protocolMismatch(protocolVersion, PROTOCOL_VERSION);
    }
    this.greeted = true;
    return { protocolVersion: PROTOCOL_VERSION, ...this.parts.identity };
  }

  /** Replaces the model that is loaded; requests that still run or wait are cancelled first. */
  async loadModel(params: unknown): Promise<ModelDescription> {
    this.requireHello(METHOD.loadModel);
    const load = parseLoadModel(params);
    this.model = undefined;
    await this.finishAll();
    this.model = await this.parts.backend.loadModel(load);
    return this.model;
  }

  async generate(params: unknown): Promise<GenerateResult> {
    this.requireHello(METHOD.generate);
    const request = parseGenerate(params);
    this.requireModel();
    const outcome = await this.queue.submit({
      requestId: request.requestId,
      priority: request.priority,
      run: (signal) => this.runRequest(request, signal),
    });
    if (outcome.kind === 'cancelled-in-queue') {
      return cancelledResult(request.requestId, outcome.queueMs);
    }
    return { ...outcome.value, timings: { ...outcome.value.timings, queueMs: outcome.queueMs } };
  }

  /** Takes effect between two tokens; nothing is loaded again. */
  setMode(params: unknown): SetModeResult {
    this.requireHello(METHOD.setMode);
    const { mode } = parseSetMode(params);
    this.requireModel();
    return { mode: this.parts.backend.setMode(mode) };
  }

  /** Also before a model is loaded. When it is answered, nothing computes but what is left of one layer. */
  async setPaused(params: unknown): Promise<Record<string, never>> {
    this.requireHello(METHOD.setPaused);
    this.paused = parseSetPaused(params).paused;
    this.parts.backend.setPaused(this.paused);
    if (this.paused) {
      await this.shadow.preempt();
    }
    return {};
  }

  neuronActivity(params: unknown): NeuronActivity {
    this.requireHello(METHOD.neuronActivity);
    parseNothing(METHOD.neuronActivity, params);
    this.requireModel();
    return this.parts.backend.neuronActivity();
  }

  countTokens(params: unknown): CountTokensResult {
    this.requireHello(METHOD.countTokens);
    const { texts } = parseCountTokens(params);
    this.requireModel();
    return { counts: this.parts.backend.countTokens(texts) };
  }

  inspectFile(params: unknown): Promise<ModelFile> {
    this.requireHello(METHOD.inspectFile);
    return this.parts.backend.inspectFile(parseInspectFile(params).modelPath);
  }

  cancel(params: unknown): void {
    this.queue.cancel(parseCancel(params).requestId);
  }

  ping(params: unknown): PingResult {
    parseNothing(METHOD.ping, params);
    return { residentBytes: this.parts.residentBytes() };
  }

  async shutdown(params: unknown): Promise<Record<string, never>> {
    parseNothing(METHOD.shutdown, params);
    this.model = undefined;
    await this.finishAll();
    await this.parts.backend.dispose();
    return {};
  }

  private async runRequest(request: GenerateRequest, signal: AbortSignal): Promise<GenerateResult> {
    const { backend, sendTokens } = this.parts;
    await this.shadow.preempt();
    const result = await backend.generate(request, sendTokens, signal);
    if (!this.paused) {
      this.shadow.requestEnded(result, () => backend.lastSequence());
    }
    return result;
  }

  private async finishAll(): Promise<void> {
    this.queue.cancelAll();
    await this.queue.whenIdle();
    await this.shadow.preempt();
  }

  private requireModel(): void {
    if (this.model === undefined) {
      throw modelNotLoaded();
    }
  }

  private requireHello(method: string): void {
    if (!this.greeted) {
      throw invalidRequest(method, 'the first message must be "hello"');
    }
  }
}
