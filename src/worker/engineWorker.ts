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
  type GenerateResult,
  type HelloResult,
  type ModelDescription,
  type PingResult,
  type TokensNotification,
} from '../protocol/engineProtocol';
import type { Backend } from './backends/backend';
import { RequestQueue } from './requestQueue';
import { parseCancel, parseGenerate, parseHello, parseLoadModel, parseNothing } from './requestSchemas';
import { invalidRequest, modelNotLoaded } from './workerErrors';

export interface EngineWorkerParts {
  readonly backend: Backend;
  readonly identity: Omit<HelloResult, 'protocolVersion'>;
  readonly sendTokens: (tokens: TokensNotification) => void;
  readonly residentBytes: () => number;
  readonly nowMs: () => number;
}

export class EngineWorker {
  private readonly queue: RequestQueue<GenerateResult>;
  private greeted = false;
  private model: ModelDescription | undefined;

  constructor(private readonly parts: EngineWorkerParts) {
    this.queue = new RequestQueue(LIMITS.queuedRequests, parts.nowMs);
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
    if (this.model === undefined) {
      throw modelNotLoaded();
    }
    const outcome = await this.queue.submit({
      requestId: request.requestId,
      priority: request.priority,
      run: (signal) => this.parts.backend.generate(request, this.parts.sendTokens, signal),
    });
    if (outcome.kind === 'cancelled-in-queue') {
      return cancelledResult(request.requestId, outcome.queueMs);
    }
    return { ...outcome.value, timings: { ...outcome.value.timings, queueMs: outcome.queueMs } };
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

  private async finishAll(): Promise<void> {
    this.queue.cancelAll();
    await this.queue.whenIdle();
  }

  private requireHello(method: string): void {
    if (!this.greeted) {
      throw invalidRequest(method, 'the first message must be "hello"');
    }
  }
}
